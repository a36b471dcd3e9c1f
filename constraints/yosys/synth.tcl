# Synthesis of one module with Yosys and ABC. By hand, from the repository's root:
#   AXNN_RTL=rtl AXNN_MODULE=axnn_pe AXNN_PARAMETERS= AXNN_TOP=axnn_pe AXNN_KEEP= \
#   AXNN_OUT=build/pe AXNN_GATED=1 AXNN_DRIVER=BUFX2 AXNN_LOAD_FF=40 AXNN_LATCH="LATCH CLK D Q" \
#   AXNN_LIBERTY=/usr/share/qflow/tech/osu018/osu018_stdcells.lib \
#   AXNN_CONSTRAINTS=constraints yosys -c constraints/yosys/synth.tcl
# AXNN_PARAMETERS ("Name value ...") are set on AXNN_MODULE, which is called AXNN_TOP from then on.
# AXNN_OUT is a folder that exists. AXNN_KEEP lists modules that stay modules of their own (each is
# synthesised once, however often it is used); everything else is flattened into the top module.
# AXNN_GATED=1: registers with an enable get their clock through a gate. Its test enable comes from the port
# test_en_i, which every module with a gate below it gets if it has none.
# AXNN_LATCH names a latch that is open while its enable is high, and its enable, data and output
# pins; empty if the library has none.
# Writes:
#   netlist.v     gates, for simulation; memories are instances of axnn_sram
#   timing.v      the same without vectors, memories too: OpenSTA reads no concatenations. Registers bear
#                 the names of the nets they drove before mapping, memories the type axnn_sram_DEPTHxWIDTHxLANES.
#   memories.txt  their shapes, one a line; synth/memory_stubs.cpp makes a Liberty file of them
#   netlist.json  the same as netlist.v, for counting
#   area.txt      Yosys's own statistics
yosys -import
set module $::env(AXNN_MODULE)
set top $::env(AXNN_TOP)
set out $::env(AXNN_OUT)
set liberty $::env(AXNN_LIBERTY)
set rtl $::env(AXNN_RTL)

# Modules are found by their names. Memories are black boxes; other cells of the technology are the generic
# ones, since the library need have no integrated clock gate and no synchroniser.
read_verilog -sv $rtl/axnn_pkg.sv
read_verilog -sv $rtl/host/axnn_axi_pkg.sv
read_verilog -sv $rtl/tech/asic/axnn_sram.sv
set folders "$rtl $rtl/tech/generic [glob -type d $rtl/\[a-su-z\]*]"
proc file_of {module} {
  global folders
  foreach folder $folders {
    if {[file exists $folder/$module.sv]} { return $folder/$module.sv }
  }
  error "no module $module"
}
set search {}
foreach folder $folders { lappend search -libdir $folder }
read_liberty -lib -ignore_miss_func $liberty
set parameters {}
if {$module eq "axnn_axi"} {
  # Yosys 0.23 ends in an assertion if it sets parameters that are handed on to a module with as many: they
  # become the defaults of a copy.
  set text [read [set file [open [file_of $module]]]]
  close $file
  foreach {name value} $::env(AXNN_PARAMETERS) {
    if {![regsub "(parameter int $name =) \[^,\n\]+" $text "\\1 $value" text]} { error "no parameter $name" }
  }
  set copy [open $out/$module.sv w]
  puts $copy $text
  close $copy
  read_verilog -sv $out/$module.sv
} else {
  read_verilog -sv [file_of $module]
  foreach {name value} $::env(AXNN_PARAMETERS) { lappend parameters -chparam $name $value }
}
hierarchy -check -top $module {*}$search {*}$parameters
if {$top ne $module} { yosys rename -top $top }
# A module with parameters is called $paramod..MODULE..: hence the stars.
foreach kept [concat $::env(AXNN_KEEP) axnn_clock_gate] { setattr -mod -set keep_hierarchy 1 "*$kept*" }

# alumacc would merge a multiplier's partial products with the sum of the rough modes, which then
# enters the carry-save tree late: 5.1 instead of 4.0 ns in M0. Without it every $mul has a tree of
# its own and every $add a carry look-ahead adder.
synth -top $top -flatten -noalumacc -noabc -run begin:fine
if {$::env(AXNN_GATED)} {
  memory_map  ;# words of a FIFO
  opt -undriven -fine
  dffunmap -srst-only
  opt_clean
  techmap -map $::env(AXNN_CONSTRAINTS)/yosys/clock_gates.v
  read_verilog -sv -overwrite [file_of axnn_clock_gate]
  setattr -mod -set keep_hierarchy 1 axnn_clock_gate
  yosys proc axnn_clock_gate
  hierarchy -check -top $top  ;# removes it again if nothing has an enable
  opt_merge -share_all t:axnn_clock_gate  ;# one gate for all that share an enable
  # The modules with gates, and those around them, as deep as the hierarchy is.
  select -set gated t:axnn_clock_gate %m axnn_clock_gate %u
  for {set depth 0} {$depth < 8} {incr depth} { select -set gated @gated @gated %C %m %u }
  add -global_input test_en_i 1 @gated
  opt_clean
}
synth -top $top -noalumacc -noabc -run fine:
tee -q -o $out/registers.il dump {t:$_*DFF*}
dfflibmap -liberty $liberty
if {[llength $::env(AXNN_LATCH)] == 4} {  # dfflibmap knows flip-flops only
  lassign $::env(AXNN_LATCH) cell enable data output
  set map [open $out/latch.v w]
  foreach {type gate} {P BUF N NOT} {
    puts $map "module \\\$_DLATCH_${type}_ (input E, input D, output Q);"
    puts $map "  wire open;"
    puts $map "  \\\$_${gate}_ enable (.A(E), .Y(open));"
    puts $map "  $cell _TECHMAP_REPLACE_ (.$enable\(open), .$data\(D), .$output\(Q));"
    puts $map "endmodule"
  }
  close $map
  techmap -map $out/latch.v
}
opt -fast

# Buffering and sizing need to know what drives the inputs and what hangs on the outputs.
set constraint [open $out/abc.constr w]
puts $constraint "set_driving_cell $::env(AXNN_DRIVER)"
puts $constraint "set_load $::env(AXNN_LOAD_FF)"
close $constraint
abc -liberty $liberty -constr $out/abc.constr -script $::env(AXNN_CONSTRAINTS)/yosys/speed.abc
setundef -zero
opt_clean -purge
check -assert

# Short names for nets without one, the same in both files.
design -push-copy
yosys rename -enumerate
tee -q -o $out/area.txt stat -liberty $liberty
write_json $out/netlist.json
write_verilog -noattr -noexpr $out/netlist.v
design -pop

# Each shape of memory becomes a cell of its own with pins of one bit, for OpenSTA: axnn_sram_DEPTHxWIDTHxLANES.
tee -q -o $out/memories.il dump t:axnn_sram
set shapes {}
set cells [split [read [set file [open $out/memories.il]]] "\n"]
close $file
set in_cell 0
foreach line $cells {
  if {[regexp {^\s*cell \\axnn_sram } $line]} {
    set in_cell 1
    array set shape {Width 8 Depth 16 Lanes 1}
  } elseif {[regexp {parameter (?:signed )?\\(Width|Depth|Lanes) ([0-9]+)$} $line - name value]} {
    set shape($name) $value
  } elseif {[regexp {parameter (?:signed )?\\(Width|Depth|Lanes) [0-9]+'([01]+)$} $line - name value]} {
    scan $value %b shape($name)
  } elseif {$in_cell && [regexp {^\s*end\s*$} $line]} {
    set in_cell 0
    set one "$shape(Depth) $shape(Width) $shape(Lanes)"
    if {[lsearch -exact $shapes $one] < 0} { lappend shapes $one }
  }
}
set list [open $out/memories.txt w]
set map [open $out/memories.v w]
foreach one $shapes {
  lassign $one depth width lanes
  set address 0
  while {1 << $address < $depth} { incr address }
  set pins {".clk_i(clk_i)" ".scan_mode_i(scan_mode_i)" ".en_i(en_i)"}
  foreach {port bits} [list we_i $lanes addr_i $address wdata_i $width rdata_o $width] {
    for {set b 0} {$b < $bits} {incr b} { lappend pins ".${port}_$b\($port\[$b\])" }
  }
  puts $list "$depth $width $lanes"
  puts $map "(* techmap_celltype = \"axnn_sram\" *)"
  puts $map "module map_${depth}x${width}x$lanes (clk_i, scan_mode_i, en_i, we_i, addr_i, wdata_i, rdata_o);"
  puts $map "  parameter Width = 8; parameter Depth = 16; parameter Lanes = 1; parameter Weights = 0;"
  puts $map "  input clk_i, scan_mode_i, en_i; input \[[expr {$lanes - 1}]:0\] we_i; input \[[expr {$address - 1}]:0\] addr_i;"
  puts $map "  input \[[expr {$width - 1}]:0\] wdata_i; output \[[expr {$width - 1}]:0\] rdata_o;"
  puts $map "  wire _TECHMAP_FAIL_ = Width != $width || Depth != $depth || Lanes != $lanes;"
  puts $map "  axnn_sram_${depth}x${width}x$lanes _TECHMAP_REPLACE_ ([join $pins {, }]);"
  puts $map "endmodule"
}
close $list
close $map
if {$shapes ne {}} { techmap -map $out/memories.v }

splitnets -ports
opt_clean -purge
yosys rename -wire
# That passes over a flip-flop with two outputs in use and over one whose output is the inverted value: they get the
# name of the net that the register drove before mapping, which only their own name still leads to.
proc il_lines {path} {
  set lines [split [read [set file [open $path]]] "\n"]
  close $file
  return $lines
}
set cell ""
foreach line [il_lines $out/registers.il] {
  if {[regexp {^\s*cell \S+ (\S+)$} $line - cell]} continue
  if {[regexp {^\s*connect \\Q \\(\S+)( \[\d+\])?\s*$} $line - net bit]} {
    set net_of($cell) $net[string trim $bit]
  }
}
tee -q -o $out/unnamed.il dump -m {c:$*}
foreach line [il_lines $out/unnamed.il] {
  if {[regexp {^module (\S+)} $line - inside]} continue
  if {[regexp {^\s*cell \\(\S+) (\S+)$} $line - type cell] && [info exists net_of($cell)]} {
    yosys cd $inside
    yosys rename $cell "\\$net_of($cell)\\$type"
    yosys cd ..
  }
}
write_verilog -noattr -noexpr $out/timing.v
