#include "synth/liberty.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "model/error.h"
#include "model/file_io.h"

namespace axnn {

namespace {

constexpr int kMaxDepth = 32;
constexpr std::uintmax_t kMaxBytes = std::uintmax_t{256} << 20;

class Parser {
 public:
  Parser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  LibertyGroup parse() {
    skip();
    LibertyGroup holder;
    statement(holder, 0);
    if (holder.groups.size() != 1) fail("not a Liberty library");
    skip();
    if (at_ < text_.size()) fail("text after the end of the library");
    return std::move(holder.groups.front());
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(what, where_ + ":" + std::to_string(line_), "is this a Liberty file?");
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void advance() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }

  // White space, comments and line continuations; stops at a line's end if `in_line`.
  void skip(bool in_line = false) {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' && in_line) return;
      if (std::isspace(static_cast<unsigned char>(c)) != 0) {
        advance();
      } else if (c == '\\') {
        std::size_t next = at_ + 1;
        while (next < text_.size() &&
               (text_[next] == ' ' || text_[next] == '\t' || text_[next] == '\r')) {
          ++next;
        }
        if (next >= text_.size() || text_[next] != '\n') fail("stray backslash");
        while (at_ <= next) advance();
      } else if (text_.substr(at_, 2) == "/*") {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) fail("comment without end");
        while (at_ < end + 2) advance();
      } else if (text_.substr(at_, 2) == "//") {
        while (at_ < text_.size() && text_[at_] != '\n') advance();
      } else {
        return;
      }
    }
  }

  static bool word_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_.+-*/!&|^'[]:<>=%$@#").find(c) != std::string_view::npos;
  }

  std::string quoted() {
    advance();
    std::string out;
    while (peek() != '"') {
      if (at_ >= text_.size()) fail("the file ends inside a string");
      if (peek() == '\\' && at_ + 1 < text_.size()) {
        advance();
        if (peek() == '\r') advance();
        if (peek() != '\n') out += peek();
      } else {
        out += peek();
      }
      advance();
    }
    advance();
    return out;
  }

  // A name or number; a name stops at ':', which stands inside values only.
  std::string word(bool name) {
    if (peek() == '"') return quoted();
    const std::size_t begin = at_;
    while (at_ < text_.size() && word_char(peek()) && !(name && peek() == ':') &&
           text_.substr(at_, 2) != "/*") {
      advance();
    }
    if (at_ == begin) {
      if (at_ >= text_.size()) fail("the file ends in the middle of the library");
      fail("unexpected character");
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  void statement(LibertyGroup& parent, int depth) {
    if (depth > kMaxDepth) fail("groups nested deeper than " + std::to_string(kMaxDepth));
    const int line = line_;
    std::string name = word(true);
    skip(true);
    if (peek() == ':') {
      advance();
      simple_value(parent, std::move(name));
      return;
    }
    skip();
    if (peek() != '(') fail("expected ':' or '(' after \"" + name.substr(0, 40) + "\"");
    advance();
    std::vector<std::string> arguments;
    for (skip(); peek() != ')'; skip()) {
      arguments.push_back(word(false));
      skip();
      if (peek() == ',') advance();
    }
    advance();
    skip();
    if (peek() != '{') {
      if (peek() == ';') advance();
      parent.attributes.emplace_back(std::move(name), std::move(arguments));
      return;
    }
    advance();
    LibertyGroup group;
    group.type = std::move(name);
    group.arguments = std::move(arguments);
    group.line = line;
    for (skip(); peek() != '}'; skip()) {
      if (at_ >= text_.size()) fail("the file ends inside group \"" + group.type + "\"");
      if (peek() == ';') {
        advance();
      } else {
        statement(group, depth + 1);
      }
    }
    advance();
    parent.groups.push_back(std::move(group));
  }

  // Words up to ';', or up to the end of the line, as some libraries leave the ';' out.
  void simple_value(LibertyGroup& parent, std::string name) {
    std::string value;
    for (skip(true); peek() != ';' && peek() != '\n' && peek() != '}'; skip(true)) {
      if (at_ >= text_.size()) fail("the file ends in the middle of an attribute");
      if (!value.empty()) value += ' ';
      if (peek() == '(' || peek() == ')' || peek() == ',') {
        value += peek();
        advance();
      } else {
        value += word(false);
      }
    }
    if (peek() == ';') advance();
    parent.attributes.emplace_back(std::move(name), std::vector<std::string>{std::move(value)});
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t at_ = 0;
  int line_ = 1;
};

/// Reads a number, e.g. "1.5" or " -2e-3"; the rest of the text goes to `rest` if asked for.
double number(std::string_view text, const std::string& where, std::string_view* rest = nullptr) {
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

/// "1ns" -> 1e-9, given the base unit letter(s).
double unit(std::string_view text, std::string_view base, const std::string& where) {
  std::string_view rest;
  const double value = number(text, where, &rest);
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

/// Factors from the file's units to ns, pF, nW, pJ.
struct Units {
  double time_ns = 1;
  double cap_pf = 1;
  double leakage_nw = 1;
  double energy_pj = 1;
};

/// Names of the two axes of each table template: true if a variable is the input's transition.
using Templates = std::map<std::string, std::vector<bool>, std::less<>>;

class Converter {
 public:
  Converter(const LibertyGroup& group, const std::string& where) : group_(group), where_(where) {}

  Library convert() {
    if (group_.type != "library") {
      throw Error("the first group is \"" + group_.type.substr(0, 40) + "\", not \"library\"",
                  where_, "is this a Liberty file?");
    }
    Library library;
    library.name = group_.arguments.empty() ? "" : group_.arguments.front();
    read_units(library);
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
    return text == nullptr ? fallback : number(*text, at(g));
  }

  void read_units(Library& library) {
    if (const std::string* t = group_.find("time_unit")) {
      units_.time_ns = unit(*t, "s", where_) * 1e9;
    }
    if (const std::string* t = group_.find("leakage_power_unit")) {
      units_.leakage_nw = unit(*t, "w", where_) * 1e9;
    }
    double volt = 1;
    if (const std::string* t = group_.find("voltage_unit")) volt = unit(*t, "v", where_);
    for (const auto& [name, values] : group_.attributes) {
      if (name == "capacitive_load_unit" && values.size() == 2) {
        units_.cap_pf = number(values[0], where_) * unit("1" + values[1], "f", where_) * 1e12;
      }
    }
    // Internal power is energy in voltage_unit^2 * capacitive_load_unit.
    units_.energy_pj = volt * volt * units_.cap_pf;
    library.voltage_v = attribute(group_, "nom_voltage", 0) * volt;
    for (const LibertyGroup& g : group_.groups) {
      if (g.type != "power_lut_template" && g.type != "lu_table_template") continue;
      if (g.arguments.empty()) continue;
      std::vector<bool>& axes = templates_[g.arguments.front()];
      for (const char* name : {"variable_1", "variable_2"}) {
        if (const std::string* v = g.find(name)) {
          axes.push_back(v->find("transition") != std::string::npos);
        }
      }
    }
  }

  std::vector<double> numbers(std::string_view list, const std::string& where) const {
    std::vector<double> out;
    while (!list.empty()) {
      const std::size_t comma = list.find_first_of(", \t");
      const std::string_view item = list.substr(0, comma);
      if (!item.empty()) out.push_back(number(item, where));
      if (comma == std::string_view::npos) break;
      list.remove_prefix(comma + 1);
    }
    return out;
  }

  LibertyTable read_table(const LibertyGroup& g, double unit) const {
    const auto axes = g.arguments.empty() ? templates_.end() : templates_.find(g.arguments.front());
    LibertyTable table;
    std::vector<double> index[2];
    for (const auto& [name, values] : g.attributes) {
      std::vector<double>* list = name == "index_1"   ? &index[0]
                                  : name == "index_2" ? &index[1]
                                  : name == "values"  ? &table.values
                                                      : nullptr;
      if (list == nullptr) continue;
      for (const std::string& v : values) {
        for (double x : numbers(v, at(g))) list->push_back(x);
      }
    }
    const bool first_is_slew =
        axes != templates_.end() && !axes->second.empty() && axes->second.front();
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
                  at(g));
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
    for (double& x : loads) x *= units_.cap_pf;
    for (double& x : slews) x *= units_.time_ns;
    for (double& x : table.values) x *= unit;
    if (!std::is_sorted(loads.begin(), loads.end()) ||
        !std::is_sorted(slews.begin(), slews.end())) {
      throw Error("table index does not rise", at(g));
    }
    table.loads_pf = std::move(loads);
    table.slews_ns = std::move(slews);
    return table;
  }

  InternalPower read_internal(const LibertyGroup& g) const {
    InternalPower out;
    if (const std::string* p = g.find("related_pin")) out.related_pin = *p;
    if (const std::string* w = g.find("when")) out.when = *w;
    for (const LibertyGroup& t : g.groups) {
      if (t.type == "rise_power" || t.type == "power") {
        out.rise = read_table(t, units_.energy_pj);
      }
      if (t.type == "fall_power" || t.type == "power") {
        out.fall = read_table(t, units_.energy_pj);
      }
    }
    return out;
  }

  CellDelay read_delay(const LibertyGroup& g) const {
    CellDelay out;
    if (const std::string* p = g.find("related_pin")) out.related_pin = *p;
    for (const LibertyGroup& t : g.groups) {
      if (t.type == "cell_rise") out.rise = read_table(t, units_.time_ns);
      if (t.type == "cell_fall") out.fall = read_table(t, units_.time_ns);
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
  Units units_;
  Templates templates_;
};

// Recursive descent over Liberty's Boolean syntax; each value is a truth table of 2^n bits.
//   or: xor { (+ or |) xor }   xor: and { ^ and }   and: unary { [* or &] unary }
//   unary: ! unary | primary {'}   primary: ( or ) | 0 | 1 | name
class FunctionParser {
 public:
  FunctionParser(std::string_view text, const std::vector<std::string>& inputs)
      : text_(text), inputs_(inputs), rows_(1u << inputs.size()) {}

  std::optional<std::uint64_t> parse() {
    const std::uint64_t value = parse_or(0);
    skip();
    if (!ok_ || at_ < text_.size()) return std::nullopt;
    return value & mask();
  }

 private:
  std::uint64_t mask() const { return rows_ == 64 ? ~0ull : (1ull << rows_) - 1; }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  char peek() {
    skip();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  std::uint64_t parse_or(int depth) {
    std::uint64_t v = parse_xor(depth);
    while (ok_ && (peek() == '+' || peek() == '|')) {
      ++at_;
      v |= parse_xor(depth);
    }
    return v;
  }

  std::uint64_t parse_xor(int depth) {
    std::uint64_t v = parse_and(depth);
    while (ok_ && peek() == '^') {
      ++at_;
      v ^= parse_and(depth);
    }
    return v;
  }

  static bool starts_operand(char c) {
    return c == '!' || c == '(' || c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
  }

  std::uint64_t parse_and(int depth) {
    std::uint64_t v = parse_unary(depth);
    while (ok_) {
      const char c = peek();
      if (c == '*' || c == '&') {
        ++at_;
      } else if (!starts_operand(c)) {
        break;
      }
      v &= parse_unary(depth);
    }
    return v;
  }

  std::uint64_t parse_unary(int depth) {
    if (depth > kMaxDepth) ok_ = false;
    if (!ok_) return 0;
    std::uint64_t v = 0;
    if (peek() == '!') {
      ++at_;
      return ~parse_unary(depth + 1);
    }
    if (peek() == '(') {
      ++at_;
      v = parse_or(depth + 1);
      if (peek() != ')') ok_ = false;
      ++at_;
    } else {
      v = parse_name();
    }
    while (ok_ && peek() == '\'') {
      ++at_;
      v = ~v;
    }
    return v;
  }

  std::uint64_t parse_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '_' || text_[at_] == '[' || text_[at_] == ']')) {
      ++at_;
    }
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name == "0") return 0;
    if (name == "1") return mask();
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      if (inputs_[k] != name) continue;
      std::uint64_t v = 0;
      for (unsigned i = 0; i < rows_; ++i) v |= std::uint64_t{(i >> k) & 1u} << i;
      return v;
    }
    ok_ = false;
    return 0;
  }

  std::string_view text_;
  const std::vector<std::string>& inputs_;
  unsigned rows_;
  std::size_t at_ = 0;
  bool ok_ = true;
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

// Position of x in a rising axis: index of the left point and weight of the right one.
std::pair<std::size_t, double> locate(const std::vector<double>& axis, double x) {
  if (axis.size() < 2 || x <= axis.front()) return {0, 0.0};
  if (x >= axis.back()) return {axis.size() - 2, 1.0};
  const auto right = std::upper_bound(axis.begin(), axis.end(), x);
  const auto i = static_cast<std::size_t>(right - axis.begin()) - 1;
  return {i, (x - axis[i]) / (axis[i + 1] - axis[i])};
}

}  // namespace

const std::string* LibertyGroup::find(std::string_view name) const {
  for (const auto& [key, values] : attributes) {
    if (key == name && !values.empty()) return &values.front();
  }
  return nullptr;
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

std::optional<std::uint64_t> truth_table(std::string_view function,
                                         const std::vector<std::string>& inputs) {
  if (inputs.size() > 6 || function.size() > 4096) return std::nullopt;
  return FunctionParser(function, inputs).parse();
}

LibertyGroup parse_liberty(std::string_view text, const std::string& where) {
  return Parser(text, where).parse();
}

Library make_library(const LibertyGroup& group, const std::string& where) {
  return Converter(group, where).convert();
}

Library read_library(const std::filesystem::path& path) {
  const std::string text = read_file(path, kMaxBytes);
  return make_library(parse_liberty(text, path.string()), path.string());
}

}  // namespace axnn
