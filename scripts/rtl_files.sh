#!/usr/bin/env bash
# Which files make the design: prints them, one a line, packages first. Everything that reads rtl/ asks here:
# CMake (cmake/rtl.cmake), the scripts, and axnn.core and Bender.yml by scripts/filelists.sh. The one exception
# is constraints/yosys/synth.tcl, which finds the modules that it needs by their names.
#   scripts/rtl_files.sh [--cells SET [--only-cells]] [--machine] [MODULE...]
#     SET        which cells of the technology: a folder of rtl/tech/; what it lacks comes from generic (the
#                default). none: no cells
#     --only-cells  nothing but these cells
#     --machine  axnn_top and what is below it, without the host side
#     MODULE     the files of these modules only, in this order
set -euo pipefail
cd "$(dirname "$0")/.."

set=generic
only=0
host=(rtl/host/axnn_axi_pkg.sv)
modules=()
while [ $# -gt 0 ]; do
  case $1 in
    --cells) set=${2:-}; shift 2 ;;
    --only-cells) only=1; shift ;;
    --machine) host=(); shift ;;
    -*) echo "rtl_files: unknown option '$1'" >&2; exit 2 ;;
    *) modules+=("$1"); shift ;;
  esac
done
if [ "$set" != none ] && [ ! -d "rtl/tech/$set" ]; then
  echo "rtl_files: no cells '$set'; there are $(cd rtl/tech && ls -d */ | tr -d / | xargs) and none" >&2
  exit 2
fi

design() {
  local file
  [ "$only" -eq 1 ] || printf '%s\n' rtl/axnn_pkg.sv "${host[@]}"
  [ "$only" -eq 1 ] || for file in rtl/*.sv rtl/[!t]*/*.sv; do
    case $file in
      *_pkg.sv) ;;
      rtl/host/*) [ ${#host[@]} -eq 0 ] || echo "$file" ;;
      *) echo "$file" ;;
    esac
  done
  [ "$set" != none ] || return 0
  for file in rtl/tech/generic/*.sv; do
    if [ -f "rtl/tech/$set/${file##*/}" ]; then echo "rtl/tech/$set/${file##*/}"; else echo "$file"; fi
  done
}

if [ ${#modules[@]} -eq 0 ]; then
  design
else
  files=$(design)
  for module in "${modules[@]}"; do
    grep -E "/$module\.sv$" <<<"$files" || { echo "rtl_files: no module '$module' in rtl/" >&2; exit 2; }
  done
fi
