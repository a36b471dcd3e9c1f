# Clock and surroundings of a block. A module without a clock port gets a virtual clock, so that its
# input-to-output paths are timed too. 20 ns is only a ruler: a critical path is 20 ns less slack.
# The clock network is ideal (before layout), and there are no wire loads. The clock is high for an
# instant only: the latch of a clock gate is then open from the edge on, and the time that an enable
# takes is what it takes to the gate, through the latch, wherever the falling edge lies.
if {$::env(AXNN_CLOCK) eq ""} {
  create_clock -name clk -period 20 -waveform {0 0.01}
} else {
  create_clock -name clk -period 20 -waveform {0 0.01} [get_ports $::env(AXNN_CLOCK)]  ;# several: all in phase
}

# Inputs arrive with the clock edge from a smallest buffer, outputs drive four NAND2 inputs and are
# needed at the edge (both from the Liberty file; `axnn synth` fills them in).
set data_inputs {}
foreach port [all_inputs] {
  if {[get_property $port full_name] ni $::env(AXNN_CLOCK)} { lappend data_inputs $port }
}
set_driving_cell -lib_cell $::env(AXNN_DRIVER) $data_inputs
set_load [expr {$::env(AXNN_LOAD_FF) / 1000.0}] [all_outputs]
set_input_delay 0 -clock clk $data_inputs
set_output_delay 0 -clock clk [all_outputs]

# Resets from outside are released long before work starts and their trees are a layout matter.
foreach port $data_inputs {
  if {[get_property $port full_name] in {rst_ni scale_rst_ni}} { set_false_path -from $port }
}

# Timed as it works: gates and memories are not under test. (The ports of axnn_top are there in every module
# that has clock gates or memories below it.)
foreach port $data_inputs {
  if {[get_property $port full_name] in {test_en_i scan_mode_i}} { set_case_analysis 0 $port }
}
