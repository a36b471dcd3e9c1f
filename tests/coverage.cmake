# Line and toggle coverage of the RTL (scripts/coverage.py): the design built to count, in parts, since
# counting is slow, and a regression that runs it. Minutes to compile, so nothing here is in the default
# build.

# axnn_cover(NAME top KEEP FLAGS...): an archive with class VNAME; only the files of rtl/ that KEEP
# matches count. Memories' contents do not (--coverage-max-width): a macro takes their place.
function(axnn_cover name top keep)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${name})
  set(archive ${dir}/V${name}__ALL.a)
  # One copy of the code for all instances of a module, or the compiler has half a gigabyte to read.
  set(config "`verilator_config\nno_inline -module \"axnn_*\"\n")
  foreach(file ${AXI_RTL})
    cmake_path(GET file FILENAME base)
    if(NOT base MATCHES "^(${keep})\\.sv$")
      string(APPEND config "coverage_off -file \"*/${base}\"\n")
    endif()
  endforeach()
  file(CONFIGURE OUTPUT ${dir}/cover.vlt CONTENT "${config}" @ONLY)
  add_custom_command(
    OUTPUT ${archive} ${dir}/V${name}.h
    COMMAND ${VERILATOR_BIN} --cc --top-module ${top} --prefix V${name} --Mdir ${dir} -O3
            --x-assign fast --x-initial fast --assert -Wall --coverage-line --coverage-toggle
            --coverage-max-width 1024 ${ARGN} ${dir}/cover.vlt ${PROJECT_SOURCE_DIR}/sim/verilator.vlt
            ${PROJECT_SOURCE_DIR}/rtl/lint.vlt ${AXI_RTL}
    COMMAND make -s --no-print-directory -C ${dir} -f V${name}.mk -j ${AXNN_CORES}
            OBJCACHE=${CCACHE} OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O1 V${name}__ALL.a > ${dir}/make.log
    DEPENDS ${AXI_RTL} ${PROJECT_SOURCE_DIR}/rtl/lint.vlt ${dir}/cover.vlt
    COMMENT "Counting model ${name}"
    VERBATIM)
  add_custom_target(${name}_archive DEPENDS ${archive})
endfunction()

cmake_host_system_information(RESULT AXNN_CORES QUERY NUMBER_OF_LOGICAL_CORES)
axnn_cover(cover_booth axnn_top ".*" -GMult=1 -GFormat=3)
axnn_cover(cover_fig8 axnn_top "axnn_(pe|mac|mult_fig8|row_plain)" -GMult=0 -GFormat=3)
axnn_cover(cover_drum axnn_top "axnn_(mac|mult_drum|drum_operand)" -GMult=2 -GFormat=3)
axnn_cover(cover_axi axnn_axi "axnn_axi.*" -GMult=0)

# axnn_cover_test(NAME sources... MODELS names...): a Catch2 program that leaves its counts in $AXNN_COVERAGE.
add_library(cover_runtime STATIC ${VERILATOR_ROOT}/include/verilated_cov.cpp)
target_link_libraries(cover_runtime PUBLIC verilator_runtime)
target_compile_definitions(cover_runtime PUBLIC AXNN_COVERAGE)
set_target_properties(cover_runtime PROPERTIES EXCLUDE_FROM_ALL ON)
function(axnn_cover_test name)
  cmake_parse_arguments(C "" "" "MODELS;LIBS" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${C_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE catch_main axnn_sim ${C_LIBS})
  foreach(model ${C_MODELS})
    set(dir ${CMAKE_CURRENT_BINARY_DIR}/${model})
    add_dependencies(${name} ${model}_archive)
    target_include_directories(${name} SYSTEM PRIVATE ${dir})
    target_link_libraries(${name} PRIVATE ${dir}/V${model}__ALL.a)
  endforeach()
  target_link_libraries(${name} PRIVATE axnn_weight_reads cover_runtime verilator_runtime)
endfunction()
axnn_cover_test(cover_top cover_top.cpp MODELS cover_booth cover_fig8 cover_drum)
# The host side's own test on the counting model in place of the fast one.
axnn_cover_test(cover_host test_axi.cpp MODELS cover_axi LIBS axnn_host_example)
target_compile_definitions(cover_host PRIVATE AXNN_AXI_MODEL=Vcover_axi AXNN_AXI_HEADER="Vcover_axi.h")
add_custom_target(coverage_programs DEPENDS cover_top cover_host)
