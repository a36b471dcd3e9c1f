#include "synth/liberty.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/error.h"
#include "model/text.h"

namespace axnn {

namespace {

class Converter {
 public:
  Converter(const LibertyGroup& group, const std::string& where) : group_(group), where_(where) {}

  /// Adds the cells; the first file gives name and voltage. Throws Error for a cell that is there
  /// already and for another voltage.
  void add_to(Library& library) {
    if (group_.type != "library") {
      throw Error("the first group is \"" + printable(group_.type) + "\", not \"library\"", where_,
                  "is this a Liberty file?");
    }
    units_ = read_units(group_, where_);
    templates_ = read_templates(group_, where_);
    const double voltage = attribute(group_, "nom_voltage", 0) * units_.volt;
    if (library.cells.empty()) {
      if (!group_.arguments.empty()) library.name = printable(group_.arguments.front());
      library.voltage_v = voltage;
    } else if (voltage != library.voltage_v) {
      throw Error(fmt::format("nom_voltage is {:g} V, {:g} V in the file before", voltage,
                              library.voltage_v),
                  where_, "name the files of one library and corner");
    }
    for (const LibertyGroup& g : group_.groups) {
      if (g.type != "cell") continue;
      LibertyCell cell = read_cell(g);
      std::string name = cell.name;
      if (!library.cells.try_emplace(std::move(name), std::move(cell)).second) {
        throw Error("cell " + name_of(g.arguments.front(), g) + " is there twice", at(g),
                    "name the files of one library and corner");
      }
    }
  }

 private:
  std::string at(const LibertyGroup& g) const { return where_ + ":" + std::to_string(g.line); }

  double attribute(const LibertyGroup& g, std::string_view name, double fallback) const {
    const std::string* text = g.find(name);
    return text == nullptr ? fallback : liberty_number(*text, at(g));
  }

  /// A name that netlists and the tools' scripts can hold.
  std::string name_of(const std::string& name, const LibertyGroup& g) const {
    const bool odd = std::any_of(name.begin(), name.end(), [](unsigned char c) {
      return c <= ' ' || c >= 0x7F || c == '\\' || c == '"' || c == '{' || c == '}';
    });
    if (name.empty() || odd) throw Error("not a name: \"" + printable(name) + "\"", at(g));
    return name;
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

  LibertyPin read_pin(const LibertyGroup& g, const std::string& name) const {
    LibertyPin pin;
    pin.name = name_of(name, g);
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
      throw Error("pin " + pin.name + " has direction \"" + printable(*direction) + "\"", at(g));
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
    cell.name = name_of(g.arguments.front(), g);
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

  const LibertyGroup& group_;
  const std::string& where_;
  LibertyUnits units_;
  LibertyTemplates templates_;
};

void check(const Library& library, const std::string& where) {
  if (library.cells.empty()) throw Error("a library without cells", where);
  const auto lacks = [&](const std::string& what) {
    throw Error("the library has no " + what, where,
                "synthesis needs one; name all files of the library");
  };
  if (library.nand2() == nullptr) lacks("2-input NAND");
  if (library.buffer() == nullptr) lacks("buffer");
  if (std::none_of(library.cells.begin(), library.cells.end(),
                   [](const auto& c) { return c.second.sequential; })) {
    lacks("flip-flop");
  }
  if (library.voltage_v <= 0) throw Error("the library states no nom_voltage above 0", where);
}

}  // namespace

Library make_library(const LibertyGroup& group, const std::string& where) {
  Library library;
  Converter(group, where).add_to(library);
  check(library, where);
  return library;
}

Library make_library(const std::vector<LibertyFile>& files) {
  Library library;
  std::string where;
  for (const LibertyFile& f : files) {
    where += (where.empty() ? "" : ", ") + f.where;
    Converter(f.group, f.where).add_to(library);
  }
  check(library, where);
  return library;
}

}  // namespace axnn
