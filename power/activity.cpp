#include "power/activity.h"

#include <algorithm>
#include <string_view>

namespace axnn {

EnergyMeter::EnergyMeter(const GateSimulator& gates, const Netlist& netlist, const Library& library)
    : gates_(gates) {
  std::map<std::string, std::vector<NetPrice>, std::less<>> prices;
  for (const GateSimulator::Instance& i : gates.instances()) {
    if (!prices.contains(i.type)) prices[i.type] = net_prices(netlist, library, i.type);
    const std::string& name = netlist.modules.find(i.type)->second.name;
    auto module = std::ranges::find(modules_, name);
    if (module == modules_.end()) module = modules_.insert(module, name);
    const auto index = static_cast<std::size_t>(module - modules_.begin());
    for (const NetPrice& p : prices[i.type]) {
      items_.push_back({i.nets[static_cast<std::size_t>(p.net)], p.pj, p.kind, index});
    }
  }
  start();
  stop();
}

void EnergyMeter::start() {
  all_ = gates_.transitions();
  settled_ = gates_.settled_transitions();
}

void EnergyMeter::stop() {
  const auto since = [](std::vector<std::uint64_t>& from, const std::vector<std::uint64_t>& now) {
    std::ranges::transform(now, from, from.begin(), std::minus<>());
  };
  since(all_, gates_.transitions());
  since(settled_, gates_.settled_transitions());
}

std::map<std::string, LogicEnergy> EnergyMeter::energy(bool glitches) const {
  std::map<std::string, LogicEnergy> out;
  for (const std::string& m : modules_) out[m];
  std::uint64_t ticks = 0;  // of the clock that never stands still
  for (const Item& item : items_) {
    if (item.kind == NetPrice::kClock) {
      ticks = std::max(ticks, all_[static_cast<std::size_t>(item.net)]);
    }
  }
  for (const Item& item : items_) {
    const std::size_t net = static_cast<std::size_t>(item.net);
    const double pj = item.pj * static_cast<double>((glitches ? all_ : settled_)[net]);
    LogicEnergy& e = out[modules_[item.module]];
    switch (item.kind) {
      case NetPrice::kCombinational:
        e.combinational_pj += pj;
        break;
      case NetPrice::kRegister:
        e.register_pj += pj;
        break;
      case NetPrice::kClock:
        e.clock_pj += pj;
        if (all_[net] < ticks) e.gated_clock_pj += pj;
        break;
    }
  }
  return out;
}

}  // namespace axnn
