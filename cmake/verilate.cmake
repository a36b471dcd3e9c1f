# axnn_verilate(NAME TOP module SOURCES files... [TRACE] [PREFIX class] [FLAGS flags...])
# Turns SystemVerilog (or a generated netlist) into a static library NAME by a build-time rule.
# The class is V<module> or PREFIX; TRACE makes it write FST. Its header and verilated.h are system
# includes of whoever links to it.
find_program(VERILATOR_BIN verilator REQUIRED)
execute_process(COMMAND ${VERILATOR_BIN} --getenv VERILATOR_ROOT OUTPUT_VARIABLE VERILATOR_ROOT
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(VERILATOR_INCLUDE ${VERILATOR_ROOT}/include ${VERILATOR_ROOT}/include/vltstd)

# The run-time library, once.
if(NOT TARGET verilator_runtime)
  find_package(ZLIB REQUIRED)
  add_library(verilator_runtime STATIC ${VERILATOR_ROOT}/include/verilated.cpp
              ${VERILATOR_ROOT}/include/verilated_threads.cpp
              ${VERILATOR_ROOT}/include/verilated_fst_c.cpp
              ${VERILATOR_ROOT}/include/verilated_vcd_c.cpp)
  target_include_directories(verilator_runtime SYSTEM PUBLIC ${VERILATOR_INCLUDE})
  target_compile_definitions(verilator_runtime PUBLIC VM_COVERAGE=0 VM_SC=0)
  target_link_libraries(verilator_runtime PUBLIC ZLIB::ZLIB Threads::Threads)
  if(AXNN_SANITIZE)  # Verilator 5.006 itself binds references to null here and there
    target_compile_options(verilator_runtime PUBLIC -fno-sanitize=null)
  endif()
endif()

function(axnn_verilate name)
  cmake_parse_arguments(V "TRACE" "TOP;PREFIX" "SOURCES;FLAGS" ${ARGN})
  set(prefix V${V_TOP})
  set(trace 0)
  set(fst 0)
  set(flags ${V_FLAGS})
  if(V_TRACE)
    set(trace 1)
    set(fst 1)
    list(APPEND flags --trace-fst --trace-structs)
  endif()
  if(V_PREFIX)
    set(prefix ${V_PREFIX})
  endif()
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${name})
  # One translation unit: the number of files Verilator writes is not known beforehand.
  set(all ${dir}/${prefix}__ALL.cpp)
  add_custom_command(
    OUTPUT ${all} ${dir}/${prefix}.h
    COMMAND ${VERILATOR_BIN} --cc --top-module ${V_TOP} --prefix ${prefix} --Mdir ${dir}
            -O3 --x-assign fast --x-initial fast --assert -Wall ${AXNN_VERILOG_DEFINES} ${flags} ${V_SOURCES}
    COMMAND make -s --no-print-directory -C ${dir} -f ${prefix}.mk VM_PARALLEL_BUILDS=0 ${prefix}__ALL.cpp
    DEPENDS ${V_SOURCES}
    COMMENT "Verilating ${V_TOP} (${name})"
    VERBATIM)
  add_library(${name} STATIC ${all})
  target_include_directories(${name} SYSTEM PUBLIC ${dir})
  target_compile_definitions(${name} PRIVATE VM_TRACE=${trace} VM_TRACE_FST=${fst})
  # -O3 takes minutes on the larger designs and runs no faster; traced runs are short ones, and so are
  # those of a configuration that is built to be tested only.
  set(level -O2)
  if(trace)
    set(level -O0)
  elseif(NOT AXNN_CONFIG STREQUAL "default")
    set(level -O1)
  endif()
  target_compile_options(${name} PRIVATE -w $<$<NOT:$<CONFIG:Debug>>:${level}>)
  target_link_libraries(${name} PUBLIC verilator_runtime)
endfunction()
