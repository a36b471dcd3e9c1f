#include "data/embedded.h"

#include <array>

// Places the bytes of files, one after the other, between two symbols.
#define AXNN_BYTES(file) ".incbin \"" AXNN_DATA_FOLDER "/" file "\"\n"
#define AXNN_EMBED(name, bytes)                                                     \
  asm(".section .rodata\n"                                                          \
      ".global axnn_" #name "_begin\n.global axnn_" #name                           \
      "_end\n"                                                                      \
      "axnn_" #name "_begin:\n" bytes "axnn_" #name "_end:\n.byte 0\n.previous\n"); \
  extern "C" const char axnn_##name##_begin[];                                      \
  extern "C" const char axnn_##name##_end[]

AXNN_EMBED(breast, AXNN_BYTES("breast.csv"));
AXNN_EMBED(image, AXNN_BYTES("image.csv"));
AXNN_EMBED(iono, AXNN_BYTES("iono.csv"));
AXNN_EMBED(satimage, AXNN_BYTES("satimage.csv"));
AXNN_EMBED(optdigits, AXNN_BYTES("optdigits.tra") AXNN_BYTES("optdigits.tes"));
AXNN_EMBED(recipes, AXNN_BYTES("recipes.toml"));
#undef AXNN_BYTES
#undef AXNN_EMBED

namespace axnn {

namespace {

std::string_view bytes(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const EmbeddedFile> embedded_files() {
  static const std::array<EmbeddedFile, 5> files{{
      {"breast", "Breast Cancer Wisconsin (Diagnostic)", bytes(axnn_breast_begin, axnn_breast_end),
       "class"},
      {"image", "Image Segmentation", bytes(axnn_image_begin, axnn_image_end), "class"},
      {"iono", "Ionosphere", bytes(axnn_iono_begin, axnn_iono_end), "class"},
      {"satimage", "Statlog (Landsat Satellite)", bytes(axnn_satimage_begin, axnn_satimage_end),
       "class"},
      {"optdigits", "Optical Recognition of Handwritten Digits",
       bytes(axnn_optdigits_begin, axnn_optdigits_end), "", 3823},
  }};
  return files;
}

std::string_view embedded_recipes() { return bytes(axnn_recipes_begin, axnn_recipes_end); }

}  // namespace axnn
