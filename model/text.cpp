#include "model/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

std::string wrap(std::string_view text, std::string_view head, int width) {
  std::string out(head);
  std::size_t used = head.size();
  bool fresh = true;  // no word in this line yet
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
    if (text.empty()) break;
    const std::string_view word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(word.size());
    if (!fresh && used + 1 + word.size() > static_cast<std::size_t>(width)) {
      out.append("\n").append(head.size(), ' ');
      used = head.size();
      fresh = true;
    }
    if (!fresh) out += ' ';
    out += word;
    used += word.size() + (fresh ? 0 : 1);
    fresh = false;
  }
  return out + "\n";
}

std::string shortened(std::string_view text, int width) {
  const auto most = static_cast<std::size_t>(width);
  if (text.size() <= most) return std::string(text);
  return std::string("...").append(text.substr(text.size() - (most - 3)));
}

std::string significant(double value, int digits) {
  if (!std::isfinite(value) || value == 0) return fmt::format("{:.0f}", value);
  // Of the rounded number: 9.996 is 10.0.
  const double rounded = std::stod(fmt::format("{:.{}e}", value, digits - 1));
  const int before = static_cast<int>(std::floor(std::log10(std::abs(rounded)))) + 1;
  return fmt::format("{:.{}f}", value, std::max(digits - before, 0));
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at++);
    const int more = first < 0x80 ? 0 : first < 0xC2 ? -1 : first < 0xE0 ? 1 : first < 0xF0 ? 2
                     : first < 0xF5 ? 3 : -1;
    if (more < 0 || text.size() - at < static_cast<std::size_t>(more)) return false;
    // Overlong forms, surrogates and what is beyond U+10FFFF.
    if (more > 0 && ((first == 0xE0 && byte(at) < 0xA0) || (first == 0xED && byte(at) > 0x9F) ||
                     (first == 0xF0 && byte(at) < 0x90) || (first == 0xF4 && byte(at) > 0x8F))) {
      return false;
    }
    for (int i = 0; i < more; ++i) {
      if ((byte(at++) & 0xC0) != 0x80) return false;
    }
  }
  return true;
}

}  // namespace axnn
