# Critical path of a netlist with OpenSTA. By hand, after constraints/yosys/synth.tcl:
#   AXNN_TOP=axnn_pe AXNN_OUT=build/pe AXNN_CLOCK=clk_i AXNN_DRIVER=BUFX2 AXNN_LOAD_FF=40 \
#   AXNN_LIBERTY=... AXNN_CONSTRAINTS=constraints AXNN_MODE=1 AXNN_PLACE=block AXNN_MACHINE= \
#   sta -exit -no_splash constraints/sta/timing.tcl
# AXNN_MODE is empty for a module without modes (sdc/mode.sdc has the others).
# Prints, beside the reports, one line a path group:
#   AXNN_MEMORY_PATH <critical path, ns> <start point> <end point>   if there are memories: theirs too
#   AXNN_PATH <critical path, ns> <start point> <end point>          without paths from and to memories
read_liberty $::env(AXNN_LIBERTY)
set_cmd_units -time ns -capacitance pF  ;# the first library sets its own units
if {[file exists $::env(AXNN_OUT)/memories.lib]} { read_liberty $::env(AXNN_OUT)/memories.lib }
read_verilog $::env(AXNN_OUT)/timing.v
link_design $::env(AXNN_TOP)
source $::env(AXNN_CONSTRAINTS)/sdc/interface.sdc
if {$::env(AXNN_MODE) ne ""} { source $::env(AXNN_CONSTRAINTS)/sdc/mode.sdc }

set period [get_property [lindex [all_clocks] 0] period]
# A path is 20 ns less its slack; a latch of a clock gate is passed (interface.sdc) and no end.
proc print_paths {what paths skipped} {
  global period
  foreach path $paths {
    set start [get_property [get_property $path startpoint] full_name]
    set end [get_property [get_property $path endpoint] full_name]
    if {$end in $skipped} continue
    puts "$what [format %.4f [expr {$period - [get_property $path slack]}]] $start $end"
  }
}
set latches {}
foreach pin [all_registers -data_pins -level_sensitive] { lappend latches [get_property $pin full_name] }
proc print_all {what} {
  global latches ends
  print_paths $what [find_timing_paths -path_delay max] $latches
  print_paths $what [find_timing_paths -path_delay max -to $ends] {}
  report_checks -path_delay max -to $ends -format full_clock -digits 3 -fields {capacitance slew fanout}
}
set ends [concat [all_registers -data_pins -edge_triggered] [all_outputs]]
# With the memories, if there are any; then without the paths that leave or enter them.
set memories {}
if {[file exists $::env(AXNN_OUT)/memories.lib]} {
  foreach cell [get_cells -hierarchical *] {
    if {[string match axnn_sram_* [get_property $cell ref_name]]} { lappend memories $cell }
  }
}
if {[llength $memories] > 0} {
  print_all AXNN_MEMORY_PATH
  set_false_path -from $memories
  set_false_path -to $memories
}
print_all AXNN_PATH
