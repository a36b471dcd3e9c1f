#!/usr/bin/env bash
# Reads every RTL module with Verilator (-Wall), Icarus (-Wall) and Yosys (check -assert); any
# complaint fails. Waivers stand in rtl/lint.vlt with their reasons.
#   scripts/lint.sh [MODULE...]     default: every module in rtl/
set -euo pipefail
cd "$(dirname "$0")/../rtl"

packages=(axnn_pkg.sv axnn_axi_pkg.sv)  # before what uses them
sources=()
for file in axnn_*.sv; do
  [[ "$file" = *_pkg.sv ]] || sources+=("$file")
done
modules=("$@")
[ ${#modules[@]} -gt 0 ] || modules=("${sources[@]%.sv}")

failed=0
complain() {  # TOOL MODULE TEXT
  [ -z "$3" ] && return
  printf '%s: %s\n%s\n' "$1" "$2" "$3"
  failed=1
}
lint() {  # MODULE MULT: 0 or 1 for a module with the parameter Mult, else empty
  local module=$1 name=$1${2:+ (Mult=$2)} verilator=() icarus=() yosys=""
  if [ -n "$2" ]; then
    verilator=("-GMult=$2")
    icarus=("-P$1.Mult=$2")
    yosys="-chparam Mult $2"
  fi
  complain verilator "$name" "$(verilator --lint-only --assert -Wall --top-module "$module" "${verilator[@]}" \
    lint.vlt "${packages[@]}" "${sources[@]}" 2>&1 || true)"
  # Icarus warns that it inherits its default time scale; there is none in the design.
  complain icarus "$name" "$(iverilog -g2012 -Wall -Wno-timescale -s "$module" "${icarus[@]}" -o /dev/null \
    "${packages[@]}" "${sources[@]}" 2>&1 || true)"
  complain yosys "$name" "$(yosys -q -p "read_verilog -sv -DSYNTHESIS ${packages[*]} ${sources[*]};
    blackbox axnn_sram; hierarchy -check -top $module $yosys; proc; opt_clean; check -assert" 2>&1 || true)"
}
for module in "${modules[@]}"; do
  if grep -q 'parameter int Mult = ' "$module.sv"; then
    lint "$module" 0
    lint "$module" 1
  else
    lint "$module" ""
  fi
done
[ "$failed" -eq 0 ] && echo "lint: ${#modules[@]} modules clean in Verilator, Icarus and Yosys"
exit "$failed"
