// Text that a message or a table may hold, whatever a file holds.
#pragma once

#include <string>
#include <string_view>

namespace axnn {

/// A text for one line of a terminal: control characters replaced, cut after `limit` bytes (not
/// within a character).
std::string printable(std::string_view text, std::size_t limit = 40);

}  // namespace axnn
