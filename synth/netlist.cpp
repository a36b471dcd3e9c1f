#include "synth/netlist.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "model/error.h"
#include "model/file_io.h"

namespace axnn {

namespace {

using nlohmann::json;

constexpr int kMaxDepth = 64;

NetBits bits_of(const json& list) {
  NetBits out;
  for (const json& bit : list) {
    out.push_back(bit.is_number() ? bit.get<int>() : bit == "1" ? kConstantOne : kConstantZero);
  }
  return out;
}

// Yosys writes parameters as 32-digit binary strings or as numbers.
std::map<std::string, int> parameters_of(const json& cell) {
  std::map<std::string, int> out;
  if (!cell.contains("parameters")) return out;
  for (const auto& [name, value] : cell["parameters"].items()) {
    if (value.is_number_integer()) {
      out[name] = value.get<int>();
    } else if (value.is_string()) {
      const auto& digits = value.get_ref<const std::string&>();
      if (digits.size() != 32 || digits.find_first_not_of("01") != std::string::npos) continue;
      out[name] = static_cast<int>(std::stoul(digits, nullptr, 2));
    }
  }
  return out;
}

// The RTL's name in "$paramod$1f2e\\axnn_fifo" and in "$paramod\\axnn_pe\\Mult=1".
std::string rtl_name(const std::string& name) {
  if (!name.starts_with("$paramod")) return name;
  const std::size_t begin = name.find('\\') + 1;
  return name.substr(begin, name.find('\\', begin) - begin);
}

NetlistModule module_of(const std::string& name, const json& from) {
  NetlistModule module;
  module.name = rtl_name(name);
  for (const auto& [port, p] : from.at("ports").items()) {
    module.ports.push_back({port, p.at("direction") == "output", p.value("signed", 0) != 0,
                            bits_of(p.at("bits"))});
  }
  for (const auto& [cell_name, c] : from.at("cells").items()) {
    NetlistCell cell;
    cell.name = cell_name;
    cell.type = c.at("type").get<std::string>();
    cell.parameters = parameters_of(c);
    for (const auto& [pin, bits] : c.at("connections").items()) {
      cell.pins.emplace_back(pin, bits_of(bits));
    }
    if (c.contains("attributes")) cell.source = c["attributes"].value("src", "");
    module.cells.push_back(std::move(cell));
  }
  for (const auto& [net, n] : from.at("netnames").items()) {
    module.nets.emplace(net, bits_of(n.at("bits")));
  }
  if (from.contains("parameter_default_values")) {
    for (const auto& parameter : from["parameter_default_values"].items()) {
      module.parameters.push_back(parameter.key());
    }
  }
  return module;
}

void add(CellCount& to, const CellCount& from) {
  for (const auto& [type, n] : from.by_type) to.by_type[type] += n;
  for (const auto& [shape, n] : from.memories) to.memories[shape] += n;
  to.cells += from.cells;
  to.sequential_cells += from.sequential_cells;
  to.area_um2 += from.area_um2;
  to.sequential_area_um2 += from.sequential_area_um2;
  to.leakage_nw += from.leakage_nw;
}

class Counter {
 public:
  Counter(const Netlist& netlist, const Library& library) : netlist_(netlist), library_(library) {}

  const CellCount& count(std::string_view name, int depth) {
    const std::string key(name);
    if (const auto done = done_.find(key); done != done_.end()) return done->second;
    if (depth > kMaxDepth) throw Error("a module contains itself", key);
    const auto module = netlist_.modules.find(name);
    if (module == netlist_.modules.end()) throw Error("no such module in the netlist", key);
    CellCount total;
    for (const NetlistCell& cell : module->second.cells) {
      if (const LibertyCell* gate = library_.find(cell.type)) {
        ++total.by_type[cell.type];
        ++total.cells;
        total.area_um2 += gate->area_um2;
        total.leakage_nw += gate->leakage_nw;
        if (gate->sequential) {
          ++total.sequential_cells;
          total.sequential_area_um2 += gate->area_um2;
        }
      } else if (cell.type == "axnn_sram") {
        const auto depth_of = cell.parameters.find("Depth");
        const auto width_of = cell.parameters.find("Width");
        if (depth_of == cell.parameters.end() || width_of == cell.parameters.end()) {
          throw Error("memory without Depth or Width", key + "." + cell.name);
        }
        ++total.memories[{depth_of->second, width_of->second}];
      } else if (netlist_.modules.contains(cell.type)) {
        add(total, count(cell.type, depth + 1));
      } else {
        throw Error("cell type " + cell.type + " is not in the library", key + "." + cell.name,
                    "was it mapped with the same Liberty file?");
      }
    }
    return done_.emplace(key, std::move(total)).first->second;
  }

 private:
  const Netlist& netlist_;
  const Library& library_;
  std::map<std::string, CellCount> done_;
};

}  // namespace

Netlist read_netlist(const std::filesystem::path& path) {
  Netlist netlist;
  try {
    const json root = json::parse(read_file(path));
    for (const auto& [name, m] : root.at("modules").items()) {
      if (m.contains("attributes") && m["attributes"].contains("blackbox")) continue;
      netlist.modules.emplace(name, module_of(name, m));
    }
  } catch (const json::exception& e) {
    throw Error("not a Yosys JSON netlist", path.string(), e.what());
  }
  return netlist;
}

CellCount count_cells(const Netlist& netlist, const Library& library, std::string_view top) {
  return Counter(netlist, library).count(top, 0);
}

}  // namespace axnn
