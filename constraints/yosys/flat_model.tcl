# A gate netlist as plain Verilog for simulators: each cell replaced by its Liberty function. By hand:
#   AXNN_LIBERTY=... AXNN_NETLIST=build/synth/axnn_mac/netlist.v AXNN_TOP=axnn_mac \
#   AXNN_MODEL=mac_gates.v yosys -c constraints/yosys/flat_model.tcl
# Tri-state cells have no function and are left out (the netlists use none).
yosys -import
read_liberty -ignore_miss_func $::env(AXNN_LIBERTY)
read_verilog $::env(AXNN_NETLIST)
hierarchy -check -top $::env(AXNN_TOP)
flatten
opt_clean -purge
check -assert
write_verilog -noattr $::env(AXNN_MODEL)
