# Mode M1 of an accelerator with fused PEs: as top_m1, and the gated clock of the low Booth digits
# (axnn_clock_gate) stands still.
source $::env(AXNN_CONSTRAINTS)/sdc/top_m1.sdc
set_case_analysis 0 [get_pins -hierarchical *clk_low_i]
