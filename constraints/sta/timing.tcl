# Critical path of a netlist with OpenSTA. By hand, after constraints/yosys/synth.tcl:
#   AXNN_TOP=axnn_pe AXNN_OUT=build/pe AXNN_CLOCK=clk_i AXNN_DRIVER=BUFX2 AXNN_LOAD_FF=40 \
#   AXNN_LIBERTY=... AXNN_CONSTRAINTS=constraints AXNN_SDC="interface block_m1" \
#   sta -exit -no_splash constraints/sta/timing.tcl
# Prints, beside the report, one line a path group:
#   AXNN_PATH <critical path, ns> <start point> <end point>
set_cmd_units -time ns -capacitance pF
read_liberty $::env(AXNN_LIBERTY)
read_verilog $::env(AXNN_OUT)/timing.v
link_design $::env(AXNN_TOP)
foreach sdc $::env(AXNN_SDC) { source $::env(AXNN_CONSTRAINTS)/sdc/$sdc.sdc }

set period [get_property [lindex [all_clocks] 0] period]
# A path is 20 ns less its slack; a latch of a clock gate is passed (interface.sdc) and no end.
proc print_paths {paths skipped} {
  global period
  foreach path $paths {
    set start [get_property [get_property $path startpoint] full_name]
    set end [get_property [get_property $path endpoint] full_name]
    if {$end in $skipped} continue
    puts "AXNN_PATH [format %.4f [expr {$period - [get_property $path slack]}]] $start $end"
  }
}
set latches {}
foreach pin [all_registers -data_pins -level_sensitive] { lappend latches [get_property $pin full_name] }
print_paths [find_timing_paths -path_delay max] $latches
set ends [concat [all_registers -data_pins -edge_triggered] [all_outputs]]
print_paths [find_timing_paths -path_delay max -to $ends] {}
report_checks -path_delay max -to $ends -format full_clock -digits 3 -fields {capacitance slew fanout}
