# Files of data/ that a source embeds (model/embed.h): it is compiled again when one of them changes.
#   axnn_embed(source.cpp FILES data/breast.csv ...)
function(axnn_embed source)
  cmake_parse_arguments(E "" "" "FILES" ${ARGN})
  list(TRANSFORM E_FILES PREPEND ${PROJECT_SOURCE_DIR}/)
  set_source_files_properties(${source} PROPERTIES
    COMPILE_DEFINITIONS AXNN_DATA_FOLDER="${PROJECT_SOURCE_DIR}/data"
    OBJECT_DEPENDS "${E_FILES}")
endfunction()
