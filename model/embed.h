// Bytes of files as part of the program:
//   AXNN_EMBED(greeting, AXNN_BYTES("greeting.txt"));   // at the scope of a file
//   std::string_view text = axnn_greeting();
// Paths are relative to data/. The assembler reads the files, so the compiler sees no dependency:
// axnn_embed(greeting.cpp FILES ...) in cmake/embed.cmake states it.
#pragma once

#include <string_view>

/// One file's bytes, for AXNN_EMBED, which joins several that stand one after the other.
#define AXNN_BYTES(file) ".incbin \"" AXNN_DATA_FOLDER "/" file "\"\n"

/// Defines std::string_view axnn_NAME(), in this file only.
#define AXNN_EMBED(name, bytes)                                                     \
  asm(".section .rodata\n"                                                          \
      ".global axnn_" #name "_begin\n.global axnn_" #name                           \
      "_end\n"                                                                      \
      "axnn_" #name "_begin:\n" bytes "axnn_" #name "_end:\n.byte 0\n.previous\n"); \
  extern "C" const char axnn_##name##_begin[];                                      \
  extern "C" const char axnn_##name##_end[];                                        \
  static std::string_view axnn_##name() {                                           \
    return {axnn_##name##_begin,                                                    \
            static_cast<std::size_t>(axnn_##name##_end - axnn_##name##_begin)};     \
  }                                                                                 \
  static_assert(true)
