#include "synth/multiplier_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "model/error.h"
#include "model/file_io.h"
#include "model/subprocess.h"
#include "synth/combinational.h"

namespace axnn {
namespace {

namespace fs = std::filesystem;

bool plain_name(std::string_view name) {
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  return !name.empty() && (letter(name[0]) || name[0] == '_') &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c) || c == '_'; });
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// "a[3]", "a_3_" and "a3" as {"a", 3}.
std::optional<std::pair<std::string, int>> indexed(const std::string& name) {
  std::size_t end = name.size();
  while (end > 0 && (name[end - 1] == ']' || name[end - 1] == '_')) --end;
  std::size_t begin = end;
  while (begin > 0 && std::isdigit(static_cast<unsigned char>(name[begin - 1])) != 0) --begin;
  if (begin == end || begin == 0 || end - begin > 2) return {};
  const int index = std::stoi(name.substr(begin, end - begin));
  std::size_t stem = begin;
  while (stem > 0 && (name[stem - 1] == '[' || name[stem - 1] == '_')) --stem;
  if (stem == 0) return {};
  return std::pair{name.substr(0, stem), index};
}

// Ports in the order of their declaration, those of one bit that count up put together.
std::vector<std::pair<BusPort, bool>> buses(const NetlistModule& module) {
  std::vector<const NetlistPort*> order;
  for (const NetlistPort& port : module.ports) order.push_back(&port);
  // Yosys numbers the bits as it meets them, ports first.
  std::ranges::stable_sort(order, {}, [](const NetlistPort* p) {
    return p->bits.empty() || p->bits.front() < 0 ? 1 << 30 : p->bits.front();
  });
  std::map<std::pair<std::string, bool>, std::map<int, std::string>> bits;
  for (const NetlistPort* port : order) {
    const auto index = port->bits.size() == 1 ? indexed(port->name) : std::nullopt;
    if (index) bits[{index->first, port->output}][index->second] = port->name;
  }
  std::vector<std::pair<BusPort, bool>> out;
  std::set<std::pair<std::string, bool>> taken;
  for (const NetlistPort* port : order) {
    const auto index = port->bits.size() == 1 ? indexed(port->name) : std::nullopt;
    if (index) {
      const auto& group = bits[{index->first, port->output}];
      const int first = group.begin()->first;
      const bool whole = group.size() > 1 && first <= 1 &&
                         group.rbegin()->first - first + 1 == static_cast<int>(group.size());
      if (whole) {
        if (!taken.insert({index->first, port->output}).second) continue;
        BusPort bus{index->first, {}, static_cast<int>(group.size()), false};
        for (const auto& [bit, name] : group) bus.pieces.push_back(name);
        out.emplace_back(std::move(bus), port->output);
        continue;
      }
    }
    out.emplace_back(
        BusPort{port->name, {port->name}, static_cast<int>(port->bits.size()), port->is_signed},
        port->output);
  }
  return out;
}

std::string list(const std::vector<std::pair<BusPort, bool>>& ports) {
  std::string out;
  for (const auto& [port, output] : ports) {
    out += fmt::format("{}{} {} ({})", out.empty() ? "" : ", ", output ? "output" : "input",
                       port.name, port.width);
  }
  return out;
}

constexpr const char* kNameThem = "name them with --ports A,B,PRODUCT";

void check_operand(const BusPort& port, const std::string& module) {
  if (port.width < kMinOperandW || port.width > kMaxOperandW) {
    throw Error(fmt::format("operand {} has {} bits", port.name, port.width), module,
                fmt::format("{} to {} can be imported", kMinOperandW, kMaxOperandW));
  }
}

// The complaint of a tool, without its folders: "mult.v:12: syntax error".
std::string complaint(const fs::path& log) {
  constexpr std::uintmax_t kLimit = 1 << 26;
  std::istringstream in(read_file(log, kLimit));
  std::string line, found, last;
  while (std::getline(in, line) && found.empty()) {
    if (line.find("ERROR") != line.npos || line.find("rror:") != line.npos) found = line;
    if (!line.empty()) last = line;
  }
  std::string text = found.empty() ? last : found;
  if (const std::size_t slash = text.substr(0, text.find(' ')).rfind('/'); slash != text.npos) {
    text = text.substr(slash + 1);
  }
  if (const std::size_t at = text.find("ERROR: "); at != text.npos) text.erase(at, 7);
  return text.empty() ? "no output" : text;
}

void yosys(const fs::path& folder, const std::string& script, int timeout_s,
           const std::string& what) {
  write_file(folder / "script.ys", script);
  Command command;
  command.argv = {"yosys", "-q", "-s", (folder / "script.ys").string()};
  command.log = folder / "yosys.log";
  command.timeout_s = timeout_s;
  if (run_command(command) != 0) {
    throw Error(complaint(command.log), what, "Yosys does not read it");
  }
}

// Modules that no other one contains.
std::vector<std::string> roots(const Netlist& netlist) {
  std::set<std::string> used;
  for (const auto& [name, module] : netlist.modules) {
    for (const NetlistCell& cell : module.cells) used.insert(cell.type);
  }
  std::vector<std::string> out;
  for (const auto& [name, module] : netlist.modules) {
    if (!used.contains(name)) out.push_back(name);
  }
  return out;
}

std::string choose_top(const Netlist& netlist, const std::string& asked) {
  std::vector<std::string> candidates = roots(netlist);
  if (!asked.empty()) {
    if (netlist.modules.contains(asked)) return asked;
    throw Error("no module " + asked, "--top",
                fmt::format("the files have {}", fmt::join(candidates, ", ")));
  }
  if (candidates.empty()) throw Error("no module in the files", "axnn import");
  if (candidates.size() > 1) {
    throw Error(fmt::format("{} modules that no other contains", candidates.size()), "axnn import",
                fmt::format("--top one of {}", fmt::join(candidates, ", ")));
  }
  return candidates.front();
}

void check_modules(const Netlist& netlist, const std::string& name, std::set<std::string>& seen) {
  if (!seen.insert(name).second) return;
  if (name.starts_with("axnn_")) {
    throw Error("module " + name + " has the accelerator's prefix axnn_", "axnn import",
                "call it otherwise: both would be in one design");
  }
  for (const NetlistCell& cell : netlist.modules.find(name)->second.cells) {
    if (cell.type.starts_with("$") && !cell.type.starts_with("$paramod")) continue;
    if (!netlist.modules.contains(cell.type)) {
      throw Error("module or cell " + cell.type + " is in no file", name + "." + cell.name,
                  "give its Verilog, or the library it is from (.lib), as another file");
    }
    check_modules(netlist, cell.type, seen);
  }
}

}  // namespace

bool is_include(const fs::path& file) {
  const std::string extension = lower(file.extension().string());
  return extension == ".vh" || extension == ".svh" || extension == ".h";
}

std::string verilog_name(const std::string& name) {
  return plain_name(name) ? name : "\\" + name + " ";
}

MultiplierPorts find_ports(const NetlistModule& module, const std::vector<std::string>& named,
                           const std::vector<std::pair<std::string, int>>& settings) {
  std::vector<std::pair<BusPort, bool>> all = buses(module);
  const std::string listed = list(all);
  const auto take = [&](const std::string& name, bool output) {
    for (const auto& [port, is_output] : all) {
      if (port.name == name && is_output == output) return port;
    }
    throw Error(fmt::format("no {} {}", output ? "output" : "input", name), module.name,
                "it has " + listed);
  };
  MultiplierPorts ports;
  std::vector<BusPort> inputs, outputs;
  for (const auto& [port, output] : all) {
    const bool held = std::ranges::any_of(
        settings, [&name = port.name](const auto& setting) { return setting.first == name; });
    if (output) {
      outputs.push_back(port);
    } else if (!held) {
      inputs.push_back(port);
    }
  }
  if (!named.empty()) {
    if (named.size() != 3 && named.size() != 4) {
      throw UsageError("three or four names are needed", "--ports", "A,B,PRODUCT[,MODE]");
    }
    ports.a = take(named[0], false);
    ports.b = take(named[1], false);
    ports.product = take(named[2], true);
    if (named.size() == 4) ports.mode = take(named[3], false);
  } else {
    std::vector<BusPort> operands;
    std::ranges::copy_if(inputs, std::back_inserter(operands),
                         [](const BusPort& p) { return p.width >= kMinOperandW; });
    if (operands.size() != 2) {
      throw Error(fmt::format("{} inputs of {} or more bits, where two operands are looked for",
                              operands.size(), kMinOperandW),
                  module.name + ": " + listed,
                  operands.size() < 2 ? kNameThem : "--ports A,B,PRODUCT, --set the others");
    }
    // Names that differ in a letter are in its order, whatever the declaration's.
    if (operands[0].name.size() == operands[1].name.size() &&
        lower(operands[1].name) < lower(operands[0].name)) {
      const auto [one, other] = std::ranges::mismatch(operands[0].name, operands[1].name);
      if (std::equal(one + 1, operands[0].name.end(), other + 1)) {
        std::swap(operands[0], operands[1]);
      }
    }
    ports.a = operands[0];
    ports.b = operands[1];
    std::ranges::stable_sort(outputs, std::greater{}, &BusPort::width);
    if (outputs.empty() || outputs[0].width < kMinOperandW ||
        (outputs.size() > 1 && outputs[1].width == outputs[0].width)) {
      throw Error("no output is wider than the others: which is the product?",
                  module.name + ": " + listed, kNameThem);
    }
    ports.product = outputs[0];
  }
  std::erase_if(inputs, [&](const BusPort& p) {
    return p.name == ports.a.name || p.name == ports.b.name || p.name == ports.mode.name;
  });
  constexpr int kMaxModeW = 2;
  if (named.size() != 4 && inputs.size() == 1 && inputs[0].width <= kMaxModeW &&
      inputs[0].width > 0) {
    ports.mode = inputs[0];
    inputs.clear();
  }
  if (!inputs.empty()) {
    throw Error(fmt::format("input {} is neither operand nor mode", inputs[0].name),
                module.name + ": " + listed,
                fmt::format("hold it with --set {}=VALUE", inputs[0].name));
  }
  check_operand(ports.a, module.name);
  check_operand(ports.b, module.name);
  if (ports.product.width > kMaxProductW) {
    throw Error(fmt::format("product {} has {} bits", ports.product.name, ports.product.width),
                module.name, fmt::format("at most {}", kMaxProductW));
  }
  return ports;
}

MultiplierSource read_multiplier(const SourceOptions& options, const fs::path& folder) {
  // Folders are quoted for Yosys; it has no way to quote a quote.
  std::string read;
  std::set<std::string> folders;
  for (const fs::path& file : options.files) {
    folders.insert(fs::absolute(file).parent_path().string());
    if (fs::absolute(file).string().find('"') != std::string::npos) {
      throw Error("a name with quotes", file.string(), "rename it");
    }
  }
  for (const std::string& path : folders)
    read += fmt::format("verilog_defaults -add -I\"{}\"\n", path);
  for (const fs::path& file : options.files) {
    if (is_include(file)) continue;
    read += fmt::format("read_verilog -sv \"{}\"\n", fs::absolute(file).string());
  }
  const std::string what = options.files.front().filename().string();
  yosys(folder, read + fmt::format("proc\nwrite_json \"{}\"\n", (folder / "read.json").string()),
        options.timeout_s, what);
  const Netlist as_read = read_netlist(folder / "read.json");

  MultiplierSource source;
  source.top = choose_top(as_read, options.top);
  std::set<std::string> seen;
  check_modules(as_read, source.top, seen);
  const NetlistModule& module = as_read.modules.find(source.top)->second;
  std::string chparam;
  for (const auto& [name, value] : options.settings) {
    const auto port = std::ranges::find(module.ports, name, &NetlistPort::name);
    if (port != module.ports.end() && !port->output) {
      source.constants.push_back({name, {static_cast<int>(port->bits.size()), value}});
    } else if (std::ranges::find(module.parameters, name) != module.parameters.end()) {
      source.parameters.emplace_back(name, value);
      chparam += fmt::format(" -chparam {} {}", name, value);
    } else {
      throw UsageError(fmt::format("{} has no input and no parameter {}", source.top, name),
                       "--set", fmt::format("parameters: {}", fmt::join(module.parameters, ", ")));
    }
  }
  const std::string name = verilog_name(source.top);
  yosys(folder,
        read + fmt::format("hierarchy -check -top {0}{1}\nrename -top {2}\nproc\nflatten\n"
                           "opt_clean\nwrite_json \"{3}\"\n"
                           "synth -top {2} -flatten -noabc\nopt_clean -purge\n"
                           "write_json \"{4}\"\n",
                           name, chparam, kImportedModule, (folder / "ports.json").string(),
                           (folder / "gates.json").string()),
        options.timeout_s, what);
  NetlistModule boundary =
      read_netlist(folder / "ports.json").modules.find(kImportedModule)->second;
  boundary.name = source.top;
  source.gates = read_netlist(folder / "gates.json");
  source.gates.modules.find(kImportedModule)->second.name = source.top;
  const Combinational check(source.gates, nullptr, kImportedModule);  // a clock is no mode
  source.ports = find_ports(boundary, options.ports, options.settings);
  return source;
}

}  // namespace axnn
