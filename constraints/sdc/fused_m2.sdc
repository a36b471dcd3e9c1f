# Mode M2 of a block with fused PEs: as block_m2, and the clock of the low Booth digits stands still
# (axnn_clock_gate), so nothing starts or ends in their registers.
source $::env(AXNN_CONSTRAINTS)/sdc/block_m2.sdc
set_case_analysis 0 [get_ports clk_low_i]
