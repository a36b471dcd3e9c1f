#!/usr/bin/env bash
# Reads every RTL module with Verilator (-Wall), Icarus (-Wall) and Yosys (check -assert); any
# complaint fails. Waivers stand in rtl/lint.vlt with their reasons.
#   scripts/lint.sh [MODULE...]     default: every module in rtl/
set -euo pipefail
cd "$(dirname "$0")/../rtl"

package=axnn_pkg.sv
sources=()
for file in axnn_*.sv; do
  [ "$file" = "$package" ] || sources+=("$file")
done
modules=("$@")
[ ${#modules[@]} -gt 0 ] || modules=("${sources[@]%.sv}")

failed=0
complain() {  # TOOL MODULE TEXT
  [ -z "$3" ] && return
  printf '%s: %s\n%s\n' "$1" "$2" "$3"
  failed=1
}
for module in "${modules[@]}"; do
  complain verilator "$module" "$(verilator --lint-only --assert -Wall --top-module "$module" \
    lint.vlt "$package" "${sources[@]}" 2>&1 || true)"
  # Icarus warns that it inherits its default time scale; there is none in the design.
  complain icarus "$module" "$(iverilog -g2012 -Wall -Wno-timescale -s "$module" -o /dev/null \
    "$package" "${sources[@]}" 2>&1 || true)"
  complain yosys "$module" "$(yosys -q -p "read_verilog -sv -DSYNTHESIS $package ${sources[*]};
    blackbox axnn_sram; hierarchy -check -top $module; proc; opt_clean; check -assert" 2>&1 || true)"
done
[ "$failed" -eq 0 ] && echo "lint: ${#modules[@]} modules clean in Verilator, Icarus and Yosys"
exit "$failed"
