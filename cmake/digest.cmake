# One digest of many files, as a C++ constant: it changes with any of them.
#   cmake -DFILES="a.h b.cpp" -DNAME=kTrainerDigest -DOUT=trainer_digest.h -P digest.cmake
cmake_minimum_required(VERSION 3.25)
separate_arguments(FILES UNIX_COMMAND "${FILES}")
list(SORT FILES)
set(all)
foreach(file IN LISTS FILES)
  file(SHA256 ${file} digest)
  string(APPEND all ${digest})
endforeach()
string(SHA256 digest "${all}")
file(WRITE ${OUT} "// Generated. Do not edit.\n#pragma once\n\nnamespace axnn {\n\n\
inline constexpr const char* ${NAME} = \"${digest}\";\n\n}  // namespace axnn\n")
