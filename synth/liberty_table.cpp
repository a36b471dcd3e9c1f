#include "synth/liberty_table.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "model/error.h"

namespace axnn {

namespace {

/// "1ns" -> 1e-9, given the base unit letter(s).
double unit(std::string_view text, std::string_view base, const std::string& where) {
  std::string_view rest;
  const double value = liberty_number(text, where, &rest);
  std::string lower(rest);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!lower.ends_with(base)) throw Error("unknown unit \"" + std::string(text) + "\"", where);
  lower.resize(lower.size() - base.size());
  const std::pair<std::string_view, double> prefixes[] = {{"", 1},     {"m", 1e-3},  {"u", 1e-6},
                                                          {"n", 1e-9}, {"p", 1e-12}, {"f", 1e-15}};
  for (const auto& [prefix, scale] : prefixes) {
    if (lower == prefix) return value * scale;
  }
  throw Error("unknown unit \"" + std::string(text) + "\"", where);
}

std::vector<double> numbers(std::string_view list, const std::string& where) {
  std::vector<double> out;
  while (!list.empty()) {
    const std::size_t comma = list.find_first_of(", \t");
    const std::string_view item = list.substr(0, comma);
    if (!item.empty()) out.push_back(liberty_number(item, where));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return out;
}

// Position of x in a rising axis: index of the left point and weight of the right one.
std::pair<std::size_t, double> locate(const std::vector<double>& axis, double x) {
  if (axis.size() < 2 || x <= axis.front()) return {0, 0.0};
  if (x >= axis.back()) return {axis.size() - 2, 1.0};
  const auto right = std::upper_bound(axis.begin(), axis.end(), x);
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
    throw Error("not a number: \"" + std::string(text.substr(0, 40)) + "\"", where);
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  if (rest != nullptr) {
    *rest = text;
  } else if (!text.empty()) {
    throw Error("not a number: \"" + std::string(text.substr(0, 40)) + "\"", where);
  }
  return value;
}

LibertyUnits read_units(const LibertyGroup& library, const std::string& where) {
  LibertyUnits units;
  if (const std::string* t = library.find("time_unit")) {
    units.time_ns = unit(*t, "s", where) * 1e9;
  }
  if (const std::string* t = library.find("leakage_power_unit")) {
    units.leakage_nw = unit(*t, "w", where) * 1e9;
  }
  if (const std::string* t = library.find("voltage_unit")) units.volt = unit(*t, "v", where);
  for (const auto& [name, values] : library.attributes) {
    if (name == "capacitive_load_unit" && values.size() == 2) {
      units.cap_pf = liberty_number(values[0], where) * unit("1" + values[1], "f", where) * 1e12;
    }
  }
  // Internal power is energy in voltage_unit^2 * capacitive_load_unit.
  units.energy_pj = units.volt * units.volt * units.cap_pf;
  return units;
}

LibertyTemplates read_templates(const LibertyGroup& library) {
  LibertyTemplates templates;
  for (const LibertyGroup& g : library.groups) {
    if (g.type != "power_lut_template" && g.type != "lu_table_template") continue;
    if (g.arguments.empty()) continue;
    std::vector<bool>& axes = templates[g.arguments.front()];
    for (const char* name : {"variable_1", "variable_2"}) {
      if (const std::string* v = g.find(name)) {
        axes.push_back(v->find("transition") != std::string::npos);
      }
    }
  }
  return templates;
}

LibertyTable read_table(const LibertyGroup& g, const LibertyUnits& units,
                        const LibertyTemplates& templates, double scale, const std::string& where) {
  const auto axes = g.arguments.empty() ? templates.end() : templates.find(g.arguments.front());
  LibertyTable table;
  std::vector<double> index[2];
  for (const auto& [name, values] : g.attributes) {
    std::vector<double>* list = name == "index_1"   ? &index[0]
                                : name == "index_2" ? &index[1]
                                : name == "values"  ? &table.values
                                                    : nullptr;
    if (list == nullptr) continue;
    for (const std::string& v : values) {
      for (double x : numbers(v, where)) list->push_back(x);
    }
  }
  const bool first_is_slew =
      axes != templates.end() && !axes->second.empty() && axes->second.front();
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
  if (!std::is_sorted(loads.begin(), loads.end()) || !std::is_sorted(slews.begin(), slews.end())) {
    throw Error("table index does not rise", where);
  }
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
