#!/usr/bin/env bash
# Sizes that the design does not have are refused when it is elaborated, by Verilator, Icarus and Yosys
# alike, and each says which (rtl/axnn_check_sizes.sv). The defaults are accepted.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t all < <(scripts/rtl_files.sh --machine)
failed=0
# Prints what the tool says of the sizes; MACROS and PARAMETERS are NAME=VALUE.
elaborate() {  # TOOL TOP MACROS PARAMETERS
  local tool=$1 top=$2 macros=() parameters=() m
  for m in $3; do macros+=("-D$m"); done
  case $tool in
    verilator)
      for m in $4; do parameters+=("-G$m"); done
      verilator --lint-only -Wno-fatal -Wno-lint "${macros[@]}" "${parameters[@]}" --top-module "$top" "${all[@]}"
      ;;
    iverilog)
      for m in $4; do parameters+=("-P$top.$m"); done
      iverilog -g2012 "${macros[@]}" "${parameters[@]}" -s "$top" -o /dev/null "${all[@]}"
      ;;
    yosys)
      for m in $4; do parameters+=("-chparam ${m/=/ }"); done
      yosys -q -p "read_verilog -sv ${macros[*]} ${all[*]};
        hierarchy -check -top $top ${parameters[*]}"
      ;;
  esac 2>&1 || true
}
expect() {  # TOP MACROS PARAMETERS WORD
  local tool said
  for tool in verilator iverilog yosys; do
    said=$(elaborate "$tool" "$1" "$2" "$3" | grep -o 'axnn_error_[A-Za-z0-9_]*' | sort -u | paste -sd' ' || true)
    if { [ -z "$4" ] && [ -n "$said" ]; } || [[ "$said" != *"$4"* ]]; then
      echo "illegal sizes: $tool, $1 $2 $3: expected '$4', got '$said'" >&2
      failed=1
    fi
  done
}
check=axnn_check_sizes
expect $check "" "" ""
expect $check "AXNN_SIDE=32" "" AXNN_SIDE_must_be
expect $check "AXNN_SIDE=6" "" AXNN_SIDE_must_be
expect $check "AXNN_WORD=9" "" AXNN_WORD_must_be
expect $check "AXNN_HIGH=6" "" AXNN_HIGH_must_be
expect $check "AXNN_WORD=12 AXNN_HIGH=5" "" need_more_than_32_bits
expect $check "AXNN_FAN_IN=1000" "" AXNN_FAN_IN_must_be
expect $check "AXNN_WEIGHTS=100000" "" AXNN_WEIGHTS_must_be
expect $check "AXNN_WEIGHTS=8192" "" AXNN_WEIGHTS_must_be
expect $check "" "Mult=3" Mult_is_no_multiplier
expect $check "" "DrumK=10" DrumK_must_be
expect $check "" "Format=4" Format_is_no
expect axnn_fifo "" "Depth=12" axnn_fifo_Depth_must_be
expect axnn_top "AXNN_SIDE=32" "" AXNN_SIDE_must_be
expect axnn_top "" "Mult=3" Mult_is_no_multiplier
[ "$failed" -eq 0 ] && echo "illegal sizes: all refused by Verilator, Icarus and Yosys"
exit "$failed"
