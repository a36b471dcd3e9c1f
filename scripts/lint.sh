#!/usr/bin/env bash
# Reads every RTL module with Verilator (-Wall), Icarus (-Wall) and Yosys (check -assert); any
# complaint fails. Waivers stand in rtl/lint.vlt with their reasons.
#   scripts/lint.sh [--config NAME] [MODULE...]   default: every module in rtl/, sizes `default` of
#                                                 rtl/configs.txt
set -euo pipefail
. "$(dirname "$0")/sizes.sh"
cd "$(dirname "$0")/.."

config=default
if [ "${1:-}" = --config ] && [ $# -ge 2 ]; then
  config=$2
  shift 2
fi
axnn_sizes "$config"
word=$(printf '%s\n' "${defines[@]}" | sed -n 's/^-DAXNN_WORD=//p')

mapfile -t sources < <(scripts/rtl_files.sh)
modules=("$@")
cells=()  # of the other technologies
if [ ${#modules[@]} -eq 0 ]; then
  mapfile -t modules < <(printf '%s\n' "${sources[@]}" | sed -n '/_pkg\.sv$/!s|.*/\(.*\)\.sv$|\1|p')
  mapfile -t cells < <(ls rtl/tech/*/*.sv | grep -v /generic/)
fi
# Yosys takes the memories for black boxes.
mapfile -t boxed < <(printf '%s\n' "${sources[@]}" | grep -v /axnn_sram)

failed=0
complain() {  # TOOL MODULE TEXT
  [ -z "$3" ] && return
  printf '%s: %s\n%s\n' "$1" "$2" "$3"
  failed=1
}
lint() {  # MODULE MULT [K]: Mult and DrumK for a module with these parameters, else empty
  local module=$1 name=$1${2:+ (Mult=$2${3:+, DrumK=$3})} verilator=() icarus=() yosys=""
  if [ -n "$2" ]; then
    verilator=("-GMult=$2" ${3:+"-GDrumK=$3"})
    icarus=("-P$1.Mult=$2" ${3:+"-P$1.DrumK=$3"})
    yosys="-chparam Mult $2 ${3:+-chparam DrumK $3}"
  fi
  complain verilator "$name" "$(verilator --lint-only --assert -Wall "${defines[@]}" --top-module "$module" "${verilator[@]}" \
    rtl/lint.vlt "${sources[@]}" 2>&1 || true)"
  # Icarus warns that it inherits its default time scale; there is none in the design.
  complain icarus "$name" "$(iverilog -g2012 -Wall -Wno-timescale "${defines[@]}" -s "$module" "${icarus[@]}" -o /dev/null \
    "${sources[@]}" 2>&1 || true)"
  complain yosys "$name" "$(yosys -q -p "read_verilog -sv ${defines[*]} rtl/tech/asic/axnn_sram.sv ${boxed[*]}; hierarchy -check -top $module $yosys; proc; opt_clean; check -assert" 2>&1 || true)"
}
for module in "${modules[@]}"; do
  if grep -q 'parameter int Mult = ' "$(scripts/rtl_files.sh "$module")"; then
    [ "$module" = axnn_mac ] || lint "$module" 1  # it has no fused MAC
    lint "$module" 0
    lint "$module" 2
    # With two bits the product is wider.
    if [ "$module" = axnn_mac ]; then
      for k in 1 2 $((word - 1)); do lint "$module" 2 "$k"; done
    fi
  else
    lint "$module" ""
  fi
done
lint_cell() {  # FILE
  local module
  module=$(basename "$1" .sv)
  complain verilator "$1" "$(verilator --lint-only --assert -Wall --top-module "$module" rtl/lint.vlt "$1" 2>&1 || true)"
  [[ "$1" = */faults/* ]] && return  # calls C++, by DPI
  complain icarus "$1" "$(iverilog -g2012 -Wall -Wno-timescale -s "$module" -o /dev/null "$1" 2>&1 || true)"
  complain yosys "$1" "$(yosys -q -p "read_verilog -sv $1; proc; opt_clean; check -assert" 2>&1 || true)"
}
for cell in "${cells[@]}"; do lint_cell "$cell"; done
[ "$failed" -eq 0 ] && echo "lint: $((${#modules[@]} + ${#cells[@]})) modules clean ($config) in Verilator, Icarus and Yosys"
exit "$failed"
