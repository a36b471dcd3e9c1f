#!/usr/bin/env bash
# Proves the properties of tests/formal/: each NAME.sv is a design NAME_proof with assumptions and
# assertions, whose first lines say how it is proved.
#   scripts/formal.sh [--config SIZES] [NAME...]    default: all, in the sizes `default` of
#                                                   rtl/configs.txt; exit code 4: a solver is missing
#   // engine: pdr        for ever, by property-directed reachability (yosys-abc)
#   // engine: bmc N      in the first N cycles from any state not reset, by SAT (yosys-abc)
#   // engine: sat        a circuit without registers (Yosys)
#   // engine: smt N      the same by yosys-smtbmc and z3
#   // engine: induct N   for ever, by N-step induction (yosys-smtbmc, z3)
#   // rtl: MODULE...     what is under proof
#   // parameter: NAME VALUE...   once for each value
set -euo pipefail
. "$(dirname "$0")/sizes.sh"
cd "$(dirname "$0")/.."

config=default
if [ "${1:-}" = --config ] && [ $# -ge 2 ]; then
  config=$2
  shift 2
fi
axnn_sizes "$config"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

proofs=("$@")
if [ ${#proofs[@]} -eq 0 ]; then
  for file in tests/formal/*.sv; do proofs+=("$(basename "$file" .sv)"); done
fi

header() { sed -n "s|^// $2: ||p" "tests/formal/$1.sv"; }

prove() {  # NAME CHPARAM LABEL
  local engine steps files log=$work/log ok=0
  read -r engine steps <<<"$(header "$1" engine)"
  # shellcheck disable=SC2046
  mapfile -t files < <(scripts/rtl_files.sh axnn_pkg axnn_axi_pkg $(header "$1" rtl))
  local read="read_verilog -sv -formal ${defines[*]} ${files[*]} tests/formal/$1.sv; $2
    hierarchy -check -top $1_proof; proc; flatten; async2sync;"
  case $engine in
    pdr | bmc)
      yosys -q -p "$read opt -keepdc -full; memory -nordff; memory_map; dffunmap; opt_clean;
        setundef -undriven -anyseq; techmap; opt; dffunmap; aigmap; opt_clean;
        write_aiger -zinit $work/proof.aig" >"$log" 2>&1
      local command=pdr
      [ "$engine" = pdr ] || command="bmc3 -F $((steps + 1))"
      yosys-abc -c "read_aiger $work/proof.aig; fold; strash; $command" >>"$log" 2>&1
      # bmc3 says so when all frames are done; a limit hit before would name fewer.
      if [ "$engine" = pdr ]; then grep -q '^Property proved' "$log" && ok=1
      else grep -q "^No output asserted in $((steps + 1)) frames" "$log" && ok=1; fi
      ;;
    sat)
      yosys -q -p "$read opt -full; sat -verify -prove-asserts ${1}_proof" >"$log" 2>&1 && ok=1
      ;;
    smt | induct)
      yosys -q -p "$read memory -nordff; dffunmap; opt_clean; write_smt2 -wires $work/proof.smt2" \
        >"$log" 2>&1
      yosys-smtbmc --noprogress -s z3 -t "$steps" "$work/proof.smt2" >>"$log" 2>&1 && ok=1
      if [ "$ok" -eq 1 ] && [ "$engine" = induct ]; then
        ok=0
        yosys-smtbmc --noprogress -i -s z3 -t "$steps" "$work/proof.smt2" >>"$log" 2>&1 && ok=1
      fi
      ;;
    *) echo "unknown engine '$engine' in tests/formal/$1.sv" >"$log" ;;
  esac
  if [ "$ok" -eq 1 ]; then
    echo "formal: $3 proved ($engine${steps:+ $steps})"
  else
    tail -20 "$log" >&2
    echo "formal: $3 NOT proved ($engine${steps:+ $steps})" >&2
    failed=1
  fi
}

failed=0
for name in "${proofs[@]}"; do
  if [ ! -f "tests/formal/$name.sv" ]; then
    echo "formal: no proof '$name'; there are $(cd tests/formal && ls *.sv | sed 's/\.sv$//' | xargs)" >&2
    exit 2
  fi
  if header "$name" engine | grep -qE '^(smt|induct) ' && ! command -v z3 >/dev/null; then
    echo "skipped: $name needs the solver z3 (Debian package z3)"
    exit 4
  fi
  read -r parameter values <<<"$(header "$name" parameter)"
  if [ -n "$parameter" ]; then
    for value in $values; do
      prove "$name" "chparam -set $parameter $value ${name}_proof;" "$name, $parameter = $value"
    done
  else
    prove "$name" "" "$name"
  fi
done
exit "$failed"
