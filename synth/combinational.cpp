#include "synth/combinational.h"

#include <algorithm>
#include <map>
#include <optional>

#include "model/error.h"
#include "synth/liberty_function.h"

namespace axnn {
namespace {

// Places 0 and 1 of the values are the constants.
constexpr int kFirstNet = 2;

struct SimpleGate {
  const char* type;
  const char* inputs;  // a letter each
  const char* function;
};
constexpr SimpleGate kSimpleGates[] = {
    {"$_BUF_", "A", "A"},
    {"$_NOT_", "A", "!A"},
    {"$_AND_", "AB", "A&B"},
    {"$_NAND_", "AB", "!(A&B)"},
    {"$_OR_", "AB", "A|B"},
    {"$_NOR_", "AB", "!(A|B)"},
    {"$_XOR_", "AB", "A^B"},
    {"$_XNOR_", "AB", "!(A^B)"},
    {"$_ANDNOT_", "AB", "A&!B"},
    {"$_ORNOT_", "AB", "A|!B"},
    {"$_MUX_", "ABS", "(A&!S)|(B&S)"},
    {"$_NMUX_", "ABS", "!((A&!S)|(B&S))"},
    {"$_AOI3_", "ABC", "!((A&B)|C)"},
    {"$_OAI3_", "ABC", "!((A|B)&C)"},
    {"$_AOI4_", "ABCD", "!((A&B)|(C&D))"},
    {"$_OAI4_", "ABCD", "!((A|B)&(C|D))"},
};

// "folder/mult.v:12.3-14.6" as "mult.v:12".
std::string short_source(const std::string& source) {
  const std::string first = source.substr(0, source.find('|'));
  const std::size_t colon = first.rfind(':');
  if (colon == first.npos) return "";
  const std::size_t name = first.rfind('/', colon);
  return first.substr(name == first.npos ? 0 : name + 1,
                      first.find('.', colon) - (name == first.npos ? 0 : name + 1));
}

// Value of the truth table of n inputs from `first` on: the last input chooses between halves.
std::uint64_t look_up(std::uint64_t table, const int* inputs, int n,
                      const std::vector<std::uint64_t>& values) {
  if (n == 0) return (table & 1) != 0 ? ~std::uint64_t{0} : 0;
  const int half = 1 << (n - 1);
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  const std::uint64_t low = table & mask;
  const std::uint64_t high = table >> half & mask;
  const std::uint64_t x = values[std::size_t(inputs[n - 1])];
  if (low == high) return look_up(low, inputs, n - 1, values);
  return (look_up(low, inputs, n - 1, values) & ~x) | (look_up(high, inputs, n - 1, values) & x);
}

}  // namespace

struct Combinational::Builder {
  const Netlist& netlist;
  const Library* library;
  Combinational& out;
  std::map<int, int> places;  // of the module's nets

  int place(int net) {
    if (net == kConstantZero) return 0;
    if (net == kConstantOne) return 1;
    return places.emplace(net, kFirstNet + static_cast<int>(places.size())).first->second;
  }

  const NetlistModule& module(std::string_view name) const {
    const auto found = netlist.modules.find(name);
    if (found == netlist.modules.end()) throw Error("no such module", std::string(name));
    return found->second;
  }

  // The name of the net that a cell drives, for messages.
  static std::string driven(const NetlistModule& m, const NetlistCell& cell) {
    for (const auto& [pin, bits] : cell.pins) {
      if (pin != "Q" && pin != "Y") continue;
      for (const auto& [name, net] : m.nets) {
        if (name.starts_with("$") || name.find("$") != name.npos) continue;
        if (std::ranges::find(net, bits.front()) != net.end()) return "'" + name + "'";
      }
    }
    return "a cell of type " + cell.type;
  }

  void refuse(const NetlistModule& m, const NetlistCell& cell) const {
    const std::string where =
        short_source(cell.source).empty() ? m.name : short_source(cell.source);
    const auto has = [&](std::string_view part) { return cell.type.find(part) != cell.type.npos; };
    const LibertyCell* gate = library != nullptr ? library->find(cell.type) : nullptr;
    if (has("DLATCH") || has("$_SR_") || (gate != nullptr && gate->latch)) {
      throw Error(driven(m, cell) + " is a latch: the module is not combinational", where,
                  "an if or case that leaves it unset makes one");
    }
    if (has("DFF") || has("$_FF_") || has("$mem") || (gate != nullptr && gate->sequential)) {
      throw Error(driven(m, cell) + " is a register: the module is not combinational", where,
                  "take the part between the registers");
    }
    throw Error("cell " + cell.name + " of type " + cell.type + " has no known function", where,
                "give the file it is in");
  }

  void add_gate(const NetlistCell& cell, const std::vector<std::string>& inputs,
                const std::string& output, std::uint64_t table) {
    const auto bit = [&](const std::string& pin) {
      for (const auto& [name, bits] : cell.pins) {
        if (name == pin && !bits.empty()) return bits.front();
      }
      return kConstantZero;
    };
    if (bit(output) < 0) return;  // nobody reads it
    Gate gate;
    gate.table = table;
    gate.count = static_cast<int>(inputs.size());
    for (std::size_t k = 0; k < inputs.size(); ++k) gate.inputs[k] = place(bit(inputs[k]));
    gate.output = place(bit(output));
    out.gates_.push_back(gate);
  }

  void add_cell(const NetlistModule& m, const NetlistCell& cell) {
    for (const SimpleGate& simple : kSimpleGates) {
      if (cell.type != simple.type) continue;
      std::vector<std::string> inputs;
      for (const char* c = simple.inputs; *c != '\0'; ++c) inputs.emplace_back(1, *c);
      add_gate(cell, inputs, "Y", *truth_table(simple.function, inputs));
      return;
    }
    const LibertyCell* gate = library != nullptr ? library->find(cell.type) : nullptr;
    if (gate == nullptr || gate->sequential || gate->inputs().size() > 6) refuse(m, cell);
    std::vector<std::string> inputs;
    for (const LibertyPin* pin : gate->inputs()) inputs.push_back(pin->name);
    for (const LibertyPin* pin : gate->outputs()) {
      const std::optional<std::uint64_t> table = truth_table(pin->function, inputs);
      if (!table) refuse(m, cell);
      add_gate(cell, inputs, pin->name, *table);
    }
  }

  // Each gate after those that drive its inputs.
  void sort(const NetlistModule& m) {
    std::vector<int> driver(out.nets_, -1);
    for (std::size_t g = 0; g < out.gates_.size(); ++g) {
      driver[std::size_t(out.gates_[g].output)] = static_cast<int>(g);
    }
    std::vector<Gate> sorted;
    sorted.reserve(out.gates_.size());
    enum class State : char { kNew, kOpen, kDone };
    std::vector<State> state(out.gates_.size(), State::kNew);
    std::vector<std::pair<int, int>> stack;  // gate, next input
    for (std::size_t start = 0; start < out.gates_.size(); ++start) {
      if (state[start] != State::kNew) continue;
      stack.emplace_back(start, 0);
      state[start] = State::kOpen;
      while (!stack.empty()) {
        const int at = stack.back().first;
        const Gate& gate = out.gates_[std::size_t(at)];
        if (stack.back().second == gate.count) {
          state[std::size_t(at)] = State::kDone;
          sorted.push_back(gate);
          stack.pop_back();
          continue;
        }
        const int next = driver[std::size_t(gate.inputs[stack.back().second++])];
        if (next < 0 || state[std::size_t(next)] == State::kDone) continue;
        if (state[std::size_t(next)] == State::kOpen) loop(m, out.gates_[std::size_t(next)].output);
        state[std::size_t(next)] = State::kOpen;
        stack.emplace_back(next, 0);
      }
    }
    out.gates_ = std::move(sorted);
  }

  [[noreturn]] void loop(const NetlistModule& m, int at) const {
    std::string name = "a net";
    for (const auto& [candidate, bits] : m.nets) {
      if (candidate.find('$') != candidate.npos) continue;
      for (const int bit : bits) {
        const auto found = places.find(bit);
        if (found != places.end() && found->second == at) name = "'" + candidate + "'";
      }
    }
    throw Error(name + " depends on itself: a combinational loop", m.name,
                "its value is not a function of the inputs");
  }

  void build(std::string_view name) {
    const NetlistModule& m = module(name);
    for (const NetlistPort& port : m.ports) {
      std::vector<int> bits;
      for (const int bit : port.bits) bits.push_back(place(bit));
      out.ports_.emplace_back(port.name, std::move(bits));
    }
    for (const NetlistCell& cell : m.cells) add_cell(m, cell);
    out.nets_ = kFirstNet + places.size();
    sort(m);
  }
};

Combinational::Combinational(const Netlist& netlist, const Library* library,
                             std::string_view module)
    : module_(module) {
  Builder{netlist, library, *this, {}}.build(module);
}

std::vector<int> Combinational::port(std::string_view name) const {
  for (const auto& [port, bits] : ports_) {
    if (port == name) return bits;
  }
  throw Error("no port " + std::string(name), module_);
}

std::vector<std::uint64_t> Combinational::make_values() const {
  std::vector<std::uint64_t> values(nets_);
  values[1] = ~std::uint64_t{0};
  return values;
}

void Combinational::evaluate(std::vector<std::uint64_t>& values) const {
  for (const Gate& gate : gates_) {
    values[std::size_t(gate.output)] = look_up(gate.table, gate.inputs, gate.count, values);
  }
}

void to_patterns(std::span<const std::uint64_t> numbers, std::span<const int> places,
                 std::vector<std::uint64_t>& values) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] < kFirstNet) continue;
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < numbers.size(); ++k) word |= (numbers[k] >> i & 1) << k;
    values[std::size_t(places[i])] = word;
  }
}

void from_patterns(std::span<const std::uint64_t> values, std::span<const int> places,
                   std::span<std::uint64_t> numbers) {
  std::ranges::fill(numbers, 0);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::uint64_t word = values[std::size_t(places[i])];
    for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] |= (word >> k & 1) << i;
  }
}

}  // namespace axnn
