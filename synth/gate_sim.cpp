#include "synth/gate_sim.h"

#include <algorithm>
#include <cmath>

#include "model/error.h"
#include "synth/liberty_function.h"

namespace axnn {
namespace {

constexpr double kTickNs = 0.002;
constexpr double kSlewNs = 0.12;         // as the energies, power/logic_energy.h
constexpr double kMemoryAccessNs = 1.0;  // only the order in which nets move depends on it
constexpr std::size_t kMaxInputs = 6;

int ticks(double ns, int wheel) {
  return static_cast<int>(std::lround(std::clamp(ns / kTickNs, 1.0, wheel - 1.0)));
}

std::vector<std::string> input_names(const LibertyCell& cell) {
  std::vector<std::string> names;
  for (const LibertyPin* p : cell.inputs()) names.push_back(p->name);
  return names;
}

std::uint64_t table_of(const std::string& function, const LibertyCell& cell,
                       std::string_view what) {
  if (function.empty()) return 0;
  const auto table = truth_table(function, input_names(cell));
  if (!table || cell.inputs().size() > kMaxInputs) {
    throw Error("a function that the gate simulator cannot take: " + function.substr(0, 60),
                cell.name + ", " + std::string(what));
  }
  return *table;
}

/// Nets that are the same net.
class Union {
 public:
  int add() {
    parent_.push_back(static_cast<int>(parent_.size()));
    return parent_.back();
  }
  int root(int a) {
    while (parent_[std::size_t(a)] != a) {
      parent_[std::size_t(a)] = parent_[std::size_t(parent_[std::size_t(a)])];
      a = parent_[std::size_t(a)];
    }
    return a;
  }
  void join(int a, int b) { parent_[std::size_t(root(b))] = root(a); }
  std::size_t size() const { return parent_.size(); }

 private:
  std::vector<int> parent_;
};

}  // namespace

struct GateSimulator::Builder {
  struct Cell {
    const NetlistCell* cell;
    int instance;
  };

  GateSimulator& sim;
  const Library& library;
  Union nets{};
  int zero = nets.add();
  int one = nets.add();
  std::vector<Cell> cells{};
  std::vector<double> load_pf{};
  std::vector<std::vector<std::uint32_t>> fanout{};

  const NetlistModule& module(std::string_view name) const {
    const auto it = sim.netlist_->modules.find(name);
    if (it == sim.netlist_->modules.end()) {
      throw Error("cell type " + std::string(name) + " is neither in the library nor a module",
                  "gate simulator");
    }
    return it->second;
  }

  int net_of(std::vector<int>& local, int bit) {
    if (bit == kConstantZero) return zero;
    if (bit == kConstantOne) return one;
    if (local.size() <= std::size_t(bit)) local.resize(std::size_t(bit) + 1, -1);
    int& net = local[std::size_t(bit)];
    if (net < 0) net = nets.add();
    return net;
  }

  void flatten(const std::string& type, const std::string& path, std::vector<int> local) {
    const auto index = static_cast<int>(sim.instances_.size());
    sim.instances_.push_back({type, path, {}});
    for (const NetlistCell& cell : module(type).cells) {
      if (cell.type == "axnn_sram" || library.find(cell.type) != nullptr) {
        for (const auto& [pin, bits] : cell.pins) {
          for (const int b : bits) net_of(local, b);
        }
        cells.push_back({&cell, index});
        continue;
      }
      std::vector<int> inner;
      for (const NetlistPort& port : module(cell.type).ports) {
        const auto pin = std::ranges::find(cell.pins, port.name, &NetlistCell::PinBits::first);
        if (pin == cell.pins.end()) continue;
        for (std::size_t i = 0; i < std::min(port.bits.size(), pin->second.size()); ++i) {
          const int outer = net_of(local, pin->second[i]);
          const int bit = port.bits[i];
          if (bit < 0) {
            nets.join(net_of(inner, bit), outer);
            continue;
          }
          if (inner.size() <= std::size_t(bit)) inner.resize(std::size_t(bit) + 1, -1);
          int& net = inner[std::size_t(bit)];
          if (net < 0) {
            net = outer;
          } else {
            nets.join(net, outer);
          }
        }
      }
      flatten(cell.type, path.empty() ? cell.name : path + "." + cell.name, std::move(inner));
    }
    sim.instances_[std::size_t(index)].nets = std::move(local);
  }

  int resolve(int instance, int bit) {
    if (bit == kConstantZero) return nets.root(zero);
    if (bit == kConstantOne) return nets.root(one);
    return sim.instances_[std::size_t(instance)].nets[std::size_t(bit)];
  }

  std::vector<int> pin_nets(const Cell& c, std::string_view pin) {
    const auto it = std::ranges::find(c.cell->pins, pin, &NetlistCell::PinBits::first);
    std::vector<int> out;
    if (it == c.cell->pins.end()) return out;
    for (const int b : it->second) out.push_back(resolve(c.instance, b));
    return out;
  }

  int pin_net(const Cell& c, std::string_view pin) {
    const std::vector<int> n = pin_nets(c, pin);
    return n.empty() ? nets.root(zero) : n.front();
  }

  double load(int net) const { return load_pf[std::size_t(net)]; }

  void add_gate(const Cell& c, const LibertyCell& type, const LibertyPin& output) {
    const int out = pin_net(c, output.name);
    Gate g;
    g.table = table_of(output.function, type, output.name);
    g.out = out;
    const auto in = type.inputs();
    const auto index = static_cast<std::uint32_t>(sim.gates_.size());
    for (std::size_t k = 0; k < in.size(); ++k) {
      fanout[std::size_t(pin_net(c, in[k]->name))].push_back(index * 8 +
                                                             static_cast<std::uint32_t>(k));
      for (const bool rise : {false, true}) {
        g.delay[k][rise] = static_cast<std::uint16_t>(
            ticks(output.delay_ns(in[k]->name, rise, load(out), kSlewNs), kWheel));
      }
    }
    sim.gates_.push_back(g);
  }

  // A latch is a gate that its own output enters: enable ? data : output.
  void add_latch(const Cell& c, const LibertyCell& type) {
    const LatchPins& pins = *type.latch;
    const LibertyPin& output = *type.pin(pins.output);
    const int out = pin_net(c, pins.output);
    Gate g;
    g.out = out;
    const auto index = static_cast<std::uint32_t>(sim.gates_.size());
    const int in[3] = {pin_net(c, pins.enable), pin_net(c, pins.data), out};
    const std::string* names[3] = {&pins.enable, &pins.data, &pins.output};
    for (unsigned i = 0; i < 8; ++i) g.table |= std::uint64_t{i & 1 ? i >> 1 & 1 : i >> 2} << i;
    for (std::uint32_t k = 0; k < 3; ++k) {
      fanout[std::size_t(in[k])].push_back(index * 8 + k);
      for (const bool rise : {false, true}) {
        g.delay[k][rise] = static_cast<std::uint16_t>(
            ticks(output.delay_ns(*names[k], rise, load(out), kSlewNs), kWheel));
      }
    }
    sim.gates_.push_back(g);
  }

  void add_register(const Cell& c, const LibertyCell& type) {
    const FlipFlop& ff = *type.flip_flop;
    Register r;
    const auto in = type.inputs();
    const LibertyPin* clock = nullptr;
    for (const LibertyPin* p : in) {
      r.inputs.push_back(pin_net(c, p->name));
      if (p->clock) clock = p;
    }
    if (clock == nullptr) throw Error("a flip-flop without a clock pin", type.name);
    r.next = table_of(ff.next_state, type, "next_state");
    r.clear = table_of(ff.clear, type, "clear");
    r.preset = table_of(ff.preset, type, "preset");
    const auto edge = truth_table(ff.clocked_on, {clock->name});
    if (!edge || (*edge != 1 && *edge != 2)) {
      throw Error("a clock that the gate simulator cannot take: " + ff.clocked_on, type.name);
    }
    r.rising = *edge == 2;
    for (const LibertyPin* p : type.outputs()) {
      if (p->function != ff.state && p->function != ff.inverted_state) {
        throw Error("a flip-flop's output that is not its state", type.name);
      }
      const int out = pin_net(c, p->name);
      r.outputs.emplace_back(out, p->function != ff.state);
      for (const bool rise : {false, true}) {
        r.delay[rise] = static_cast<std::uint16_t>(
            ticks(p->delay_ns(clock->name, rise, load(out), kSlewNs), kWheel));
      }
    }
    const auto index = static_cast<int>(sim.registers_.size());
    Clocked k;
    k.index = index;
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (in[i]->name != ff.next_state || r.outputs.size() != 1 || r.outputs.front().second)
        continue;
      k.data = r.inputs[i];
      k.output = r.outputs.front().first;
    }
    sim.clocked_[std::size_t(pin_net(c, clock->name))].push_back(k);
    if (r.clear != 0 || r.preset != 0) {
      for (const LibertyPin* p : in) {
        // Only pins that clear or preset depend on.
        const bool asynchronous = (ff.clear + ff.preset).find(p->name) != std::string::npos;
        if (asynchronous) sim.watchers_[std::size_t(pin_net(c, p->name))].push_back(index);
      }
    }
    sim.registers_.push_back(std::move(r));
  }

  void add_memory(const Cell& c) {
    const auto parameter = [&](const char* name, int fallback) {
      const auto it = c.cell->parameters.find(name);
      return it == c.cell->parameters.end() ? fallback : it->second;
    };
    Memory m;
    m.depth = parameter("Depth", 16);
    m.width = parameter("Width", 8);
    m.lanes = parameter("Lanes", 1);
    m.enable = pin_nets(c, "en_i");
    m.write = pin_nets(c, "we_i");
    m.address = pin_nets(c, "addr_i");
    m.data = pin_nets(c, "wdata_i");
    m.out = pin_nets(c, "rdata_o");
    m.words.resize(std::size_t(m.depth) * std::size_t(m.width));
    sim.clocked_[std::size_t(pin_net(c, "clk_i"))].push_back(
        {-1, -1, -1 - static_cast<int>(sim.memories_.size())});
    sim.memories_.push_back(std::move(m));
  }

  void build(std::string_view top) {
    flatten(std::string(top), "", {});
    for (const NetlistPort& p : module(top).ports) {
      for (const int b : p.bits) net_of(sim.instances_.front().nets, b);
    }
    for (Instance& i : sim.instances_) {
      for (int& n : i.nets) {
        if (n >= 0) n = nets.root(n);
      }
    }
    const std::size_t n = nets.size();
    sim.nets_.resize(n);
    fanout.resize(n);
    sim.watchers_.resize(n);
    sim.clocked_.resize(n);
    load_pf.assign(n, 0);
    for (const NetlistPort& p : module(top).ports) {
      std::vector<int> bits;
      for (const int b : p.bits) bits.push_back(resolve(0, b));
      sim.ports_.emplace_back(p.name, std::move(bits));
    }
    for (const Cell& c : cells) {
      const LibertyCell* type = library.find(c.cell->type);
      if (type == nullptr) continue;
      for (const LibertyPin* p : type->inputs()) {
        load_pf[std::size_t(pin_net(c, p->name))] += p->capacitance_pf;
      }
    }
    for (const Cell& c : cells) {
      const LibertyCell* type = library.find(c.cell->type);
      if (type == nullptr) {
        add_memory(c);
      } else if (type->flip_flop) {
        add_register(c, *type);
      } else if (type->latch) {
        add_latch(c, *type);
      } else if (type->sequential) {
        throw Error("a cell that the gate simulator cannot take", type->name);
      } else {
        for (const LibertyPin* p : type->outputs()) add_gate(c, *type, *p);
      }
    }
    mark_clocks();
    for (std::size_t net = 0; net < n; ++net) {
      sim.nets_[net].fanout = static_cast<std::uint32_t>(sim.fanout_.size());
      sim.fanout_.insert(sim.fanout_.end(), fanout[net].begin(), fanout[net].end());
      sim.nets_[net].fanout_end = static_cast<std::uint32_t>(sim.fanout_.size());
    }
    // From nothing to the first settled state.
    const int high = nets.root(one);
    sim.changes_.emplace_back(high, true);
    for (Gate& g : sim.gates_) {
      if ((g.table >> g.state & 1) != sim.nets_[std::size_t(g.out)].value) {
        if (g.clock) {
          sim.changes_.emplace_back(g.out, true);
        } else {
          sim.schedule(g.out, true, 1);
        }
      }
    }
    sim.settle();
    for (Net& net : sim.nets_) net.transitions = net.settled = 0;
  }

  // Nets that clock something, and gates on the way there.
  void mark_clocks() {
    std::vector<int> open;
    std::vector<std::size_t> by_net(nets.size(), SIZE_MAX);
    for (std::size_t i = 0; i < sim.gates_.size(); ++i) {
      by_net[std::size_t(sim.gates_[i].out)] = i;
    }
    for (std::size_t n = 0; n < sim.clocked_.size(); ++n) {
      if (!sim.clocked_[n].empty()) open.push_back(static_cast<int>(n));
    }
    // Backwards; latches and registers end the search.
    std::vector<std::vector<int>> inputs(sim.gates_.size());
    for (std::size_t n = 0; n < fanout.size(); ++n) {
      for (const std::uint32_t f : fanout[n]) inputs[f / 8].push_back(static_cast<int>(n));
    }
    while (!open.empty()) {
      const int net = open.back();
      open.pop_back();
      bool& clock = sim.nets_[std::size_t(net)].clock;
      if (clock) continue;
      clock = true;
      const std::size_t driver = by_net[std::size_t(net)];
      if (driver == SIZE_MAX) continue;
      Gate& g = sim.gates_[driver];
      const bool latch = std::ranges::find(inputs[driver], g.out) != inputs[driver].end();
      if (latch) {
        clock = false;
        continue;
      }
      g.clock = true;
      for (const int in : inputs[driver]) open.push_back(in);
    }
  }
};

GateSimulator::GateSimulator(const Netlist& netlist, const Library& library, std::string_view top)
    : netlist_(&netlist) {
  Builder{*this, library}.build(top);
}

const std::vector<int>& GateSimulator::port(std::string_view name) const {
  for (const auto& [port, nets] : ports_) {
    if (port == name) return nets;
  }
  throw Error("no port " + std::string(name), instances_.front().type);
}

std::vector<int> GateSimulator::signal(std::string_view instance_path,
                                       const std::string& name) const {
  std::vector<int> out;
  for (const Instance& i : instances_) {
    if (i.path != instance_path) continue;
    const auto& names = netlist_->modules.find(i.type)->second.nets;
    const auto it = names.find(name);
    if (it == names.end()) break;
    for (const int b : it->second) {
      if (b < 0 || std::size_t(b) >= i.nets.size() || i.nets[std::size_t(b)] < 0) return {};
      out.push_back(i.nets[std::size_t(b)]);
    }
  }
  return out;
}

std::uint64_t GateSimulator::value(const std::vector<int>& nets) const {
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < nets.size(); ++i) v |= std::uint64_t{value(nets[i])} << i;
  return v;
}

void GateSimulator::set(int net, bool v) {
  if (value(net) != v) changes_.emplace_back(net, v);
}

void GateSimulator::set(const std::vector<int>& nets, std::uint64_t v) {
  for (std::size_t i = 0; i < nets.size(); ++i) set(nets[i], (v >> i & 1) != 0);
}

std::vector<std::uint64_t> GateSimulator::transitions() const {
  std::vector<std::uint64_t> out;
  for (const Net& n : nets_) out.push_back(n.transitions);
  return out;
}

std::vector<std::uint64_t> GateSimulator::settled_transitions() const {
  std::vector<std::uint64_t> out;
  for (const Net& n : nets_) out.push_back(n.settled);
  return out;
}

void GateSimulator::force(int net, bool v) {
  set(net, v);
  settle();
  nets_[std::size_t(net)].forced = true;
}

void GateSimulator::schedule(int net, bool v, int delay) {
  Net& n = nets_[std::size_t(net)];
  if (n.pending != 0) {
    // What is pending is the other value than the net's.
    if (v == (n.value != 0)) {
      n.pending = 0;
      ++n.serial;
      --events_;
    }
    return;
  }
  if (v == (n.value != 0) || n.forced) return;
  n.pending = 1;
  ++events_;
  wheel_[(now_ + std::uint64_t(delay)) % kWheel].push_back({net, n.serial});
}

void GateSimulator::flip(int net) {
  Net& n = nets_[std::size_t(net)];
  if (n.touched == 0) {
    n.touched = 1;
    n.before = n.value;
    touched_.push_back(net);
  }
  n.value ^= 1;
  ++n.transitions;
  for (std::uint32_t i = n.fanout; i < n.fanout_end; ++i) {
    const std::uint32_t f = fanout_[i];
    Gate& g = gates_[f / 8];
    g.state ^= static_cast<std::uint8_t>(1u << (f % 8));
    const bool out = (g.table >> g.state & 1) != 0;
    if (!g.clock) {
      schedule(g.out, out, g.delay[f % 8][out]);
    } else if (out != value(g.out)) {
      flip_clock(g.out);
    }
  }
  for (const int r : watchers_[std::size_t(net)]) asynchronous(r);
}

void GateSimulator::flip_clock(int net) {
  clock_registers(net);
  flip(net);
}

unsigned GateSimulator::pattern(const std::vector<int>& nets) const {
  unsigned p = 0;
  for (std::size_t k = 0; k < nets.size(); ++k) p |= unsigned{value(nets[k])} << k;
  return p;
}

// Registers on a net that is about to change take what is there now.
void GateSimulator::clock_registers(int net) {
  const bool rising = !value(net);
  for (const Clocked& k : clocked_[std::size_t(net)]) {
    if (k.data >= 0 && value(k.data) == value(k.output)) continue;
    if (k.index < 0) {
      if (rising) access(memories_[std::size_t(-1 - k.index)]);
      continue;
    }
    const Register& r = registers_[std::size_t(k.index)];
    if (r.rising != rising) continue;
    const unsigned p = pattern(r.inputs);
    if ((r.clear >> p & 1) != 0 || (r.preset >> p & 1) != 0) continue;
    sampled_.emplace_back(k.index, (r.next >> p & 1) != 0);
  }
}

void GateSimulator::asynchronous(int index) {
  const Register& r = registers_[std::size_t(index)];
  const unsigned p = pattern(r.inputs);
  const bool clear = (r.clear >> p & 1) != 0;
  if (!clear && (r.preset >> p & 1) == 0) return;
  for (const auto& [net, inverted] : r.outputs) {
    schedule(net, !clear != inverted, r.delay[!clear != inverted]);
  }
}

void GateSimulator::access(Memory& m) {
  if (!value(m.enable.front())) return;
  const std::size_t base =
      std::size_t(value(m.address)) % std::size_t(m.depth) * std::size_t(m.width);
  const std::size_t lane = std::size_t(m.width / m.lanes);
  bool writes = false;
  for (const int w : m.write) writes = writes || value(w);
  for (std::size_t b = 0; b < std::size_t(m.width); ++b) {
    if (writes) {
      if (value(m.write[b / lane])) m.words[base + b] = value(m.data[b]);
    } else if (b < m.out.size()) {
      schedule(m.out[b], m.words[base + b] != 0, ticks(kMemoryAccessNs, kWheel));
    }
  }
}

void GateSimulator::run() {
  while (events_ > 0) {
    std::vector<Event>& bucket = wheel_[now_ % kWheel];
    for (std::size_t i = 0; i < bucket.size(); ++i) {
      const Event e = bucket[i];
      Net& n = nets_[std::size_t(e.net)];
      if (n.pending == 0 || n.serial != e.serial) continue;
      n.pending = 0;
      ++n.serial;
      --events_;
      flip(e.net);
    }
    bucket.clear();
    ++now_;
  }
}

void GateSimulator::settle() {
  const auto changes = std::move(changes_);
  changes_.clear();
  for (const bool clocks : {true, false}) {
    for (const auto& [net, v] : changes) {
      const Net& n = nets_[std::size_t(net)];
      if (n.clock != clocks || value(net) == v || n.forced) continue;
      if (clocks) {
        flip_clock(net);
      } else {
        flip(net);
      }
    }
    for (const auto& [r, next] : sampled_) {
      const Register& reg = registers_[std::size_t(r)];
      for (const auto& [net, inverted] : reg.outputs) {
        schedule(net, next != inverted, reg.delay[next != inverted]);
      }
    }
    sampled_.clear();
  }
  run();
  for (const int net : touched_) {
    Net& n = nets_[std::size_t(net)];
    n.settled += n.value != n.before;
    n.touched = 0;
  }
  touched_.clear();
}

}  // namespace axnn
