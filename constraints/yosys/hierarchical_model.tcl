# A gate netlist of a module that keeps its hierarchy as plain Verilog for simulators: each cell
# replaced by its Liberty function, axnn modules left as they are. Memories stay axnn_sram. By hand:
#   AXNN_LIBERTY=... AXNN_RTL=rtl AXNN_NETLIST=build/synth/axnn_array/netlist.v AXNN_TOP=axnn_array \
#   AXNN_MODEL=array_gates.v yosys -c constraints/yosys/hierarchical_model.tcl
yosys -import
read_verilog -sv $::env(AXNN_RTL)/tech/asic/axnn_sram.sv
read_liberty -ignore_miss_func $::env(AXNN_LIBERTY)
read_verilog $::env(AXNN_NETLIST)
hierarchy -check -top $::env(AXNN_TOP)
setattr -mod -set keep_hierarchy 1 *axnn*
flatten
opt_clean -purge
check -assert
write_verilog -noattr $::env(AXNN_MODEL)
