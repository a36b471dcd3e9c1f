#!/usr/bin/env bash
# How good are the checks? Changes gates of a module at random (Yosys mutate: inverted, stuck, swapped
# for another net), and runs a bench with independently computed results on every mutant. One that
# the bench does not kill must be equivalent to the module: all operands tried, or proved by Yosys
# (equiv_induct). Anything else is a hole in the checks and fails.
#   scripts/mutants.sh [--count N] [--seed S] [MODULE...]
#     N  mutants of each module, default 20
#     MODULE  one of those in `all` below; default: all
set -euo pipefail
all="mult_fig8 mult_drum mac mac_booth pe pe_booth requant"
root=$(cd "$(dirname "$0")/.." && pwd)
count=20
seed=1
modules=()
while [ $# -gt 0 ]; do
  case $1 in
    --count) count=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    *) modules+=("$1"); shift ;;
  esac
done
[ ${#modules[@]} -gt 0 ] || read -r -a modules <<<"$all"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# NAME's module, its parameters, what it is made of, and which of these keep their hierarchy, since they
# have mutants of their own or are no gates.
describe() {  # NAME
  module=axnn_$1 parameters="" parts="" keep=""
  case $1 in
    mult_fig8 | requant) ;;
    mult_drum) parts="drum_operand" ;;
    mac) parts="weight_operand mult_fig8" keep="*axnn_mult_*" ;;
    mac_booth) parts="weight_operand booth_group booth_row booth_digit csa_tree csa" ;;
    pe) parts="weight_decode weight_operand mac mult_fig8" keep="*axnn_mac* *axnn_sram*" ;;
    pe_booth)
      module=axnn_pe parameters="-chparam Mult 1" keep="*axnn_mac* *axnn_sram*"
      parts="weight_decode weight_operand mac_booth booth_group booth_row booth_digit csa_tree csa"
      ;;
    *)
      echo "mutants: no bench for '$1'; there are $all" >&2
      exit 2
      ;;
  esac
}

# Does yosys-abc prove that the output of the circuit that this script writes to reached.aig stays 0?
reached() {  # SCRIPT
  timeout 60 yosys -q -p "$1" >equiv.log 2>&1 &&
    timeout 60 yosys-abc -c "read_aiger reached.aig; scorr; pdr" 2>&1 | grep -q '^Property proved'
}

# Is the changed module the same to who uses it, in every mode there is? MODE 3 is no mode.
equivalent() {  # CHANGE
  local ports mode
  # A memory of one port whose address bit is inverted, alone or if another one is set: its words have
  # other names, the same in writing and reading.
  if [[ "$1" =~ -mode\ (inv|cnot[01])\ .*-cell\ u_[a-z]*_mem\ -port\ addr_i\  ]]; then return 0; fi
  ports=$(grep -c 'wire width 2 input .* \\mode_i' base.il || true)
  for mode in 0 1 2; do
    local fix=""
    [ "$ports" -eq 0 ] || fix="delete -input w:mode_i; connect -set mode_i 2'd$mode;"
    local two="read_rtlil base.il; copy mutated gold; $1; rename mutated gate; cd gold; $fix cd ..;
      cd gate; $fix cd ..; opt gold gate;"
    # What the mode leaves unused is gone once the kept parts are flattened too.
    local whole="setattr -mod -unset keep_hierarchy *axnn_m*; flatten gold gate; opt -full gold gate;
      opt_clean -purge gold gate;"
    # Any product at all in place of the kept multiplier's, and no merging, which may go too far: for
    # the adder behind it.
    local any="delete axnn_mult_fig8; read_verilog any.v; flatten gold gate; async2sync; dffunmap;
      opt -full gold gate;"
    local both="equiv_make gold gate both; hierarchy -top both;"
    local prove="equiv_simple -undef; equiv_induct -undef; equiv_status -assert"
    # What registers can hold from reset on (elsewhere from all 0), which induction does not know: parts
    # that are kept are cut out, first with the MAC, then without, and in M2 the weight of a fused MAC's
    # neighbour is rounded.
    local reset="" bit
    [ "$module" != axnn_pe ] || reset="setattr -set init 5'b00010 w:*source_q;"
    if [ "$name$mode" = mac_booth2 ]; then
      reset="splitnets -ports -format __;"
      for bit in {0..5} {11..16}; do
        reset+=" delete -input w:in_flow_i_${bit}_; connect -set in_flow_i_${bit}_ 1'b0;"
      done
    fi
    local reached="expose -evert gold/c:* gate/c:*; miter -equiv -flatten gold gate both; hierarchy -top both;
      flatten; $reset setundef -init -zero; opt -full; dffunmap; async2sync; techmap; opt; dffunmap;
      aigmap; opt_clean; write_aiger -zinit reached.aig"
    # equiv_struct on gates is quick but may merge too much; then on the multiplier only.
    timeout 30 yosys -q -p "$two $both equiv_struct -icells; $prove" >equiv.log 2>&1 ||
      timeout 30 yosys -q -p "$two $both equiv_struct; $prove" >equiv.log 2>&1 ||
      timeout 60 yosys -q -p "$two $whole $both opt_clean -purge; equiv_struct -icells; $prove" >equiv.log 2>&1 ||
      { [ "$name" = mac ] && timeout 60 yosys -q -p "$two $any $both $prove" >equiv.log 2>&1; } ||
      reached "$two $reached" ||
      reached "$two setattr -mod -unset keep_hierarchy *axnn_mac*; flatten gold gate; $reached" || return 1
  done
}

failed=0
for name in "${modules[@]}"; do
  describe "$name"
  # shellcheck disable=SC2086
  mapfile -t files < <("$root/scripts/rtl_files.sh" axnn_pkg $module ${parts:+$(printf 'axnn_%s ' $parts)} axnn_sram axnn_weight_flips |
    sed "s|^|$root/|")
  dir=$work/$name
  mkdir "$dir"
  cd "$dir"
  printf '%s\n' 'module axnn_mult_fig8 (input [9:0] a_i, b_i, input [1:0] mode_i, output [19:0] p_o);' \
    '  assign p_o = {a_i, b_i};' 'endmodule' >any.v
  # Gates, so that a mutant is a gate's fault. One design holds all mutants, mutsel chooses.
  yosys -q -p "read_verilog -sv ${files[*]}; hierarchy -check -top $module $parameters; proc;
    ${keep:+setattr -mod -set keep_hierarchy 1 $keep;} flatten; opt; techmap; opt; rename -top mutated;
    clean; write_rtlil base.il;
    mutate -list $count -seed $seed -o list.txt mutated" >yosys.log 2>&1
  awk '{ sub(/ -src .*/, ""); print $0 " -ctrl mutsel 16 " NR }' list.txt >all.ys
  total=$(wc -l <all.ys)
  yosys -q -p "read_rtlil base.il; script all.ys; splitnets; opt_clean; write_verilog -noattr mutated.v" \
    >>yosys.log 2>&1
  # Verilator up to 5.009 can be wrong on Yosys netlists through const-bit-op-tree.
  verilator --cc --exe --build -j 1 -O3 -Wno-lint -Wno-style -Wno-fatal -fno-const-bit-op-tree --Mdir obj \
    --prefix Vmutated --top-module mutated mutated.v "$root/tests/mutants/bench.cpp" -CFLAGS \
    "-std=c++20 -O1 -DBENCH_$name" >verilator.log 2>&1 ||
    { tail -20 verilator.log >&2; exit 1; }
  obj/Vmutated "$total" >verdicts.txt
  killed=$(grep -c killed verdicts.txt || true)
  equivalent=$(grep -c equivalent verdicts.txt || true)
  proved=0
  survived=0
  while read -r i verdict; do
    [ "$verdict" = survived ] || continue
    change=$(sed -n "${i}p" list.txt | sed 's/ -src .*//')
    if equivalent "$change"; then
      proved=$((proved + 1))
    else
      survived=$((survived + 1))
      echo "mutants: $name: survived: $(sed -n "${i}p" list.txt)" >&2
    fi
  done <verdicts.txt
  printf 'mutants: %-15s %4d made, %4d killed, %3d equivalent (%d by all operands, %d proved), %d survived\n' \
    "$name" "$total" "$killed" $((equivalent + proved)) "$equivalent" "$proved" "$survived"
  [ "$survived" -eq 0 ] || failed=1
done
exit "$failed"
