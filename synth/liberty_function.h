// Boolean functions of cells, as Liberty writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace axnn {

/// Truth table of a Liberty function over the named inputs (at most 6): bit i is the value when
/// input k is bit k of i. Empty if the expression is not understood or names other pins.
std::optional<std::uint64_t> truth_table(std::string_view function,
                                         const std::vector<std::string>& inputs);

}  // namespace axnn
