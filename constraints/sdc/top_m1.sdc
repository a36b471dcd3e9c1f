# Mode M1 (axnn_pkg::ModeM1) held constant where the mode register drives the array.
set_case_analysis 1 [get_pins "$::env(AXNN_MACHINE)u_array/mode_i\[0\]"]
set_case_analysis 0 [get_pins "$::env(AXNN_MACHINE)u_array/mode_i\[1\]"]
# The register itself changes only while the array is drained; it may take more than a cycle.
set_false_path -from [get_cells "$::env(AXNN_MACHINE)u_scale/mode_o*"]
# The machine's reset comes from a register where there is a host side. It is low for two cycles at least, and
# nothing starts in the first ones after it (axnn_axi_run): its tree is a layout matter, like the clock's.
if {$::env(AXNN_MACHINE) ne ""} { set_false_path -from [get_cells {u_run/machine_rst_no*}] }
