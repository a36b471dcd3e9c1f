include(${PROJECT_SOURCE_DIR}/cmake/rtl.cmake)
include(${PROJECT_SOURCE_DIR}/cmake/verilate.cmake)

# Gate netlists of the leaf modules for the tests, and Verilated models of them.
# The first run of a build synthesises them as a user would; AXNN_NETLISTS is shared with what
# `make synth` writes in a default build.
set(AXNN_NETLISTS ${CMAKE_BINARY_DIR}/synth)
set(AXNN_LIBERTY_FILE /usr/share/qflow/tech/osu018/osu018_stdcells.lib)
axnn_rtl(AXNN_RTL)
axnn_rtl(AXNN_ASIC --cells asic --only-cells)  # synth.tcl takes the memories from there
list(APPEND AXNN_RTL ${AXNN_ASIC})
file(GLOB AXNN_FLOW CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/constraints/*/*.tcl
     ${PROJECT_SOURCE_DIR}/constraints/*/*.sdc ${PROJECT_SOURCE_DIR}/constraints/*/*.abc ${PROJECT_SOURCE_DIR}/constraints/*/*.v)

function(axnn_gates name top)  # a Verilated library NAME, class V<name>, of a synthesised module
  set(model ${CMAKE_CURRENT_BINARY_DIR}/${name}.v)
  add_custom_command(
    OUTPUT ${model}
    COMMAND axnn synth --module ${top} --out ${AXNN_NETLISTS} --source ${PROJECT_SOURCE_DIR}
            > ${model}.log
    COMMAND ${CMAKE_COMMAND} -E env AXNN_LIBERTY=${AXNN_LIBERTY_FILE}
            AXNN_NETLIST=${AXNN_NETLISTS}/${top}/netlist.v AXNN_TOP=${top} AXNN_MODEL=${model}
            yosys -q -c ${PROJECT_SOURCE_DIR}/constraints/yosys/flat_model.tcl >> ${model}.log
    DEPENDS axnn ${AXNN_RTL} ${AXNN_FLOW} ${PROJECT_SOURCE_DIR}/constraints/modules.json
    COMMENT "Gate model of ${top}"
    VERBATIM)
  # Verilator up to 5.009 can be wrong on Yosys netlists through this optimisation.
  axnn_verilate(${name} TOP ${top} PREFIX V${name} SOURCES ${model}
                FLAGS -fno-const-bit-op-tree -Wno-lint -Wno-style)
endfunction()

axnn_gates(mult_gates axnn_mult_fig8)
axnn_gates(mac_gates axnn_mac)
axnn_verilate(mult_rtl TOP axnn_mult_fig8 PREFIX Vmult_rtl
              SOURCES ${PROJECT_SOURCE_DIR}/rtl/lint.vlt ${PROJECT_SOURCE_DIR}/rtl/axnn_pkg.sv
                      ${PROJECT_SOURCE_DIR}/rtl/array/axnn_mult_fig8.sv)

axnn_gates(drum4_gates axnn_mult_drum_4)
axnn_gates(drum6_gates axnn_mult_drum_6)
axnn_verilate(drum_all TOP drum_all
              SOURCES ${PROJECT_SOURCE_DIR}/rtl/lint.vlt ${PROJECT_SOURCE_DIR}/rtl/axnn_pkg.sv
                      ${PROJECT_SOURCE_DIR}/rtl/array/axnn_drum_operand.sv
                      ${PROJECT_SOURCE_DIR}/rtl/array/axnn_mult_drum.sv
                      ${CMAKE_CURRENT_SOURCE_DIR}/drum_all.sv)

axnn_test(test_drum test_drum.cpp LIBS axnn_model drum_all drum4_gates drum6_gates)
axnn_test(test_netlist test_netlist.cpp LIBS axnn_synth mult_gates mult_rtl mac_gates)
axnn_test(test_synth test_synth.cpp LIBS axnn_synth)
axnn_test(test_power test_power.cpp icarus_toggles.cpp
          LIBS axnn_explore axnn_gates fmt::fmt nlohmann_json::nlohmann_json)
axnn_test(test_explore test_explore.cpp LIBS axnn_synth nlohmann_json::nlohmann_json)
foreach(test test_netlist test_synth test_power test_explore)
  target_compile_definitions(${test} PRIVATE
    AXNN_NETLISTS="${AXNN_NETLISTS}" AXNN_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    AXNN_PROGRAM="$<TARGET_FILE:axnn>")
  add_dependencies(${test} axnn)
endforeach()

# GCC's null check misfires on Verilator's thread-local context, and instrumented gate models take
# minutes to compile; what they compute is checked by values.
if(AXNN_SANITIZE)
  foreach(model mult_gates mac_gates mult_rtl drum_all drum4_gates drum6_gates)
    target_compile_options(${model} PRIVATE -fno-sanitize=all)
  endforeach()
  foreach(test test_netlist test_drum)
    target_compile_options(${test} PRIVATE -fno-sanitize=null)
  endforeach()
endif()
