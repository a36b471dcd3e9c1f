# Mode M1 of a block with fused PEs: as block_m1, and the clock of the low Booth digits stands still
# (axnn_clock_gate), so nothing starts or ends in their registers.
source $::env(AXNN_CONSTRAINTS)/sdc/block_m1.sdc
set_case_analysis 0 [get_ports clk_low_i]
