#!/usr/bin/env bash
# Sizes and parameters that the design does not have are refused when it is elaborated, by Verilator,
# Icarus and Yosys, each by the name of the rule (rtl/axnn_rules.sv); and what rtl/configs.txt has is
# taken by all three.
#   tests/illegal_sizes.sh
set -euo pipefail
. "$(dirname "$0")/../scripts/sizes.sh"
cd "$(dirname "$0")/../rtl"

failed=0
packages=(axnn_pkg.sv)
elaborate() {  # TOOL TOP PARAMETERS DEFINES...: parameters as "Name=value Name=value"
  local tool=$1 top=$2 parameters=$3 p args=()
  shift 3
  case $tool in
    verilator)
      for p in $parameters; do args+=("-G$p"); done
      verilator --lint-only -Wno-fatal "$@" "${args[@]}" --top-module "$top" lint.vlt "${packages[@]}" $(files "$top") ;;
    icarus)
      for p in $parameters; do args+=("-P$top.$p"); done
      iverilog -g2012 "$@" "${args[@]}" -s "$top" -o /dev/null "${packages[@]}" $(files "$top") ;;
    yosys)
      for p in $parameters; do args+=(-chparam "${p%=*}" "${p#*=}"); done
      yosys -q -p "read_verilog -sv -defer -DSYNTHESIS $* ${packages[*]} $(files "$top");
        hierarchy -check -top $top ${args[*]}" ;;
  esac 2>&1
}
files() {  # of TOP: the rules and the FIFO stand alone
  if [ "$1" = axnn_top ]; then ls axnn_*.sv | grep -v '_pkg\.sv$\|^axnn_axi' | xargs; else echo "$1.sv"; fi
}
refuse() {  # RULE TOP PARAMETERS DEFINES...
  local rule=$1 tool text
  shift
  for tool in verilator icarus yosys; do
    if text=$(elaborate "$tool" "$@"); then
      echo "illegal_sizes: $tool takes $*, against $rule"
      failed=1
    elif ! grep -q "$rule" <<<"$text"; then
      printf 'illegal_sizes: %s refuses %s, but not by %s:\n%s\n' "$tool" "$*" "$rule" "$text"
      failed=1
    fi
  done
}
take() {  # TOP PARAMETERS DEFINES...
  local tool text
  for tool in verilator icarus yosys; do
    if ! text=$(elaborate "$tool" "$@"); then
      printf 'illegal_sizes: %s refuses %s:\n%s\n' "$tool" "$*" "$text"
      failed=1
    fi
  done
}

for name in $(axnn_sizes default && echo "${known_sizes[@]}"); do
  axnn_sizes "$name"
  take axnn_rules "" "${defines[@]}"
done
for mult in 0 1 2; do take axnn_rules "Mult=$mult Format=$mult DrumK=4"; done
rule() { refuse "$1" axnn_rules "${@:2}"; }
# Each breaks one rule: Yosys names the first that it meets.
for side in 2 12 32; do
  rule AXNN_SIDE_must_be_4_8_or_16 "" -DAXNN_SIDE=$side -DAXNN_WEIGHTS=$((1024 * side * side))
done
for word in 6 9 11; do rule AXNN_WORD_must_be_8_10_or_12 DrumK=4 -DAXNN_WORD=$word -DAXNN_FAN_IN=256; done
for high in 2 6; do rule AXNN_HIGH_must_be_3_4_or_5 "" -DAXNN_HIGH=$high; done
rule AXNN_FAN_IN_must_be_a_power_of_two "" -DAXNN_FAN_IN=1000
rule AXNN_FAN_IN_is_too_small_for_a_layer_of_all_biases "" -DAXNN_FAN_IN=64
rule AXNN_FAN_IN_makes_sums_wider_than_32_bits "" -DAXNN_WORD=12
rule AXNN_WEIGHTS_must_be_a_power_of_two_of_weight_words "" -DAXNN_WEIGHTS=100000
rule AXNN_WEIGHTS_must_be_a_power_of_two_of_weight_words "" -DAXNN_WEIGHTS=131073
rule AXNN_WEIGHTS_must_fill_the_local_memories "" -DAXNN_WEIGHTS=4096
rule AXNN_sizes_do_not_fit_an_instruction "" -DAXNN_FAN_IN=4096 -DAXNN_WEIGHTS=16777216
rule Mult_must_be_MultFig8_MultBooth_or_MultDrum "Mult=3"
for k in 0 10; do rule DrumK_must_be_less_than_a_word "Mult=2 DrumK=$k"; done
rule Format_must_be_one_of_axnn_pkg "Format=4"
for depth in 1 12; do refuse axnn_fifo_Depth_must_be_a_power_of_two axnn_fifo "Depth=$depth"; done
# The rules are the design's.
refuse Mult_must_be_MultFig8_MultBooth_or_MultDrum axnn_top "Mult=3"
refuse AXNN_SIDE_must_be_4_8_or_16 axnn_top "" -DAXNN_SIDE=32
[ "$failed" -eq 0 ] && echo "illegal_sizes: refused by Verilator, Icarus and Yosys, each by its rule"
exit "$failed"
