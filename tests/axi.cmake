# The host side: the whole design behind its AXI ports, with the paper's PE (it verilates fastest).
add_library(axnn_host_example STATIC ${PROJECT_SOURCE_DIR}/examples/axnn_host.c)
target_compile_features(axnn_host_example PRIVATE c_std_99)
target_compile_options(axnn_host_example PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
target_include_directories(axnn_host_example PRIVATE ${PROJECT_BINARY_DIR}/gen)
add_dependencies(axnn_host_example axnn_pkg)

axnn_rtl(AXI_RTL --cells faults)
axnn_verilate(verilated_axi TOP axnn_axi PREFIX Vaxi
              SOURCES ${PROJECT_SOURCE_DIR}/sim/verilator.vlt ${PROJECT_SOURCE_DIR}/rtl/lint.vlt
                      ${AXI_RTL})
target_link_libraries(verilated_axi PRIVATE axnn_weight_reads)
axnn_test(test_axi test_axi.cpp LIBS axnn_sim axnn_host_example verilated_axi)
