// A multiplier's error over its two operands as a drawing.
#pragma once

#include <string>

#include "model/lut.h"

namespace axnn {

/// An SVG: activation to the right, weight upwards, 64 x 64 fields, each with the mean of product -
/// exact in it as its colour (red: too large, blue: too small, white: exact). Escapes `title`.
std::string error_map_svg(const ProductTable& table, const std::string& title);

}  // namespace axnn
