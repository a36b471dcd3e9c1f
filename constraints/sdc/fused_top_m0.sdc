# Mode M0 of an accelerator with fused PEs: as top_m0. The clock gate's enable follows the mode, which
# changes only while nothing is in flight; its clock tree is a layout matter.
source $::env(AXNN_CONSTRAINTS)/sdc/top_m0.sdc
set_false_path -from [get_cells "$::env(AXNN_MACHINE)u_array/g_gate.u_gate/en_q*"]
