#include "power/logic_energy.h"

#include <algorithm>
#include <set>

#include "model/error.h"

namespace axnn {

namespace {

/// Mean over the groups and both edges of what a pin's internal power tables say.
double internal_pj(const LibertyPin& pin, double load_pf) {
  double sum = 0;
  int tables = 0;
  for (const InternalPower& p : pin.internal_power) {
    for (const auto* t : {&p.rise, &p.fall}) {
      if (!t->has_value()) continue;
      sum += (*t)->at(load_pf, kTypicalSlewNs);
      ++tables;
    }
  }
  return tables == 0 ? 0 : sum / tables;
}

/// What hangs on a net: capacitance, and the energy inside the cells it enters, as a flip-flop's
/// data input takes when it toggles.
struct NetSinks {
  double capacitance_pf = 0;
  double internal_pj = 0;
  bool clock = false;  // a clock pin is among them

  void operator+=(const NetSinks& other) {
    capacitance_pf += other.capacitance_pf;
    internal_pj += other.internal_pj;
    clock = clock || other.clock;
  }
};

class Loads {
 public:
  Loads(const Netlist& netlist, const Library& library) : netlist_(netlist), library_(library) {}

  const NetlistModule& module(std::string_view name) const {
    const auto it = netlist_.modules.find(name);
    if (it == netlist_.modules.end()) {
      throw Error("cell type " + std::string(name) + " is neither in the library nor a module",
                  "netlist");
    }
    return it->second;
  }

  /// What is on each net, this module and below.
  const std::vector<NetSinks>& of(std::string_view name) {
    const std::string key(name);
    if (const auto it = done_.find(key); it != done_.end()) return it->second;
    const NetlistModule& m = module(name);
    int top_net = -1;
    for (const auto& port : m.ports) {
      for (int b : port.bits) top_net = std::max(top_net, b);
    }
    for (const NetlistCell& cell : m.cells) {
      for (const auto& [pin, bits] : cell.pins) {
        for (int b : bits) top_net = std::max(top_net, b);
      }
    }
    std::vector<NetSinks> loads(static_cast<std::size_t>(top_net + 1));
    for (const NetlistCell& cell : m.cells) {
      const LibertyCell* gate = library_.find(cell.type);
      if (gate == nullptr && cell.type == "axnn_sram") continue;
      for (const auto& [pin, bits] : cell.pins) {
        if (gate != nullptr) {
          const LibertyPin* p = gate->pin(pin);
          if (p == nullptr) throw Error("no pin " + pin + " in the library", cell.type);
          if (p->direction != PinDirection::kInput) continue;
          const NetSinks sink{p->capacitance_pf, p->clock ? 0 : internal_pj(*p, 0), p->clock};
          for (int b : bits) {
            if (b >= 0) loads[static_cast<std::size_t>(b)] += sink;
          }
        } else {
          const NetlistPort* port = port_of(module(cell.type), pin);
          if (port == nullptr || port->output) continue;
          const std::vector<NetSinks>& inner = of(cell.type);
          for (std::size_t i = 0; i < bits.size(); ++i) {
            if (bits[i] < 0 || port->bits[i] < 0) continue;
            loads[static_cast<std::size_t>(bits[i])] +=
                inner[static_cast<std::size_t>(port->bits[i])];
          }
        }
      }
    }
    return done_.emplace(key, std::move(loads)).first->second;
  }

  static const NetlistPort* port_of(const NetlistModule& m, std::string_view name) {
    for (const NetlistPort& p : m.ports) {
      if (p.name == name) return &p;
    }
    return nullptr;
  }

  double charge_pj(double load_pf) const {
    return 0.5 * load_pf * library_.voltage_v * library_.voltage_v;
  }

  /// Both edges on a clock pin.
  double clock_pj(const LibertyPin& pin) const {
    return 2 * (internal_pj(pin, 0) + charge_pj(pin.capacitance_pf));
  }

  double transition_pj(const NetSinks& net) const {
    return charge_pj(net.capacitance_pf) + net.internal_pj;
  }

  const Library& library() const { return library_; }

 private:
  const Netlist& netlist_;
  const Library& library_;
  std::map<std::string, std::vector<NetSinks>> done_;
};

/// Nets of a module's clock ports.
std::set<int> clock_ports(const NetlistModule& m) {
  std::set<int> nets;
  for (const NetlistPort& p : m.ports) {
    if (!p.output && p.name.starts_with("clk_")) nets.insert(p.bits.begin(), p.bits.end());
  }
  return nets;
}

/// The cells directly in a module.
std::vector<NetPrice> own_prices(Loads& loads, std::string_view name) {
  std::vector<NetPrice> prices;
  const std::vector<NetSinks>& sinks = loads.of(name);
  const std::set<int> clocks = clock_ports(loads.module(name));
  for (const NetlistCell& cell : loads.module(name).cells) {
    if (const LibertyCell* gate = loads.library().find(cell.type)) {
      for (const auto& [pin, bits] : cell.pins) {
        const LibertyPin* p = gate->pin(pin);
        if (p == nullptr || bits.empty() || bits.front() < 0) continue;
        const NetSinks& net = sinks[static_cast<std::size_t>(bits.front())];
        if (p->direction == PinDirection::kOutput) {
          const double inside = internal_pj(*p, net.capacitance_pf);
          if (net.clock) {  // what hangs on it counts with the clock pins
            prices.push_back({bits.front(), inside, NetPrice::kClock});
          } else {
            prices.push_back({bits.front(), inside + loads.transition_pj(net),
                              gate->sequential ? NetPrice::kRegister : NetPrice::kCombinational});
          }
        } else if (gate->sequential && p->clock) {
          prices.push_back({bits.front(), loads.clock_pj(*p) / 2, NetPrice::kClock});
        } else if (!gate->sequential && clocks.contains(bits.front())) {
          prices.push_back({bits.front(), loads.charge_pj(p->capacitance_pf), NetPrice::kClock});
        }
      }
    } else if (cell.type != "axnn_sram") {  // what a block's outputs drive out here
      const NetlistModule& block = loads.module(cell.type);
      for (const auto& [pin, bits] : cell.pins) {
        const NetlistPort* port = Loads::port_of(block, pin);
        if (port == nullptr || !port->output) continue;
        for (const int b : bits) {
          if (b < 0 || sinks[static_cast<std::size_t>(b)].clock) continue;
          prices.push_back(
              {b, loads.transition_pj(sinks[static_cast<std::size_t>(b)]), NetPrice::kRegister});
        }
      }
    }
  }
  return prices;
}

LogicEnergy own_energy(Loads& loads, std::string_view name) {
  LogicEnergy e;
  for (const NetPrice& p : own_prices(loads, name)) {
    switch (p.kind) {
      case NetPrice::kCombinational:
        e.combinational_pj += p.pj;
        break;
      case NetPrice::kRegister:
        e.register_pj += p.pj;
        break;
      case NetPrice::kClock:
        e.clock_pj += 2 * p.pj;
        break;
    }
  }
  for (const NetlistCell& cell : loads.module(name).cells) {
    const LibertyCell* gate = loads.library().find(cell.type);
    if (gate == nullptr) continue;
    e.leakage_nw += gate->leakage_nw;
    (gate->sequential ? e.register_outputs : e.combinational_outputs) +=
        static_cast<long>(gate->outputs().size());
  }
  return e;
}

void add_hierarchy(Loads& loads, std::string_view name, std::map<std::string, LogicEnergy>& own,
                   std::map<std::string, LogicEnergy>& total) {
  const std::string key(name);
  if (!own.contains(key)) own[key] = own_energy(loads, name);
  total[loads.module(name).name] += own[key];
  for (const NetlistCell& cell : loads.module(name).cells) {
    if (cell.type == "axnn_sram" || loads.library().find(cell.type) != nullptr) continue;
    add_hierarchy(loads, cell.type, own, total);
  }
}

}  // namespace

LogicEnergy& LogicEnergy::operator+=(const LogicEnergy& other) {
  combinational_pj += other.combinational_pj;
  register_pj += other.register_pj;
  clock_pj += other.clock_pj;
  gated_clock_pj += other.gated_clock_pj;
  leakage_nw += other.leakage_nw;
  combinational_outputs += other.combinational_outputs;
  register_outputs += other.register_outputs;
  return *this;
}

std::vector<NetPrice> net_prices(const Netlist& netlist, const Library& library,
                                 std::string_view module) {
  Loads loads(netlist, library);
  return own_prices(loads, module);
}

double clock_domain_pj(const Netlist& netlist, const Library& library, std::string_view module,
                       std::string_view port) {
  Loads loads(netlist, library);
  const NetlistModule& m = loads.module(module);
  std::set<int> domain;
  if (const NetlistPort* p = Loads::port_of(m, port)) domain.insert(p->bits.begin(), p->bits.end());
  for (const NetlistCell& cell : m.cells) {
    if (cell.type != "axnn_clock_gate") continue;
    int from = -1, to = -1;
    for (const auto& [pin, bits] : cell.pins) {
      if (pin == "clk_i") from = bits.front();
      if (pin == "clk_o") to = bits.front();
    }
    if (domain.contains(from)) domain.insert(to);
  }
  double pj = 0;
  for (const NetPrice& p : own_prices(loads, module)) {
    if (p.kind == NetPrice::kClock && domain.contains(p.net)) pj += 2 * p.pj;
  }
  return pj;
}

std::map<std::string, LogicEnergy> energy_by_module(const Netlist& netlist, const Library& library,
                                                    std::string_view top) {
  Loads loads(netlist, library);
  std::map<std::string, LogicEnergy> own, total;
  add_hierarchy(loads, top, own, total);
  return total;
}

LogicEnergy total_energy(const Netlist& netlist, const Library& library, std::string_view top) {
  LogicEnergy sum;
  for (const auto& [name, e] : energy_by_module(netlist, library, top)) sum += e;
  return sum;
}

}  // namespace axnn
