#include "data/embedded.h"

#include <array>

// Places a file's bytes between two symbols.
#define AXNN_EMBED(name, file)                                      \
  asm(".section .rodata\n"                                          \
      ".global axnn_" #name "_begin\n.global axnn_" #name           \
      "_end\n"                                                      \
      "axnn_" #name "_begin:\n.incbin \"" AXNN_DATA_FOLDER "/" file \
      "\"\n"                                                        \
      "axnn_" #name "_end:\n.byte 0\n.previous\n");                 \
  extern "C" const char axnn_##name##_begin[];                      \
  extern "C" const char axnn_##name##_end[]

AXNN_EMBED(breast, "breast.csv");
AXNN_EMBED(image, "image.csv");
AXNN_EMBED(iono, "iono.csv");
AXNN_EMBED(satimage, "satimage.csv");
AXNN_EMBED(recipes, "recipes.toml");
#undef AXNN_EMBED

namespace axnn {

namespace {

std::string_view bytes(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const EmbeddedFile> embedded_files() {
  static const std::array<EmbeddedFile, 4> files{{
      {"breast", "Breast Cancer Wisconsin (Diagnostic)", bytes(axnn_breast_begin, axnn_breast_end)},
      {"image", "Image Segmentation", bytes(axnn_image_begin, axnn_image_end)},
      {"iono", "Ionosphere", bytes(axnn_iono_begin, axnn_iono_end)},
      {"satimage", "Statlog (Landsat Satellite)", bytes(axnn_satimage_begin, axnn_satimage_end)},
  }};
  return files;
}

std::string_view embedded_recipes() { return bytes(axnn_recipes_begin, axnn_recipes_end); }

}  // namespace axnn
