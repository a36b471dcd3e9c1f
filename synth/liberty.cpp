#include "synth/liberty.h"

#include <algorithm>

#include "model/error.h"
#include "model/file_io.h"
#include "synth/liberty_function.h"

namespace axnn {

namespace {

constexpr std::uintmax_t kMaxBytes = std::uintmax_t{256} << 20;

class Converter {
 public:
  Converter(const LibertyGroup& group, const std::string& where) : group_(group), where_(where) {}

  Library convert() {
    if (group_.type != "library") {
      throw Error("the first group is \"" + group_.type.substr(0, 40) + "\", not \"library\"",
                  where_, "is this a Liberty file?");
    }
    units_ = read_units(group_, where_);
    templates_ = read_templates(group_);
    Library library;
    library.name = group_.arguments.empty() ? "" : group_.arguments.front();
    library.voltage_v = attribute(group_, "nom_voltage", 0) * units_.volt;
    for (const LibertyGroup& g : group_.groups) {
      if (g.type == "cell") {
        LibertyCell cell = read_cell(g);
        library.cells.insert_or_assign(cell.name, std::move(cell));
      }
    }
    check(library);
    return library;
  }

 private:
  std::string at(const LibertyGroup& g) const { return where_ + ":" + std::to_string(g.line); }

  double attribute(const LibertyGroup& g, std::string_view name, double fallback) const {
    const std::string* text = g.find(name);
    return text == nullptr ? fallback : liberty_number(*text, at(g));
  }
  InternalPower read_internal(const LibertyGroup& g) const {
    InternalPower out;
    if (const std::string* p = g.find("related_pin")) out.related_pin = *p;
    if (const std::string* w = g.find("when")) out.when = *w;
    for (const LibertyGroup& t : g.groups) {
      if (t.type == "rise_power" || t.type == "power") {
        out.rise = read_table(t, units_, templates_, units_.energy_pj, at(t));
      }
      if (t.type == "fall_power" || t.type == "power") {
        out.fall = read_table(t, units_, templates_, units_.energy_pj, at(t));
      }
    }
    return out;
  }

  CellDelay read_delay(const LibertyGroup& g) const {
    CellDelay out;
    if (const std::string* p = g.find("related_pin")) out.related_pin = *p;
    for (const LibertyGroup& t : g.groups) {
      if (t.type == "cell_rise")
        out.rise = read_table(t, units_, templates_, units_.time_ns, at(t));
      if (t.type == "cell_fall")
        out.fall = read_table(t, units_, templates_, units_.time_ns, at(t));
    }
    return out;
  }

  LibertyPin read_pin(const LibertyGroup& g, std::string name) const {
    LibertyPin pin;
    pin.name = std::move(name);
    const std::string* direction = g.find("direction");
    if (direction == nullptr) throw Error("pin " + pin.name + " has no direction", at(g));
    if (*direction == "input") {
      pin.direction = PinDirection::kInput;
    } else if (*direction == "output") {
      pin.direction = PinDirection::kOutput;
    } else if (*direction == "inout") {
      pin.direction = PinDirection::kInout;
    } else if (*direction == "internal") {
      pin.direction = PinDirection::kInternal;
    } else {
      throw Error("pin " + pin.name + " has direction \"" + direction->substr(0, 40) + "\"", at(g));
    }
    pin.capacitance_pf = attribute(g, "capacitance", 0) * units_.cap_pf;
    if (pin.capacitance_pf < 0) throw Error("pin " + pin.name + ": negative capacitance", at(g));
    if (const std::string* clock = g.find("clock")) pin.clock = *clock == "true";
    if (const std::string* function = g.find("function")) pin.function = *function;
    for (const LibertyGroup& p : g.groups) {
      if (p.type == "internal_power") pin.internal_power.push_back(read_internal(p));
      if (p.type == "timing" && pin.direction == PinDirection::kOutput) {
        pin.delays.push_back(read_delay(p));
      }
    }
    return pin;
  }

  /// Empty unless enable and data are pins and an output is the latch's state.
  static std::optional<LatchPins> read_latch(const LibertyGroup& g, const LibertyCell& cell) {
    const std::string* enable = g.find("enable");
    const std::string* data = g.find("data_in");
    if (enable == nullptr || data == nullptr || g.arguments.empty() || g.find("clear") != nullptr ||
        g.find("preset") != nullptr || cell.pin(*enable) == nullptr || cell.pin(*data) == nullptr) {
      return std::nullopt;
    }
    for (const LibertyPin* out : cell.outputs()) {
      if (out->function == g.arguments.front()) return LatchPins{*enable, *data, out->name};
    }
    return std::nullopt;
  }

  static FlipFlop read_flip_flop(const LibertyGroup& g) {
    const auto text = [&](const char* name) {
      const std::string* t = g.find(name);
      return t == nullptr ? std::string() : *t;
    };
    FlipFlop ff;
    if (!g.arguments.empty()) ff.state = g.arguments[0];
    if (g.arguments.size() > 1) ff.inverted_state = g.arguments[1];
    ff.next_state = text("next_state");
    ff.clocked_on = text("clocked_on");
    ff.clear = text("clear");
    ff.preset = text("preset");
    return ff;
  }

  LibertyCell read_cell(const LibertyGroup& g) const {
    if (g.arguments.size() != 1) throw Error("a cell without a name", at(g));
    LibertyCell cell;
    cell.name = g.arguments.front();
    cell.area_um2 = attribute(g, "area", 0);
    if (cell.area_um2 < 0) throw Error("cell " + cell.name + ": negative area", at(g));
    if (const std::string* d = g.find("dont_use")) cell.dont_use = *d == "true";
    double state_leakage = 0;
    int states = 0;
    for (const LibertyGroup& p : g.groups) {
      if (p.type == "pin") {
        for (const std::string& name : p.arguments) cell.pins.push_back(read_pin(p, name));
      } else if (p.type == "ff" || p.type == "latch" || p.type == "statetable" ||
                 p.type == "ff_bank" || p.type == "latch_bank") {
        cell.sequential = true;
      } else if (p.type == "leakage_power") {
        state_leakage += attribute(p, "value", 0);
        ++states;
      }
    }
    for (const LibertyGroup& p : g.groups) {
      if (p.type == "latch") cell.latch = read_latch(p, cell);
      if (p.type == "ff") cell.flip_flop = read_flip_flop(p);
    }
    cell.leakage_nw = attribute(g, "cell_leakage_power", states > 0 ? state_leakage / states : 0) *
                      units_.leakage_nw;
    return cell;
  }

  void check(const Library& library) const {
    if (library.cells.empty()) throw Error("a library without cells", where_);
    const auto lacks = [&](const std::string& what) {
      throw Error("the library has no " + what, where_, "synthesis needs one");
    };
    if (library.nand2() == nullptr) lacks("2-input NAND");
    if (library.buffer() == nullptr) lacks("buffer");
    if (std::none_of(library.cells.begin(), library.cells.end(),
                     [](const auto& c) { return c.second.sequential; })) {
      lacks("flip-flop");
    }
    if (library.voltage_v <= 0) throw Error("the library states no nom_voltage", where_);
  }

  const LibertyGroup& group_;
  const std::string& where_;
  LibertyUnits units_;
  LibertyTemplates templates_;
};

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

Library make_library(const LibertyGroup& group, const std::string& where) {
  return Converter(group, where).convert();
}

Library read_library(const std::filesystem::path& path) {
  const std::string text = read_file(path, kMaxBytes);
  return make_library(parse_liberty(text, path.string()), path.string());
}

}  // namespace axnn
