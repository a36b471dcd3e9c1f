# axnn_rtl(OUT arguments...): the files that scripts/rtl_files.sh names, as absolute paths. New files are seen
# at the next build.
file(GLOB_RECURSE AXNN_ALL_RTL CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/rtl/*.sv)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/scripts/rtl_files.sh)
function(axnn_rtl out)
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/scripts/rtl_files.sh ${ARGN}
                  OUTPUT_VARIABLE files OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" files "${files}")
  list(TRANSFORM files PREPEND ${PROJECT_SOURCE_DIR}/)
  set(${out} ${files} PARENT_SCOPE)
endfunction()
