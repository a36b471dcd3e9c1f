# Mode M0 (axnn_pkg::ModeM0) held constant at a block's port: only the paths of this mode count.
set_case_analysis 0 [get_ports {mode_i[0]}]
set_case_analysis 0 [get_ports {mode_i[1]}]
