// ARFF, Weka's format: a header that declares the columns, then rows.
//   https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace axnn {

/// A column as an ARFF file declares it.
struct ArffAttribute {
  std::string name;
  bool text = false;                  ///< nominal, string or date
  std::vector<std::string> nominal{};  ///< what it may be; empty: anything
};

/// Reads "@attribute NAME TYPE". `where` names the line. Throws Error for what it does not know.
ArffAttribute parse_attribute(std::string_view line, const std::string& where);

/// True if the line begins with the keyword (of lower case, with its @), in any case.
bool is_keyword(std::string_view line, std::string_view keyword);

/// Splits a row: commas (or blanks), both kinds of quotes, a backslash before what would end a
/// field; a row in braces names only some fields, the others are 0 or their first nominal value.
/// Throws Error, with `where` as the place.
void split_arff(std::string_view line, const std::vector<ArffAttribute>& attributes,
                std::vector<std::string>& fields, const std::string& where);

}  // namespace axnn
