#!/usr/bin/env bash
# Does an FPGA tool find the memories? Yosys's synth_xilinx reads the RTL as any tool would (SYNTHESIS is
# set), with the cells of rtl/tech/fpga, up to where memories become blocks; their number must be what the sizes ask
# for. Default sizes; the whole accelerator behind its AXI ports.
#   scripts/fpga.sh [memories|MULT...]   memories: shape by shape; 0, 1, 2: the accelerator with these PEs;
#                                        default: memories 0 1
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- memories 0 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# expect NAME BLOCKS: a block of 18 kbit is 2048 x 9, 1024 x 18 or 512 x 36 bits, one of 36 kbit is
# two of them. Small memories are LUTs by right; RAM256X1S are large ones that found no block.
expect() {
  local halves wholes found
  halves=$(grep -oP '^ +RAMB18E1 +\K\d+' "$work/stat" | tail -1 || true)
  wholes=$(grep -oP '^ +RAMB36E1 +\K\d+' "$work/stat" | tail -1 || true)
  found=$((${halves:-0} + 2 * ${wholes:-0}))
  if [ "$found" -ne "$2" ] || grep -q 'RAM256X1S' "$work/stat"; then
    echo "fpga: $1: $found blocks of RAM instead of $2, or else RAM of LUTs:" >&2
    grep RAM "$work/stat" >&2 || true
    failed=1
  else
    echo "fpga: $1: $2 blocks of RAM"
  fi
}
run() {  # NAME COMMANDS
  yosys -q -p "$2; tee -o $work/stat stat" >"$work/log" 2>&1 || {
    tail -5 "$work/log" >&2
    echo "fpga: $1: Yosys failed" >&2
    exit 1
  }
}

memory() {  # DEPTH WIDTH LANES BLOCKS
  run "$1 x $2" "read_verilog -sv -DSYNTHESIS rtl/tech/fpga/axnn_sram.sv;
    hierarchy -top axnn_sram -chparam Depth $1 -chparam Width $2 -chparam Lanes $3;
    synth_xilinx -flatten -run :map_ffram"
  expect "memory $1 x $2, $3 lanes" "$4"
  [ "$4" -gt 0 ] || grep -q 'RAM[0-9]*X1S' "$work/stat" ||  # not empty, not registers
    { echo "fpga: memory $1 x $2, $3 lanes: no memory at all" >&2; failed=1; }
}

for part in "$@"; do
  case $part in
    memories)
      memory 2048 80 1 9  # weights of a row: 80 bits, 9 a block
      memory 128 240 1 7  # biases: 240 bits, 36 a block
      memory 512 64 8 2   # lanes written alone, in bytes as a block has them
      memory 128 10 1 0   # a PE's memories
      memory 64 64 1 0    # program
      memory 128 48 8 0   # neuron buffer
      ;;
    0 | 1 | 2)
      mapfile -t sources < <(scripts/rtl_files.sh --cells fpga)
      run "accelerator, Mult=$part" "read_verilog -sv ${sources[*]}; hierarchy -check -top axnn_axi -chparam Mult $part;
        synth_xilinx -run :map_ffram"
      expect "accelerator, Mult=$part" $((8 * 9 + 7))
      ;;
    *) echo "fpga: unknown part '$part'; there are memories, 0, 1 and 2" >&2; exit 2 ;;
  esac
done
exit "$failed"
