#include "data/embedded.h"

#include <array>

#include "model/embed.h"

AXNN_EMBED(breast, AXNN_BYTES("breast.csv"));
AXNN_EMBED(image, AXNN_BYTES("image.csv"));
AXNN_EMBED(iono, AXNN_BYTES("iono.csv"));
AXNN_EMBED(satimage, AXNN_BYTES("satimage.csv"));
AXNN_EMBED(optdigits, AXNN_BYTES("optdigits.tra") AXNN_BYTES("optdigits.tes"));
AXNN_EMBED(recipes, AXNN_BYTES("recipes.toml"));

namespace axnn {

std::span<const EmbeddedFile> embedded_files() {
  static const std::array<EmbeddedFile, 5> files{{
      {"breast", "Breast Cancer Wisconsin (Diagnostic)", axnn_breast(), "class"},
      {"image", "Image Segmentation", axnn_image(), "class"},
      {"iono", "Ionosphere", axnn_iono(), "class"},
      {"satimage", "Statlog (Landsat Satellite)", axnn_satimage(), "class"},
      {"optdigits", "Optical Recognition of Handwritten Digits", axnn_optdigits(), "", 3823},
  }};
  return files;
}

std::string_view embedded_recipes() { return axnn_recipes(); }

}  // namespace axnn
