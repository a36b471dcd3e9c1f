#include "synth/memory_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include "model/error.h"
#include "model/file_io.h"

namespace axnn {

namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in(line);
  std::string field;
  while (std::getline(in, field, ',')) {
    while (!field.empty() && field.back() == '\r') field.pop_back();
    out.push_back(field);
  }
  return out;
}

double positive(const std::string& text, const std::string& where) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0) ||
      !std::isfinite(value)) {
    throw Error("not a positive number: \"" + text + "\"", where);
  }
  return value;
}

// y(x) through two points, straight in log-log.
double log_line(double x, double x0, double y0, double x1, double y1) {
  return std::exp(std::log(y0) + std::log(x / x0) * std::log(y1 / y0) / std::log(x1 / x0));
}

MemoryFigures log_line(double x, double x0, const MemoryFigures& a, double x1,
                       const MemoryFigures& b) {
  const auto one = [&](double MemoryFigures::*f) { return log_line(x, x0, a.*f, x1, b.*f); };
  return {one(&MemoryFigures::read_pj), one(&MemoryFigures::write_pj),
          one(&MemoryFigures::leakage_mw), one(&MemoryFigures::access_ns),
          one(&MemoryFigures::area_um2)};
}

// Index of the left point of the segment that x falls in, or of the nearest segment.
template <typename Items, typename Key>
std::size_t segment(const Items& items, double x, Key key) {
  std::size_t i = 0;
  while (i + 2 < items.size() && key(items[i + 1]) < x) ++i;
  return i;
}

}  // namespace

MemoryTable::MemoryTable(const std::filesystem::path& csv, const std::string& cell,
                         const std::string& periphery) {
  std::istringstream in(read_file(csv, 1 << 24));
  std::string line;
  std::getline(in, line);
  std::map<std::string, std::size_t> column;
  for (const std::string& name : split(line)) column.emplace(name, column.size());
  const auto index = [&](const std::string& name) {
    const auto it = column.find(name);
    if (it == column.end()) throw Error("no column " + name, csv.string());
    return it->second;
  };
  const std::size_t c_bytes = index("capacity_bytes"), c_bits = index("word_bits"),
                    c_cell = index("cell_type"), c_periphery = index("periphery_type"),
                    c_access = index("access_time_ns"), c_read = index("read_energy_pJ"),
                    c_write = index("write_energy_pJ"), c_sub = index("subthreshold_leakage_mW"),
                    c_gate = index("gate_leakage_mW"), c_area = index("area_um2");
  std::map<double, std::map<double, MemoryFigures>> rows;
  for (int number = 2; std::getline(in, line); ++number) {
    const std::string where = csv.string() + ":" + std::to_string(number);
    const std::vector<std::string> f = split(line);
    if (f.size() != column.size()) throw Error("wrong number of fields", where);
    if (f[c_cell] != cell || f[c_periphery] != periphery) continue;
    const auto value = [&](std::size_t c) { return positive(f[c], where); };
    rows[value(c_bytes)][value(c_bits)] = {value(c_read), value(c_write),
                                           value(c_sub) + value(c_gate), value(c_access),
                                           value(c_area)};
  }
  for (const auto& [bytes, widths] : rows) {
    if (widths.size() < 2) throw Error("fewer than two widths of a capacity", csv.string());
    Capacity capacity{bytes, {}};
    for (const auto& [bits, figures] : widths) capacity.rows.push_back({bits, figures});
    capacities_.push_back(std::move(capacity));
  }
  if (capacities_.size() < 2) {
    throw Error("no rows with cell " + cell + " and periphery " + periphery, csv.string());
  }
}

MemoryFigures MemoryTable::at(int words, int bits) const {
  if (words <= 0 || bits <= 0) throw Error("a memory without words or bits", "power model");
  const double bytes = static_cast<double>(words) * bits / 8;
  const auto in_capacity = [&](const Capacity& c) {
    const std::size_t i = segment(c.rows, bits, [](const Row& r) { return r.bits; });
    const Row& a = c.rows[i];
    const Row& b = c.rows[i + 1];
    return log_line(bits, a.bits, a.figures, b.bits, b.figures);
  };
  const std::size_t i = segment(capacities_, bytes, [](const Capacity& c) { return c.bytes; });
  const Capacity& a = capacities_[i];
  const Capacity& b = capacities_[i + 1];
  return log_line(bytes, a.bytes, in_capacity(a), b.bytes, in_capacity(b));
}

}  // namespace axnn
