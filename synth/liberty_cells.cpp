#include <algorithm>

#include "synth/liberty.h"
#include "synth/liberty_function.h"

namespace axnn {

namespace {

/// Smallest usable combinational cell with that many inputs and truth table.
const LibertyCell* smallest(const Library& library, std::size_t inputs, std::uint64_t table) {
  const LibertyCell* best = nullptr;
  for (const auto& [name, cell] : library.cells) {
    if (cell.sequential || cell.dont_use) continue;
    const auto in = cell.inputs();
    const auto out = cell.outputs();
    if (in.size() != inputs || out.size() != 1) continue;
    std::vector<std::string> names;
    for (const LibertyPin* p : in) names.push_back(p->name);
    if (truth_table(out.front()->function, names) != table) continue;
    if (best == nullptr || cell.area_um2 < best->area_um2) best = &cell;
  }
  return best;
}

}  // namespace

double LibertyPin::delay_ns(std::string_view related_pin, bool rising, double load_pf,
                            double slew_ns) const {
  double sum = 0;
  int tables = 0;
  for (const CellDelay& d : delays) {
    const std::optional<LibertyTable>& table = rising ? d.rise : d.fall;
    if (d.related_pin != related_pin || !table) continue;
    sum += table->at(load_pf, slew_ns);
    ++tables;
  }
  return tables == 0 ? 0 : sum / tables;
}

const LibertyPin* LibertyCell::pin(std::string_view pin_name) const {
  for (const LibertyPin& p : pins) {
    if (p.name == pin_name) return &p;
  }
  return nullptr;
}

std::vector<const LibertyPin*> LibertyCell::inputs() const {
  std::vector<const LibertyPin*> out;
  for (const LibertyPin& p : pins) {
    if (p.direction == PinDirection::kInput) out.push_back(&p);
  }
  return out;
}

std::vector<const LibertyPin*> LibertyCell::outputs() const {
  std::vector<const LibertyPin*> out;
  for (const LibertyPin& p : pins) {
    if (p.direction == PinDirection::kOutput) out.push_back(&p);
  }
  return out;
}

const LibertyCell* Library::find(std::string_view cell) const {
  const auto it = cells.find(cell);
  return it == cells.end() ? nullptr : &it->second;
}

const LibertyCell* Library::nand2() const { return smallest(*this, 2, 0b0111); }
const LibertyCell* Library::buffer() const { return smallest(*this, 1, 0b10); }

const LibertyCell* Library::latch() const {
  const LibertyCell* best = nullptr;
  for (const auto& [cell_name, cell] : cells) {
    if (!cell.latch || cell.dont_use) continue;
    if (best == nullptr || cell.area_um2 < best->area_um2) best = &cell;
  }
  return best;
}

}  // namespace axnn
