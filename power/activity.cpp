#include "power/activity.h"

#include <algorithm>
#include <string_view>

namespace axnn {

EnergyMeter::EnergyMeter(const GateSimulator& gates, const Netlist& netlist, const Library& library,
                         const NetNames& resting)
    : gates_(gates) {
  std::map<std::string, std::vector<NetPrice>, std::less<>> prices;
  std::map<std::string, std::map<int, int>, std::less<>> groups;  // by module and register's net
  for (const auto& [type, names] : resting) {
    const auto module = netlist.modules.find(type);
    if (module == netlist.modules.end()) continue;
    for (const auto& [name, bits] : module->second.nets) {
      if (!names.contains(name)) continue;
      std::vector<int>& members = registers_.emplace_back();
      for (const int b : bits) {
        if (b < 0) continue;
        const auto [group, added] = groups[type].try_emplace(b, groups_);
        groups_ += added;
        members.push_back(group->second);
      }
    }
  }
  for (const GateSimulator::Instance& i : gates.instances()) {
    if (!prices.contains(i.type)) prices[i.type] = net_prices(netlist, library, i.type);
    const std::string& name = netlist.modules.find(i.type)->second.name;
    auto module = std::ranges::find(modules_, name);
    if (module == modules_.end()) module = modules_.insert(module, name);
    const auto index = static_cast<std::size_t>(module - modules_.begin());
    for (const NetPrice& p : prices[i.type]) {
      Item item{i.nets[static_cast<std::size_t>(p.net)], p.pj, p.kind, index};
      const auto group = groups.find(i.type);
      if (p.output >= 0 && group != groups.end() && group->second.contains(p.output)) {
        item.group = group->second.at(p.output);
        item.output = i.nets[static_cast<std::size_t>(p.output)];
      }
      items_.push_back(item);
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
  std::vector<bool> moved(static_cast<std::size_t>(groups_));
  for (const Item& item : items_) {
    if (item.group >= 0 && all_[static_cast<std::size_t>(item.output)] > 0) {
      moved[static_cast<std::size_t>(item.group)] = true;
    }
  }
  std::vector<bool> rests(moved.size());
  for (const std::vector<int>& members : registers_) {
    for (const int g : members) {
      if (moved[static_cast<std::size_t>(g)]) break;
      rests[static_cast<std::size_t>(g)] = true;
    }
  }
  for (const Item& item : items_) {
    if (item.group >= 0 && rests[static_cast<std::size_t>(item.group)]) continue;
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
        break;
    }
  }
  return out;
}

}  // namespace axnn
