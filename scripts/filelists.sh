#!/usr/bin/env bash
# Are the file lists those of scripts/rtl_files.sh? In axnn.core (FuseSoC) and Bender.yml each list follows a
# line that ends in "# rtl_files.sh ARGUMENTS". Also: rtl/README.md has a line for each module, and a
# technology's cell has the ports of the generic one.
# Needs neither tool.
#   scripts/filelists.sh           only says whether they are
#   scripts/filelists.sh --write   brings them up to date
set -euo pipefail
cd "$(dirname "$0")/.."

renewed() {  # LIST: with its file names as they should be
  local line indent skip=0
  while IFS= read -r line; do
    if [ "$skip" -eq 1 ] && [[ "$line" =~ ^\ *-\ rtl/.*\.sv$ ]]; then continue; fi
    skip=0
    printf '%s\n' "$line"
    if [[ "$line" =~ ^(\ *).*#\ rtl_files.sh(.*)$ ]]; then
      indent=${BASH_REMATCH[1]}
      # shellcheck disable=SC2086
      scripts/rtl_files.sh ${BASH_REMATCH[2]} | sed "s|^|$indent  - |"
      skip=1
    fi
  done <"$1"
}

failed=0
for list in axnn.core Bender.yml; do
  text=$(renewed "$list")
  if [ "${1:-}" = --write ]; then
    printf '%s\n' "$text" >"$list"
  elif ! diff "$list" <(printf '%s\n' "$text") >&2; then
    echo "filelists: $list (left, <) is not what scripts/rtl_files.sh says (right, >): scripts/filelists.sh --write" >&2
    failed=1
  fi
done

# Every file is in a list: of the design, or of one set of cells.
if ! diff <(find rtl -name '*.sv' | LC_ALL=C sort) \
    <({ scripts/rtl_files.sh --cells none; ls rtl/tech/*/*.sv; } | LC_ALL=C sort) >&2; then
  echo "filelists: scripts/rtl_files.sh (right, >) does not know what is in rtl/ (left, <)" >&2
  failed=1
fi
for file in $(scripts/rtl_files.sh); do
  module=$(basename "$file" .sv)
  [ "$(grep -E '^\|' rtl/README.md | cut -d'|' -f3 | grep -c "\`$module\`")" -eq 1 ] ||
    { echo "filelists: rtl/README.md has no line for $module, or two" >&2; failed=1; }
done
ports() { sed -n '/^module /,/^);/p' "$1"; }
for cell in rtl/tech/*/*.sv; do
  generic=rtl/tech/generic/${cell##*/}
  if [ ! -f "$generic" ] || ! diff <(ports "$generic") <(ports "$cell") >&2; then
    echo "filelists: $cell has other ports than $generic, or there is none" >&2
    failed=1
  fi
done
[ "$failed" -eq 0 ] && echo "filelists: axnn.core and Bender.yml list rtl/; all cells have the generic ones' ports"
exit "$failed"
