// The text of a Liberty file as a tree of groups and attributes, without their meaning.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace axnn {

/// A statement group: `type(arguments) { name : value; name(values); group() { } ... }`.
struct LibertyGroup {
  std::string type;
  std::vector<std::string> arguments;
  /// Simple attributes have one value; complex ones, name(a, b), any number. Quotes are removed.
  std::vector<std::pair<std::string, std::vector<std::string>>> attributes;
  std::vector<LibertyGroup> groups;
  int line = 0;
  std::size_t begin = 0, end = 0;  ///< its bytes in the text

  /// First value of the first attribute of that name, or null.
  const std::string* find(std::string_view name) const;
};

/// Parses one top-level group. `where` names the source in errors. Handles comments, quoted
/// strings, line continuations and a byte order mark; `define` and `include_file` are kept as
/// attributes. Throws Error with the line for anything else, for nesting deeper than 32 and for
/// text after the group.
LibertyGroup parse_liberty(std::string_view text, const std::string& where);

}  // namespace axnn
