# The gates of the whole array in place of its RTL, everything around it as it is. Synthesis and
# compilation take minutes, so nothing here is in the default build: `make gates`.

# axnn_array_gates(NAME module mult): an archive with class V<NAME>, whose top is axnn_top.
function(axnn_array_gates name top mult)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${name})
  set(model ${dir}/array.v)
  set(archive ${dir}/V${name}__ALL.a)
  set(rtl ${RTL_AROUND_ARRAY})
  file(WRITE ${dir}/no_inline.vlt "`verilator_config\n"
       "no_inline -module \"axnn_pe\"\nno_inline -module \"axnn_row*\"\n")
  add_custom_command(
    OUTPUT ${archive} ${dir}/V${name}.h
    COMMAND axnn synth --module ${top} --out ${AXNN_NETLISTS} --source ${PROJECT_SOURCE_DIR}
            > ${dir}/synth.log
    COMMAND ${CMAKE_COMMAND} -E env AXNN_LIBERTY=${AXNN_LIBERTY_FILE}
            AXNN_RTL=${PROJECT_SOURCE_DIR}/rtl AXNN_NETLIST=${AXNN_NETLISTS}/${top}/netlist.v
            AXNN_TOP=${top} AXNN_MODEL=${model}
            yosys -q -c ${PROJECT_SOURCE_DIR}/constraints/yosys/hierarchical_model.tcl
    # The array takes the parameters that axnn_top hands it; modules that had some lose Yosys's names.
    COMMAND sed -E -i
            -e "s/^module ${top} ?\\(/module axnn_array #(parameter int Mult = ${mult}, parameter int DrumK = 6, parameter int Format = 0) (/"
            -e "s/\\\\\\$$paramod[^ ]*\\\\(axnn_[a-z_]+) /\\1 /g" ${model}
    COMMAND ${VERILATOR_BIN} --cc --top-module axnn_top --prefix V${name} --Mdir ${dir} -O3
            --x-assign fast --x-initial fast -fno-const-bit-op-tree -Wno-lint -Wno-style -Wno-fatal
            -GMult=${mult} ${dir}/no_inline.vlt ${rtl} ${model}
    COMMAND make -s --no-print-directory -C ${dir} -f V${name}.mk OPT_FAST=-O1 OPT_SLOW=-O0
            OPT_GLOBAL=-O1 V${name}__ALL.a
    DEPENDS axnn ${AXNN_RTL} ${AXNN_FLOW} ${PROJECT_SOURCE_DIR}/constraints/modules.json
    COMMENT "Gates of ${top}"
    VERBATIM)
  add_custom_target(${name}_archive DEPENDS ${archive})
endfunction()

axnn_rtl(RTL_AROUND_ARRAY --machine --cells faults)
list(FILTER RTL_AROUND_ARRAY EXCLUDE REGEX 
     "axnn_(array|column|pe|mac|row|mult|booth|csa|drum|clock_gate|weight_(decode|operand))")

axnn_array_gates(gates0 axnn_array 0)
axnn_array_gates(gates1 axnn_array_booth 1)
add_executable(test_gates EXCLUDE_FROM_ALL test_gates.cpp)
target_link_libraries(test_gates PRIVATE catch_main axnn_sim verilator_runtime fmt::fmt)
foreach(name gates0 gates1)
  add_dependencies(test_gates ${name}_archive)
  target_include_directories(test_gates SYSTEM PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${name})
  target_link_libraries(test_gates PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${name}/V${name}__ALL.a)
endforeach()
target_link_libraries(test_gates PRIVATE axnn_weight_reads verilator_runtime)
