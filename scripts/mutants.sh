#!/usr/bin/env bash
# How good are the checks? Changes gates of a module at random (Yosys mutate: inverted, stuck, swapped
# for another net), and runs a bench with independently computed results on every mutant. One that
# the bench does not kill must be equivalent to the module: all operands tried, or proved by Yosys
# (equiv_induct). Anything else is a hole in the checks and fails.
#   scripts/mutants.sh [--count N] [--seed S] [MODULE...]
#     N  mutants of each module, default 20
#     MODULE  mult_fig8 mult_drum mac mac_booth requant; default: all
set -euo pipefail
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
[ ${#modules[@]} -gt 0 ] || modules=(mult_fig8 mult_drum mac mac_booth requant)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

uses() {  # what a module is made of, below itself
  case $1 in
    mult_fig8 | requant) ;;
    mult_drum) echo drum_operand ;;
    mac) echo mult_fig8 ;;
    mac_booth) echo booth_row booth_digit csa ;;
    *)
      echo "mutants: no bench for '$1'; there are mult_fig8 mult_drum mac mac_booth requant" >&2
      exit 2
      ;;
  esac
}

# Is the changed module the same to who uses it, in every mode there is? MODE 3 is no mode.
equivalent() {  # CHANGE
  local ports mode
  ports=$(grep -c 'wire width 2 input .* \\mode_i' base.il || true)
  for mode in 0 1 2; do
    local fix=""
    [ "$ports" -eq 0 ] || fix="delete -input w:mode_i; connect -set mode_i 2'd$mode;"
    # equiv_struct on gates is quick but may merge too much; then on the multiplier only.
    local both="read_rtlil base.il; copy mutated gold; $1; rename mutated gate; cd gold; $fix cd ..;
      cd gate; $fix cd ..; opt gold gate; equiv_make gold gate both; hierarchy -top both;"
    local prove="equiv_simple -undef; equiv_induct -undef; equiv_status -assert"
    timeout 30 yosys -q -p "$both equiv_struct -icells; $prove" >equiv.log 2>&1 ||
      timeout 30 yosys -q -p "$both equiv_struct; $prove" >equiv.log 2>&1 || return 1
  done
}

failed=0
for name in "${modules[@]}"; do
  used=$(uses "$name")
  files=("$root/rtl/axnn_pkg.sv" "$root/rtl/axnn_$name.sv")
  for part in $used; do files+=("$root/rtl/axnn_$part.sv"); done
  dir=$work/$name
  mkdir "$dir"
  cd "$dir"
  # The MAC's multiplier has mutants of its own.
  keep=""
  [ "$name" != mac ] || keep="setattr -mod -set keep_hierarchy 1 axnn_mult_fig8;"
  # Gates, so that a mutant is a gate's fault. One design holds all mutants, mutsel chooses.
  yosys -q -p "read_verilog -sv -DSYNTHESIS ${files[*]}; hierarchy -check -top axnn_$name; proc;
    $keep flatten; opt; techmap; opt; rename -top mutated; clean; write_rtlil base.il;
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
      echo "mutants: axnn_$name: survived: $(sed -n "${i}p" list.txt)" >&2
    fi
  done <verdicts.txt
  printf 'mutants: %-15s %4d made, %4d killed, %3d equivalent (%d by all operands, %d proved), %d survived\n' \
    "axnn_$name" "$total" "$killed" $((equivalent + proved)) "$equivalent" "$proved" "$survived"
  [ "$survived" -eq 0 ] || failed=1
done
exit "$failed"
