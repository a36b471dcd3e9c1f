# Synthesis of one module with Yosys and ABC. By hand, from the repository's root:
#   AXNN_RTL=rtl AXNN_TOP=axnn_pe AXNN_KEEP= AXNN_OUT=build/pe AXNN_DRIVER=BUFX2 AXNN_LOAD_FF=40 \
#   AXNN_LIBERTY=/usr/share/qflow/tech/osu018/osu018_stdcells.lib \
#   AXNN_CONSTRAINTS=constraints yosys -c constraints/yosys/synth.tcl
# AXNN_OUT is a folder that exists. AXNN_KEEP lists modules that stay modules of their own (each is
# synthesised once, however often it is used); everything else is flattened into the top module.
# Writes:
#   netlist.v     gates, for simulation; memories are instances of axnn_sram
#   timing.v      the same without memories and vectors: OpenSTA reads no concatenations. Registers
#                 bear the names of the nets they drive.
#   netlist.json  the same as netlist.v, for counting
#   area.txt      Yosys's own statistics
yosys -import
set top $::env(AXNN_TOP)
set out $::env(AXNN_OUT)
set liberty $::env(AXNN_LIBERTY)
set rtl $::env(AXNN_RTL)

verilog_defines -DSYNTHESIS
read_verilog -sv $rtl/axnn_pkg.sv
read_verilog -sv $rtl/axnn_sram.sv
yosys blackbox axnn_sram
read_liberty -lib -ignore_miss_func $liberty
read_verilog -sv $rtl/$top.sv
hierarchy -check -top $top -libdir $rtl
foreach module $::env(AXNN_KEEP) { setattr -mod -set keep_hierarchy 1 "*$module" }

# alumacc would merge a multiplier's partial products with the sum of the rough modes, which then
# enters the carry-save tree late: 5.1 instead of 4.0 ns in M0. Without it every $mul has a tree of
# its own and every $add a carry look-ahead adder.
synth -top $top -flatten -noalumacc -noabc
dfflibmap -liberty $liberty
opt -fast

# Buffering and sizing need to know what drives the inputs and what hangs on the outputs.
set constraint [open $out/abc.constr w]
puts $constraint "set_driving_cell $::env(AXNN_DRIVER)"
puts $constraint "set_load $::env(AXNN_LOAD_FF)"
close $constraint
abc -liberty $liberty -constr $out/abc.constr -script $::env(AXNN_CONSTRAINTS)/yosys/speed.abc
setundef -zero
opt_clean -purge
check -assert

# Short names for nets without one, the same in both files.
design -push-copy
yosys rename -enumerate
tee -q -o $out/area.txt stat -liberty $liberty
write_json $out/netlist.json
write_verilog -noattr -noexpr $out/netlist.v
design -pop

splitnets -ports
opt_clean -purge
yosys rename -wire
delete t:axnn_sram
write_verilog -noattr -noexpr $out/timing.v
