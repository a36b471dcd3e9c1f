# A multiplier mode held constant, so that only its paths count.
#   AXNN_MODE    0, 1, 2: axnn_pkg::ModeM0, ModeM1, ModeM2
#   AXNN_PLACE   where the mode is: "block", a port; "array", a port too, and PEs have a mapping; "top", a
#                register before the array. "fused block" ...: the PEs are fused ones
#   AXNN_MACHINE path of axnn_top below the top module, with a slash, or empty
set mode $::env(AXNN_MODE)
set place [lindex $::env(AXNN_PLACE) end]
set fused [expr {[lindex $::env(AXNN_PLACE) 0] eq "fused"}]
set machine $::env(AXNN_MACHINE)
foreach bit {0 1} {
  set pin "mode_i\[$bit\]"
  set held [expr {$place eq "top" ? [get_pins "${machine}u_array/$pin"] : [get_ports $pin]}]
  set_case_analysis [expr {($mode >> $bit) & 1}] $held
}

# Mode and mapping change only while nothing is in flight; the mode's register may take more than a cycle.
if {$place eq "array"} { set_false_path -from [get_ports batch_i] }
if {$place eq "top"} { set_false_path -from [get_cells "${machine}u_scale/mode_o*"] }

# The clock of fused PEs' low digits (axnn_clock_gate) runs in M0. Its enable follows the mode; its clock tree is
# a layout matter. In M1 and M2 it stands still, so nothing starts or ends in their registers.
if {$fused && $mode == 0 && $place ne "block"} {
  set array [expr {$place eq "top" ? "${machine}u_array/" : ""}]
  set_false_path -from [get_cells "${array}g_gate.u_gate/en_q*"]
}
if {$fused && $mode != 0} {
  set_case_analysis 0 [expr {$place eq "block" ? [get_ports clk_low_i] : [get_pins -hierarchical *clk_low_i]}]
}

# The machine's reset comes from a register where there is a host side. It is low for two cycles at least, and
# nothing starts in the first ones after it (axnn_axi_run): its tree is a layout matter, like the clock's.
if {$machine ne ""} { set_false_path -from [get_cells {u_run/machine_rst_nq*}] }
