#include "model/text.h"

namespace axnn {

std::string printable(std::string_view text, std::size_t limit) {
  std::size_t end = text.size();
  if (end > limit) {
    end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // UTF-8
  }
  std::string line;
  for (std::size_t i = 0; i < end; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // C1 controls are 0xC2 0x80 to 0xC2 0x9F in UTF-8.
    const bool c1 =
        c >= 0x80 && c <= 0x9F && i > 0 && static_cast<unsigned char>(text[i - 1]) == 0xC2;
    line += c < 0x20 || c == 0x7F || c1 ? '?' : text[i];
  }
  return end < text.size() ? line + "..." : line;
}

}  // namespace axnn
