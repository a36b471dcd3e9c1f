# Mode M0 (axnn_pkg::ModeM0) held constant where the mode register drives the array.
set_case_analysis 0 [get_pins "$::env(AXNN_MACHINE)u_array/mode_i\[0\]"]
set_case_analysis 0 [get_pins "$::env(AXNN_MACHINE)u_array/mode_i\[1\]"]
# The register itself changes only while the array is drained; it may take more than a cycle.
set_false_path -from [get_cells "$::env(AXNN_MACHINE)u_scale/mode_o*"]
# The mapping: no step in the two cycles after it changed (axnn_sequencer).
set_multicycle_path 3 -setup -from [get_cells "$::env(AXNN_MACHINE)u_sequencer/batch_o*"]
