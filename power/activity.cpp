#include "power/activity.h"

#include <fmt/format.h>
#include <unistd.h>

#include <sstream>
#include <vector>

#include "model/error.h"
#include "model/file_io.h"
#include "model/multiplier.h"
#include "power/logic_energy.h"
#include "synth/netlist.h"
#include "synth/subprocess.h"

namespace axnn {

namespace fs = std::filesystem;

namespace {

constexpr int kPeriodNs = 50;     // far longer than any path
constexpr int kWarmUpCycles = 8;  // not counted

const NetlistPort* find_port(const NetlistModule& m, std::string_view name) {
  for (const NetlistPort& p : m.ports) {
    if (p.name == name) return &p;
  }
  return nullptr;
}

// A line of the stimulus file: {valid, first, activation, weight} in hexadecimal.
constexpr int kStimulusBits = 2 + 2 * kDataW;

std::string stimulus(const ActivityOptions& o, const OperandStream& operands, bool clocked) {
  const Multiplier isolation{MultiplierKind::kFig8, o.mode};
  const auto bits = [](Code code) { return static_cast<unsigned>(code) & ((1u << kDataW) - 1); };
  std::string text;
  OperandStep held;
  const auto add = [&](OperandStep step) {
    if (!clocked) {
      if (step.valid) {
        held.activation = transform_activation(isolation, step.activation);
        held.weight = transform_weight(isolation, step.weight);
      }
      step.activation = held.activation;
      step.weight = held.weight;
    }
    text += fmt::format("{:x}\n", ((2u * step.valid + step.first) << kDataW | bits(step.activation))
                                          << kDataW |
                                      bits(step.weight));
  };
  // Reset and warm-up: operands of zero.
  for (int n = 0; n < kWarmUpCycles; ++n) add({0, 0, true, true});
  for (const OperandStep& step : operands) add(step);
  return text;
}

std::string test_bench(const ActivityOptions& o, const NetlistModule& m, std::size_t steps,
                       const fs::path& stimulus_file, const fs::path& vcd) {
  std::string ports, signals;
  for (const NetlistPort& p : m.ports) {
    signals +=
        fmt::format("  {} [{}:0] {};\n", p.output ? "wire" : "reg", p.bits.size() - 1, p.name);
    ports += fmt::format("{}.{}({})", ports.empty() ? "" : ", ", p.name, p.name);
  }
  const auto drive = [&](std::string_view port, const std::string& value) {
    return find_port(m, port) == nullptr ? "" : fmt::format("    {} = {};\n", port, value);
  };
  const auto clock = [&](const char* value) {
    return drive("clk_i", value) + drive("clk_low_i", o.mode == kModeM0 ? value : "0");
  };
  const std::string setup = clock("0") + drive("rst_ni", "0") +
                            drive("mode_i", std::to_string(o.mode)) + drive("valid_i", "0") +
                            drive("first_i", "0") + drive("a_i", "0") + drive("b_i", "0");
  // Operands change just after the clock edge, as from a register.
  const auto field = [](int lsb, int width) { return fmt::format("step[{} +: {}]", lsb, width); };
  const std::string cycle = clock("1") + "    #1;\n" + drive("valid_i", field(2 * kDataW + 1, 1)) +
                            drive("first_i", field(2 * kDataW, 1)) +
                            drive("a_i", field(kDataW, kDataW)) + drive("b_i", field(0, kDataW)) +
                            fmt::format("    #{};\n", kPeriodNs / 2) + clock("0") +
                            fmt::format("    #{};\n", kPeriodNs - kPeriodNs / 2 - 1);
  return fmt::format(
      "`timescale 1ns/10ps\nmodule tb;\n{}  integer n;\n  reg [{}:0] steps [0:{}];\n"
      "  reg [{}:0] step;\n  {} dut({});\n"
      "  initial begin\n    $readmemh(\"{}\", steps);\n{}    #{};\n{}"
      "    for (n = 0; n < {}; n = n + 1) begin\n    step = steps[n];\n"
      "    if (n == {}) begin $dumpfile(\"{}\"); $dumpvars(1, tb.dut); end\n{}    end\n"
      "    $finish;\n  end\nendmodule\n",
      signals, kStimulusBits - 1, steps - 1, kStimulusBits - 1, m.name, ports,
      stimulus_file.string(), setup, kPeriodNs, drive("rst_ni", "1"), steps, kWarmUpCycles,
      vcd.string(), cycle);
}

/// A folder that is removed at the end.
class Scratch {
 public:
  Scratch() {
    std::string path = (fs::temp_directory_path() / "axnn-activity-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw Error("cannot create a folder", path);
    path_ = path;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void run(const std::vector<std::string>& argv, const fs::path& log) {
  if (run_command({argv, {}, log}) == 0) return;
  const std::string text = read_file(log);
  throw Error(argv[0] + " failed", text.substr(0, text.find('\n')));
}

/// "name [7:0]" of a $var: bits of the variable from the most significant, as they are dumped.
struct VcdVariable {
  std::vector<std::string> bits;
  std::string value;  ///< one character a bit; empty before the first dump
  std::vector<long> toggles;
};

class VcdReader {
 public:
  VcdReader(const fs::path& path, std::string_view scope)
      : path_(path), scope_(scope), in_(read_file(path, std::uintmax_t{4} << 30)) {}

  std::map<std::string, long> count() {
    std::string token;
    bool declared = false;
    while (in_ >> token) {
      if (token == "$var") {
        variable();
      } else if (token == "$scope") {
        std::string type, name;
        in_ >> type >> name >> token;
        scopes_.push_back(name);
      } else if (token == "$upscope") {
        if (scopes_.empty()) fail();
        scopes_.pop_back();
        in_ >> token;
      } else if (token == "$enddefinitions") {
        declared = true;
        in_ >> token;
      } else if (token == "$dumpvars" || token == "$end" || token == "$dumpall") {
        continue;
      } else if (token.front() == '$') {
        while (in_ >> token && token != "$end") {
        }
      } else if (!declared) {
        fail();
      } else if (token.front() == 'b' || token.front() == 'B') {
        std::string id;
        in_ >> id;
        change(id, token.substr(1));
      } else if (token.front() != '#') {
        change(token.substr(1), token.substr(0, 1));
      }
    }
    if (!declared) fail();
    std::map<std::string, long> out;
    for (const auto& [id, v] : variables_) {
      for (std::size_t i = 0; i < v.bits.size(); ++i) out[v.bits[i]] = v.toggles[i];
    }
    return out;
  }

 private:
  [[noreturn]] void fail() const { throw Error("not a VCD file", path_.string()); }

  void variable() {
    std::string type, id, name, range;
    int width = 0;
    in_ >> type >> width >> id >> name >> range;
    if (!in_ || width <= 0) fail();
    if (range != "$end") {
      std::string end;
      in_ >> end;
    } else {
      range.clear();
    }
    std::string where;
    for (const std::string& s : scopes_) where += (where.empty() ? "" : ".") + s;
    if (where != scope_) return;
    if (name.front() == '\\') name.erase(0, 1);
    VcdVariable v;
    int high = width - 1, low = 0;
    const bool vector = range.size() > 2 && range.find(':') != std::string::npos;
    if (vector) {
      high = std::stoi(range.substr(1));
      low = std::stoi(range.substr(range.find(':') + 1));
    }
    const int step = high >= low ? -1 : 1;
    for (int i = 0, bit = high; i < width; ++i, bit += step) {
      v.bits.push_back(width == 1 && !vector ? name : name + "[" + std::to_string(bit) + "]");
    }
    v.toggles.assign(v.bits.size(), 0);
    variables_[id] = std::move(v);
  }

  void change(const std::string& id, std::string value) {
    const auto it = variables_.find(id);
    if (it == variables_.end()) return;
    VcdVariable& v = it->second;
    if (value.size() > v.bits.size()) fail();
    // A short value is filled on the left: with x or z if it starts so, else with 0.
    const char fill = value.front() == 'x' || value.front() == 'z' ? value.front() : '0';
    value.insert(0, v.bits.size() - value.size(), fill);
    if (!v.value.empty()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        v.toggles[i] +=
            (v.value[i] == '0' && value[i] == '1') || (v.value[i] == '1' && value[i] == '0');
      }
    }
    v.value = std::move(value);
  }

  const fs::path& path_;
  std::string scope_;
  std::istringstream in_;
  std::vector<std::string> scopes_;
  std::map<std::string, VcdVariable> variables_;
};

}  // namespace

std::map<std::string, long> count_toggles(const fs::path& vcd, std::string_view scope) {
  return VcdReader(vcd, scope).count();
}

ActivityResult measure_activity(const ActivityOptions& options, const OperandStream& operands,
                                const Library& library) {
  const fs::path folder = fs::absolute(options.folder);
  const Netlist netlist = read_netlist(folder / "netlist.json");
  const auto found = netlist.modules.find(options.top);
  if (found == netlist.modules.end()) throw Error("no such module", options.top);
  const NetlistModule& module = found->second;

  const Scratch scratch;
  const fs::path bench = scratch.path() / "tb.v", program = scratch.path() / "tb.vvp",
                 steps = scratch.path() / "steps.hex", vcd = scratch.path() / "toggles.vcd";
  write_file(steps, stimulus(options, operands, find_port(module, "clk_i") != nullptr));
  write_file(bench, test_bench(options, module, operands.size() + kWarmUpCycles, steps, vcd));
  run({"iverilog", "-g2012", options.glitches ? "-gspecify" : "-gno-specify", "-s", "tb", "-o",
       program.string(), bench.string(), (folder / "netlist.v").string(),
       fs::absolute(options.cells).string()},
      scratch.path() / "iverilog.log");
  run({"vvp", "-n", program.string()}, scratch.path() / "vvp.log");

  // A net has several names; each driven net counts once.
  ActivityResult result;
  result.toggles = count_toggles(vcd, "tb.dut");
  std::map<int, long> by_net;
  for (const auto& [name, bits] : module.nets) {
    for (std::size_t i = 0; i < bits.size(); ++i) {
      auto it = result.toggles.find(bits.size() == 1 ? name : name + "[" + std::to_string(i) + "]");
      if (it != result.toggles.end() && bits[i] >= 0) by_net[bits[i]] = it->second;
    }
  }
  const std::vector<double> energy = net_energy(netlist, library, options.top);
  const auto cycles = static_cast<double>(operands.size());
  long combinational = 0, registers = 0;
  for (const NetlistCell& cell : module.cells) {
    const LibertyCell* gate = library.find(cell.type);
    if (gate == nullptr)
      throw Error("cell type " + cell.type + " is not in the library", cell.name);
    for (const auto& [pin, bits] : cell.pins) {
      if (gate->pin(pin)->direction != PinDirection::kOutput || bits.front() < 0) continue;
      const auto it = by_net.find(bits.front());
      if (it == by_net.end()) throw Error("net not in the simulation", cell.name + "." + pin);
      const double per_step = static_cast<double>(it->second) / cycles;
      const double pj = per_step * energy[static_cast<std::size_t>(bits.front())];
      (gate->sequential ? result.activity.registers : result.activity.combinational) += per_step;
      (gate->sequential ? result.register_pj : result.combinational_pj) += pj;
      ++(gate->sequential ? registers : combinational);
    }
  }
  if (combinational > 0) result.activity.combinational /= static_cast<double>(combinational);
  if (registers > 0) result.activity.registers /= static_cast<double>(registers);
  return result;
}

}  // namespace axnn
