#include "tests/icarus_toggles.h"

#include <fmt/format.h>
#include <unistd.h>

#include <sstream>

#include "model/error.h"
#include "model/file_io.h"
#include "model/subprocess.h"

namespace axnn {

namespace fs = std::filesystem;

namespace {

constexpr int kPeriodNs = 50;  // far longer than any path

/// A folder that is removed at the end.
class Scratch {
 public:
  Scratch() {
    std::string path = (fs::temp_directory_path() / "axnn-icarus-XXXXXX").string();
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

std::vector<std::pair<std::string, int>> stimulus_ports(const NetlistModule& module) {
  std::vector<std::pair<std::string, int>> ports;
  for (const NetlistPort& p : module.ports) {
    if (!p.output && p.name != "clk_i") ports.emplace_back(p.name, static_cast<int>(p.bits.size()));
  }
  return ports;
}

std::map<int, long> icarus_toggles(const fs::path& netlist_verilog, const fs::path& cells,
                                   const NetlistModule& module,
                                   const std::vector<StimulusLine>& lines, int warm_up,
                                   bool delays) {
  const Scratch scratch;
  const fs::path bench = scratch.path() / "tb.v", program = scratch.path() / "tb.vvp",
                 steps = scratch.path() / "steps.bin", vcd = scratch.path() / "toggles.vcd";
  std::string text;
  for (const StimulusLine& l : lines) text += l + '\n';
  write_file(steps, text);
  std::string signals, ports, inputs;
  for (const NetlistPort& p : module.ports) {
    signals +=
        fmt::format("  {} [{}:0] {};\n", p.output ? "wire" : "reg", p.bits.size() - 1, p.name);
    ports += fmt::format("{}.{}({})", ports.empty() ? "" : ", ", p.name, p.name);
  }
  for (const auto& [name, width] : stimulus_ports(module)) {
    inputs += (inputs.empty() ? "" : ", ") + name;
  }
  write_file(
      bench,
      fmt::format("`timescale 1ns/10ps\nmodule tb;\n{}  integer n;\n  reg [{}:0] steps "
                  "[0:{}];\n  {} dut({});\n  initial begin\n    $readmemb(\"{}\", steps);\n"
                  "    clk_i = 0;\n    {{{}}} = 0;\n    #{};\n"
                  "    for (n = 0; n < {}; n = n + 1) begin\n"
                  "    if (n == {}) begin $dumpfile(\"{}\"); $dumpvars(1, tb.dut); #1; end\n"
                  "    clk_i = 1;\n    #{};\n    {{{}}} = steps[n];\n    #{};\n    clk_i = 0;\n"
                  "    #{};\n    end\n    $finish;\n  end\nendmodule\n",
                  signals, lines.front().size() - 1, lines.size() - 1, module.name, ports,
                  steps.string(), inputs, kPeriodNs, lines.size(), warm_up, vcd.string(), kPeriodNs,
                  inputs, kPeriodNs, kPeriodNs));
  run({"iverilog", "-g2012", delays ? "-gspecify" : "-gno-specify", "-s", "tb", "-o",
       program.string(), bench.string(), netlist_verilog.string(), cells.string()},
      scratch.path() / "iverilog.log");
  run({"vvp", "-n", program.string()}, scratch.path() / "vvp.log");

  // A net has several names.
  const std::map<std::string, long> toggles = count_toggles(vcd, "tb.dut");
  std::map<int, long> by_net;
  for (const auto& [name, bits] : module.nets) {
    for (std::size_t i = 0; i < bits.size(); ++i) {
      const auto it = toggles.find(bits.size() == 1 ? name : name + "[" + std::to_string(i) + "]");
      if (it != toggles.end() && bits[i] >= 0) by_net[bits[i]] = it->second;
    }
  }
  return by_net;
}

}  // namespace axnn
