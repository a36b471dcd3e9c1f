#!/usr/bin/env bash
# Is the Verilated PE one piece of code for all instances (sim/verilator.vlt)? An input that is not public
# there gives each PE functions of its own, and the co-simulation is half as fast.
#   shared_code.sh FOLDER PREFIX    what Verilator made of axnn_top with class PREFIX
set -euo pipefail
cd "$1"
mapfile -t files < <(sed -n "s/^#include \"\($2_axnn_pe_.*\.cpp\)\"/\1/p" "$2__ALL.cpp" | grep -v Slow)
# What a clock edge calls: one function for each part of the evaluation, not for each PE.
functions=$(cat "${files[@]}" | grep -cE '^VL_INLINE_OPT void .*___nba_')
if [ "$functions" -gt 20 ]; then
  echo "shared_code: $functions functions in $2_axnn_pe; which of its inputs lacks a line in sim/verilator.vlt?" >&2
  exit 1
fi
echo "shared_code: $functions functions for all PEs"
