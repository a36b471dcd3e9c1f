// Text for a terminal: whatever a file holds, in lines that fit, numbers as long as they mean something.
#pragma once

#include <string>
#include <string_view>

namespace axnn {

/// A text for one line of a terminal: control characters replaced, cut after `limit` bytes (not
/// within a character).
std::string printable(std::string_view text, std::size_t limit = 40);

constexpr int kLineWidth = 110;  ///< characters; no table or note is wider

/// `text` in lines of at most `width` bytes, broken at blanks: the first begins with `head`, the
/// others with as many blanks. A longer word has a line of its own. Ends with a line end.
std::string wrap(std::string_view text, std::string_view head, int width = kLineWidth);

/// Its last `width` bytes, with "..." in place of what is cut: of a path the end says most.
std::string shortened(std::string_view text, int width);

/// A number with `digits` significant digits and without an exponent: 0.0935, 9.35, 93.5, 935, 9350.
std::string significant(double value, int digits = 3);

/// True if the bytes are text in UTF-8, which a model file and JSON need.
bool is_utf8(std::string_view text);

}  // namespace axnn
