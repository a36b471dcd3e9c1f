#include "synth/liberty_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <functional>

#include "model/error.h"
#include "model/text.h"

namespace axnn {

namespace {

constexpr double kMaxNumber = 1e15;

/// "1ns" -> 1e-9, given the base unit letter(s). Throws Error for what is not in [least, most].
double unit(std::string_view text, std::string_view base, double least, double most,
            const std::string& where) {
  std::string_view rest;
  const double value = liberty_number(text, where, &rest);
  const Error unknown("unknown unit \"" + printable(text) + "\"", where,
                      "a number and f, p, n, u, m or nothing before " + std::string(base));
  std::string lower(rest);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!lower.ends_with(base)) throw unknown;
  lower.resize(lower.size() - base.size());
  const std::pair<std::string_view, double> prefixes[] = {{"", 1},     {"m", 1e-3},  {"u", 1e-6},
                                                          {"n", 1e-9}, {"p", 1e-12}, {"f", 1e-15}};
  for (const auto& [prefix, scale] : prefixes) {
    if (lower != prefix) continue;
    if (value * scale < least || value * scale > most) {
      throw Error("no library has the unit \"" + printable(text) + "\"", where,
                  fmt::format("from {:g} to {:g} {}", least, most, base));
    }
    return value * scale;
  }
  throw unknown;
}

/// Appends the numbers of lists such as "1, 2 3".
void append_numbers(std::vector<double>& out, const std::vector<std::string>& lists,
                    const std::string& where) {
  for (std::string_view list : lists) {
    while (!list.empty()) {
      const std::size_t comma = list.find_first_of(", \t\r\n");
      const std::string_view item = list.substr(0, comma);
      if (!item.empty()) out.push_back(liberty_number(item, where));
      if (comma == std::string_view::npos) break;
      list.remove_prefix(comma + 1);
    }
  }
}

/// index_1 and index_2 of a table or a template; what it does not state is left as it is.
void read_indices(const LibertyGroup& g, std::vector<double> (&index)[2],
                  const std::string& where) {
  for (const auto& [name, values] : g.attributes) {
    if (name != "index_1" && name != "index_2") continue;
    std::vector<double>& axis = index[name == "index_1" ? 0 : 1];
    axis.clear();
    append_numbers(axis, values, where);
    if (std::adjacent_find(axis.begin(), axis.end(), std::greater_equal<>()) != axis.end()) {
      throw Error("table index does not rise", where);
    }
  }
}

// Position of x along a rising axis: index of the left point and weight of the right one, which is
// below 0 or above 1 outside the axis.
std::pair<std::size_t, double> locate(const std::vector<double>& axis, double x) {
  if (axis.size() < 2) return {0, 0.0};
  const auto right = std::upper_bound(axis.begin() + 1, axis.end() - 1, x);
  const auto i = static_cast<std::size_t>(right - axis.begin()) - 1;
  return {i, (x - axis[i]) / (axis[i + 1] - axis[i])};
}

}  // namespace

double liberty_number(std::string_view text, const std::string& where, std::string_view* rest) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) {
    throw Error("not a number: \"" + printable(text) + "\"", where);
  }
  if (std::abs(value) > kMaxNumber) {
    throw Error("a number no library means: \"" + printable(text) + "\"", where);
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  if (rest != nullptr) {
    *rest = text;
  } else if (!text.empty()) {
    throw Error("not a number: \"" + printable(text) + "\"", where);
  }
  return value;
}

LibertyUnits read_units(const LibertyGroup& library, const std::string& where) {
  LibertyUnits units;
  if (const std::string* t = library.find("time_unit")) {
    units.time_ns = unit(*t, "s", 1e-15, 1e-6, where) * 1e9;
  }
  if (const std::string* t = library.find("leakage_power_unit")) {
    units.leakage_nw = unit(*t, "w", 1e-18, 1, where) * 1e9;
  }
  if (const std::string* t = library.find("voltage_unit"))
    units.volt = unit(*t, "v", 1e-3, 1, where);
  for (const auto& [name, values] : library.attributes) {
    if (name != "capacitive_load_unit") continue;
    if (values.size() != 2) throw Error("capacitive_load_unit is not (number, unit)", where);
    units.cap_pf =
        liberty_number(values[0], where) * unit("1" + values[1], "f", 1e-18, 1e-6, where) * 1e12;
    if (!(units.cap_pf >= 1e-6 && units.cap_pf <= 1e6)) {
      throw Error(
          "no library has the capacitive_load_unit \"" + printable(values[0] + values[1]) + "\"",
          where, "from 1e-18 to 1e-6 f");
    }
  }
  // Internal power is energy in voltage_unit^2 * capacitive_load_unit.
  units.energy_pj = units.volt * units.volt * units.cap_pf;
  return units;
}

LibertyTemplates read_templates(const LibertyGroup& library, const std::string& where) {
  LibertyTemplates templates;
  for (const LibertyGroup& g : library.groups) {
    if (g.type != "power_lut_template" && g.type != "lu_table_template") continue;
    if (g.arguments.empty()) continue;
    LibertyTemplate& t = templates[g.arguments.front()];
    const std::string* variable = g.find("variable_1");
    t.first_is_slew = variable != nullptr && variable->find("transition") != std::string::npos;
    read_indices(g, t.index, where + ":" + std::to_string(g.line));
  }
  return templates;
}

LibertyTable read_table(const LibertyGroup& g, const LibertyUnits& units,
                        const LibertyTemplates& templates, double scale, const std::string& where) {
  LibertyTemplate from;
  const auto named = g.arguments.empty() ? templates.end() : templates.find(g.arguments.front());
  if (named != templates.end()) from = named->second;
  LibertyTable table;
  read_indices(g, from.index, where);
  for (const auto& [name, values] : g.attributes) {
    if (name == "values") append_numbers(table.values, values, where);
  }
  const bool first_is_slew = from.first_is_slew;
  std::vector<double>(&index)[2] = from.index;
  std::vector<double>& slews = first_is_slew ? index[0] : index[1];
  std::vector<double>& loads = first_is_slew ? index[1] : index[0];
  const std::size_t n_loads = std::max<std::size_t>(loads.size(), 1);
  const std::size_t n_slews = std::max<std::size_t>(slews.size(), 1);
  if (table.values.size() == 1 && n_loads * n_slews != 1) {
    loads.clear();
    slews.clear();
  } else if (table.values.size() != n_loads * n_slews) {
    throw Error("table has " + std::to_string(table.values.size()) + " values, its indices ask " +
                    std::to_string(n_loads * n_slews),
                where);
  }
  if (first_is_slew && loads.size() > 1) {  // stored slews x loads: transpose
    std::vector<double> turned(table.values.size());
    for (std::size_t s = 0; s < n_slews; ++s) {
      for (std::size_t l = 0; l < n_loads; ++l) {
        turned[l * n_slews + s] = table.values[s * n_loads + l];
      }
    }
    table.values = std::move(turned);
  }
  for (double& x : loads) x *= units.cap_pf;
  for (double& x : slews) x *= units.time_ns;
  for (double& x : table.values) x *= scale;
  table.loads_pf = std::move(loads);
  table.slews_ns = std::move(slews);
  return table;
}

double LibertyTable::at(double load_pf, double slew_ns) const {
  const auto [l, wl] = locate(loads_pf, load_pf);
  const auto [s, ws] = locate(slews_ns, slew_ns);
  const std::size_t columns = std::max<std::size_t>(slews_ns.size(), 1);
  const auto row = [&](std::size_t r) {
    const double left = values[r * columns + s];
    return ws == 0.0 ? left : left + ws * (values[r * columns + s + 1] - left);
  };
  const double low = row(l);
  return wl == 0.0 ? low : low + wl * (row(l + 1) - low);
}

}  // namespace axnn
