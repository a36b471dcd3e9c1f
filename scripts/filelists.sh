#!/usr/bin/env bash
# Are axnn.core (FuseSoC) and Bender.yml complete? Each must list every SystemVerilog file of rtl/ once
# and no other, the packages first. Needs neither tool.
#   scripts/filelists.sh
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
for list in axnn.core Bender.yml; do
  listed=$(grep -oE '^ +- rtl/[A-Za-z0-9_]+\.sv$' "$list" | grep -o 'rtl/.*')
  if ! diff <(ls rtl/*.sv | sort) <(sort <<<"$listed") >&2; then
    echo "filelists: $list (right, >) does not list what is in rtl/ (left, <)" >&2
    failed=1
  fi
  if [ "$(head -2 <<<"$listed")" != $'rtl/axnn_pkg.sv\nrtl/axnn_axi_pkg.sv' ]; then
    echo "filelists: $list must begin with axnn_pkg.sv and axnn_axi_pkg.sv" >&2
    failed=1
  fi
done
[ "$failed" -eq 0 ] && echo "filelists: axnn.core and Bender.yml list rtl/"
exit "$failed"
