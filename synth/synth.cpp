#include "synth/synth.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/error.h"
#include "model/file_io.h"
#include "model/file_lock.h"
#include "model/parallel.h"
#include "model/sha256.h"
#include "model/subprocess.h"
#include "model/text.h"
#include "synth/memory_stubs.h"
#include "synth/scratch_folder.h"

namespace axnn {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr double kOutputLoadNand2s = 4;  // an output drives this many NAND2 inputs

/// A row of constraints/modules.json.
struct ModuleSpec {
  std::string name;        ///< of the result
  std::string module;      ///< in rtl/
  std::string parameters;  ///< "Name value ..."
  std::string clock;       ///< ports, separated by spaces
  std::string machine;     ///< path of axnn_top below it, with a slash, or empty
  std::vector<std::string> keep;
  bool gated = true;  ///< clock gates for registers with an enable
  std::string place;  ///< where the multiplier's mode is (sdc/mode.sdc); empty without modes
};

/// What every module of a run shares.
struct Flow {
  fs::path source, out, liberty;
  Library library;
  SramTiming sram;
  std::string yosys_version, sta_version;
  std::string driver;
  std::string latch;  ///< cell, enable, data and output pin; empty if the library has none
  double load_ff = 0;
  std::string inputs_hash;  ///< of RTL, scripts, Liberty file and tool versions
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::vector<ModuleSpec> read_specs(const fs::path& source, const std::vector<std::string>& wanted) {
  const fs::path path = source / "constraints" / "modules.json";
  std::vector<ModuleSpec> all;
  try {
    const ordered_json root = ordered_json::parse(read_file(path));
    for (const auto& m : root.at("modules")) {
      ModuleSpec spec;
      spec.name = m.at("name").get<std::string>();
      spec.module = m.value("module", spec.name);
      if (m.contains("parameters")) {
        for (const auto& [parameter, value] : m["parameters"].items()) {
          if (!spec.parameters.empty()) spec.parameters += ' ';
          spec.parameters += parameter + ' ' + std::to_string(value.get<int>());
        }
      }
      spec.clock = m.at("clock").get<std::string>();
      spec.machine = m.value("machine", "");
      spec.keep = m.at("keep").get<std::vector<std::string>>();
      spec.gated = m.value("clock_gates", true);
      spec.place = m.at("modes").get<std::string>();
      all.push_back(std::move(spec));
    }
  } catch (const json::exception& e) {
    throw Error("not a module table", path.string(), e.what());
  }
  if (wanted.empty()) return all;
  std::vector<ModuleSpec> out;
  for (const std::string& name : wanted) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const ModuleSpec& s) { return s.name == name; });
    if (found == all.end()) {
      std::string known;
      for (const ModuleSpec& s : all) known += (known.empty() ? "" : ", ") + s.name;
      throw Error("unknown module", name, "known: " + known);
    }
    out.push_back(*found);
  }
  return out;
}

std::string tool_version(const std::vector<std::string>& argv, const fs::path& folder) {
  const fs::path log = folder / (argv[0] + ".version.tmp");
  const int code = run_command({argv, {}, log, 60});
  const std::string text = read_file(log);
  fs::remove(log);
  if (code != 0) throw Error("does not run", argv[0], first_line(text));
  return first_line(text);
}

/// Hash of every file that decides a result, names included.
std::string hash_inputs(const fs::path& source, const std::string& liberty_bytes,
                        const std::vector<std::string>& also) {
  std::vector<fs::path> files;
  for (const char* folder : {"rtl", "constraints/yosys", "constraints/sta", "constraints/sdc"}) {
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(source / folder, error)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    if (error) {
      throw Error("cannot list: " + error.message(), (source / folder).string(),
                  "set AXNN_SOURCE to axnn's source folder");
    }
  }
  std::sort(files.begin(), files.end());
  std::string all = sha256(liberty_bytes);
  for (const fs::path& f : files) all += f.filename().string() + sha256(read_file(f));
  for (const std::string& s : also) all += s + '\n';
  return sha256(all);
}

/// First line of a log that starts like a tool's error message, or its last line.
std::string first_error(const fs::path& log) {
  std::istringstream in(read_file(log));
  std::string line, last;
  while (std::getline(in, line)) {
    if (line.starts_with("ERROR") || line.starts_with("Error")) return line;
    if (!line.empty()) last = line;
  }
  return last.empty() ? "no output" : last;
}

/// Register names: Yosys calls a flip-flop after the net it drives, `NET\CELL`; pins follow a '/'.
std::string readable_point(std::string point) {
  const std::size_t cell = point.find('\\');
  if (cell != std::string::npos) point.resize(cell);
  return point;
}

ordered_json path_json(const TimingPath& p) {
  return {{"ns", p.ns}, {"start", p.start}, {"end", p.end}};
}

TimingPath path_of(const json& j) { return {j.at("ns"), j.at("start"), j.at("end")}; }

class ModuleFlow {
 public:
  ModuleFlow(const Flow& flow, const ModuleSpec& spec) : flow_(flow), spec_(spec) {}

  /// `begins` is called unless the result is there.
  ModuleReport run(const std::function<void()>& begins) {
    const fs::path target = flow_.out / spec_.name;
    ModuleReport report;
    report.name = spec_.name;
    report.folder = target;
    const std::string key = cache_key();
    if (read_cache(target, key, report)) {
      report.cached = true;
    } else {
      begins();
      ScratchFolder scratch(flow_.out / (spec_.name + ".tmp" + std::to_string(::getpid())));
      folder_ = scratch.path();
      tool({"yosys", "-q", "-c", script("yosys/synth.tcl")}, "yosys.log");
      const std::vector<SramShape> memories = read_sram_shapes(folder_ / "memories.txt");
      if (!memories.empty()) write_file(folder_ / "memories.lib", sram_stubs(memories, flow_.sram));
      if (spec_.place.empty()) {
        report.timing.push_back(timing("any", ""));
      } else {
        for (const char* mode : {"0", "1", "2"}) {
          report.timing.push_back(timing(std::string("M") + mode, mode));
        }
      }
      write_cache(key, report);
      scratch.publish(target);
    }
    report.count = count_cells(read_netlist(target / "netlist.json"), flow_.library, spec_.name);
    report.gate_equivalents = report.count.area_um2 / flow_.library.nand2()->area_um2;
    return report;
  }

 private:
  std::string script(const std::string& name) const {
    return (flow_.source / "constraints" / name).string();
  }

  std::string cache_key() const {
    std::string text = flow_.inputs_hash + spec_.name + '\n' + spec_.module + '\n' +
                       spec_.parameters + '\n' + spec_.clock + '\n' + spec_.machine + '\n';
    for (const std::string& k : spec_.keep) text += k + '\n';
    text += spec_.gated ? "gated\n" : "";
    text += spec_.place + '\n';
    return sha256(text);
  }

  /// Runs a tool in the scratch folder; a failure leaves its log, and only that, in `out`.
  void tool(std::vector<std::string> argv, const std::string& log, const std::string& mode = "") {
    std::string keep;
    for (const std::string& k : spec_.keep) keep += (keep.empty() ? "" : " ") + k;
    Command command;
    command.argv = std::move(argv);
    command.log = folder_ / log;
    command.env = {{"AXNN_RTL", (flow_.source / "rtl").string()},
                   {"AXNN_CONSTRAINTS", (flow_.source / "constraints").string()},
                   {"AXNN_LIBERTY", flow_.liberty.string()},
                   {"AXNN_MODULE", spec_.module},
                   {"AXNN_PARAMETERS", spec_.parameters},
                   {"AXNN_TOP", spec_.name},
                   {"AXNN_KEEP", keep},
                   {"AXNN_GATED", spec_.gated && !flow_.latch.empty() ? "1" : "0"},
                   {"AXNN_CLOCK", spec_.clock},
                   {"AXNN_MACHINE", spec_.machine},
                   {"AXNN_OUT", folder_.string()},
                   {"AXNN_DRIVER", flow_.driver},
                   {"AXNN_LATCH", flow_.latch},
                   {"AXNN_LOAD_FF", fmt::format("{:.3f}", flow_.load_ff)},
                   {"AXNN_MODE", mode},
                   {"AXNN_PLACE", spec_.place}};
    const int code = run_command(command);
    const std::string error = first_error(command.log);
    // OpenSTA goes on after an error and exits with 0.
    if (code == 0 && !error.starts_with("Error") && !error.starts_with("ERROR")) return;
    const fs::path kept = flow_.out / (spec_.name + "." + log);
    fs::rename(command.log, kept);
    throw Error(command.argv[0] + " failed: " + error, spec_.name, "see " + kept.string());
  }

  ModuleTiming timing(const std::string& mode, const std::string& number) {
    const std::string log = "timing_" + mode + ".log";
    tool({"sta", "-no_init", "-no_splash", "-exit", script("sta/timing.tcl")}, log, number);
    std::istringstream in(read_file(folder_ / log));
    ModuleTiming worst;
    worst.mode = mode;
    std::string line;
    while (std::getline(in, line)) {
      std::istringstream fields(line);
      std::string what;
      TimingPath path;
      if (!(fields >> what >> path.ns >> path.start >> path.end)) continue;
      if (what != "AXNN_PATH" && what != "AXNN_MEMORY_PATH") continue;
      path.start = readable_point(path.start);
      path.end = readable_point(path.end);
      if (what == "AXNN_PATH" && path.ns > worst.logic.ns) worst.logic = path;
      if (path.ns > worst.whole.ns) worst.whole = path;
    }
    if (worst.whole.ns <= 0) throw Error("OpenSTA found no path", spec_.name + " in " + mode);
    return worst;
  }

  void write_cache(const std::string& key, const ModuleReport& report) const {
    ordered_json root;
    root["key"] = key;
    root["netlist_sha256"] = sha256(read_file(folder_ / "netlist.json"));
    root["timing"] = ordered_json::array();
    for (const ModuleTiming& t : report.timing) {
      root["timing"].push_back(
          {{"mode", t.mode}, {"logic", path_json(t.logic)}, {"whole", path_json(t.whole)}});
    }
    write_file(folder_ / "result.json", root.dump(2) + "\n");
  }

  static bool read_cache(const fs::path& target, const std::string& key, ModuleReport& report) {
    std::error_code error;
    if (!fs::exists(target / "result.json", error)) return false;
    try {
      const json root = json::parse(read_file(target / "result.json"));
      if (root.at("key") != key) return false;
      if (root.at("netlist_sha256") != sha256(read_file(target / "netlist.json"))) return false;
      for (const json& t : root.at("timing")) {
        report.timing.push_back({t.at("mode"), path_of(t.at("logic")), path_of(t.at("whole"))});
      }
      return true;
    } catch (const std::exception&) {  // a damaged cache is no cache
      report.timing.clear();
      return false;
    }
  }

  const Flow& flow_;
  const ModuleSpec& spec_;
  fs::path folder_;
};

/// The output folder, made if it is not there.
fs::path output_folder(const fs::path& out) {
  std::error_code error;
  fs::create_directories(out, error);
  if (error) throw Error("cannot create: " + error.message(), out.string());
  return fs::canonical(out);
}

Flow make_flow(const SynthOptions& options, const fs::path& out, const fs::path& liberty_path,
               const std::string& liberty, Library library) {
  Flow flow;
  flow.source = fs::absolute(options.source.empty() ? default_source() : options.source);
  flow.liberty = liberty_path;
  flow.library = std::move(library);
  flow.out = out;
  flow.sram = sram_timing(flow.source, flow.library.name);
  flow.yosys_version = tool_version({"yosys", "-V"}, flow.out);
  flow.sta_version = tool_version({"sta", "-version"}, flow.out);
  flow.driver = flow.library.buffer()->name;
  if (const LibertyCell* l = flow.library.latch()) {
    flow.latch = l->name + ' ' + l->latch->enable + ' ' + l->latch->data + ' ' + l->latch->output;
  }
  flow.load_ff = kOutputLoadNand2s * 1000 * flow.library.nand2()->inputs().front()->capacitance_pf;
  flow.inputs_hash =
      hash_inputs(flow.source, liberty,
                  {flow.yosys_version, flow.sta_version, flow.driver, std::to_string(flow.load_ff),
                   sram_stubs({{64, 8, 1}, {4096, 256, 1}}, flow.sram)});
  return flow;
}

}  // namespace

fs::path default_source() {
  const char* set = std::getenv("AXNN_SOURCE");
  return set != nullptr && *set != '\0' ? fs::path(set) : fs::path(AXNN_SOURCE_DIR);
}

const ModuleReport& SynthReport::module(std::string_view name) const {
  for (const ModuleReport& m : modules) {
    if (m.name == name) return m;
  }
  throw Error("not synthesised", std::string(name));
}

SynthReport run_synth(const SynthOptions& options) {
  const std::vector<LibertyFile> files = read_liberty_files(options.liberty);
  Library library = make_library(files);
  // Yosys and ABC take one file, unpacked, without a byte order mark.
  const bool as_is =
      files.size() == 1 && !files.front().packed && !files.front().text.starts_with("\xEF\xBB\xBF");
  const std::string liberty = as_is ? files.front().text : merged_liberty(files);
  const fs::path source = options.source.empty() ? default_source() : options.source;
  const std::vector<ModuleSpec> specs = read_specs(source, options.modules);
  const fs::path out = output_folder(options.out);
  const FileLock lock(out / ".lock", FileLock::Wait::kYes);  // one flow in a folder
  const fs::path liberty_path = as_is ? fs::absolute(options.liberty.front()) : out / "library.lib";
  if (!as_is) write_file(liberty_path, liberty);
  const Flow flow = make_flow(options, out, liberty_path, liberty, std::move(library));

  SynthReport report;
  report.library = flow.library.name;
  report.nand2 = flow.library.nand2()->name;
  report.nand2_area_um2 = flow.library.nand2()->area_um2;
  report.voltage_v = flow.library.voltage_v;
  report.yosys_version = flow.yosys_version;
  report.sta_version = flow.sta_version;
  report.modules.resize(specs.size());

  std::mutex mutex;
  SynthStep step;
  step.all = static_cast<int>(specs.size());
  const auto tell = [&](const std::string& module, bool begins) {
    const std::lock_guard guard(mutex);
    step.module = module;
    step.begins = begins;
    if (!begins) ++step.done;
    if (options.progress) options.progress(step);
  };
  parallel_for(specs.size(), options.threads, [&](std::size_t i) {
    // The larger modules stand last, and should start first.
    const std::size_t m = specs.size() - 1 - i;
    report.modules[m] = ModuleFlow(flow, specs[m]).run([&] { tell(specs[m].name, true); });
    tell(specs[m].name, false);
  });
  return report;
}

std::string to_json(const SynthReport& report) {
  ordered_json root;
  root["library"] = {{"name", report.library},
                     {"voltage_v", report.voltage_v},
                     {"gate_equivalent", report.nand2},
                     {"gate_equivalent_area_um2", report.nand2_area_um2}};
  root["tools"] = {{"yosys", report.yosys_version}, {"opensta", report.sta_version}};
  root["modules"] = ordered_json::array();
  root["timing"] = ordered_json::array();
  for (const ModuleReport& m : report.modules) {
    ordered_json row;
    row["name"] = m.name;
    row["cells"] = m.count.cells;
    row["area_um2"] = m.count.area_um2;
    row["gate_equivalents"] = m.gate_equivalents;
    row["sequential_cells"] = m.count.sequential_cells;
    row["sequential_area_um2"] = m.count.sequential_area_um2;
    row["leakage_nw"] = m.count.leakage_nw;
    row["cells_by_type"] = m.count.by_type;
    row["memories"] = ordered_json::array();
    for (const auto& [shape, n] : m.count.memories) {
      row["memories"].push_back({{"words", shape.depth}, {"bits", shape.width}, {"count", n}});
    }
    root["modules"].push_back(std::move(row));
    for (const ModuleTiming& t : m.timing) {
      root["timing"].push_back({{"module", m.name},
                                {"mode", t.mode},
                                {"critical_path_ns", t.logic.ns},
                                {"start", t.logic.start},
                                {"end", t.logic.end},
                                {"with_memories_ns", t.whole.ns},
                                {"with_memories_start", t.whole.start},
                                {"with_memories_end", t.whole.end}});
    }
  }
  return root.dump(2) + "\n";
}

std::string to_table(const SynthReport& report) {
  std::string out = fmt::format("{}, {} V; 1 gate equivalent = {} = {:.4g} um2\n{}; OpenSTA {}\n\n",
                                report.library, report.voltage_v, report.nand2,
                                report.nand2_area_um2, report.yosys_version, report.sta_version);
  out += fmt::format("{:<18}{:>8}{:>12}{:>10}{:>12}{:>12}\n", "module", "cells", "area um2", "GE",
                     "registers", "memories");
  for (const ModuleReport& m : report.modules) {
    long memories = 0;
    for (const auto& [shape, n] : m.count.memories) memories += n;
    out += fmt::format("{:<18}{:>8}{:>12.0f}{:>10.0f}{:>12}{:>12}\n", m.name, m.count.cells,
                       m.count.area_um2, m.gate_equivalents, m.count.sequential_cells, memories);
  }
  out += "Areas are of standard cells; memories are black boxes, counted but not added.\n\n";
  out += fmt::format("{:<19}{:<5}{:>9} {:>9}  {}\n", "module", "mode", "logic ns", "whole ns",
                     "the whole's path");
  for (const ModuleReport& m : report.modules) {
    for (const ModuleTiming& t : m.timing) {
      out += fmt::format("{:<19}{:<5}{:>9.3f} {:>9.3f}  {} -> {}\n", m.name, t.mode, t.logic.ns,
                         t.whole.ns, shortened(t.whole.start, 30), shortened(t.whole.end, 30));
    }
  }
  out +=
      "Static timing with the mode held constant, setup included; before layout: ideal clock, no "
      "wire loads.\nlogic: between registers and ports; axnn_pe's has operand registers, "
      "multiplier, "
      "product register,\naccumulator. whole: with the memories, whose 65 nm access time is told "
      "in "
      "this library's ns\n(constraints/tech/scaling.json); axnn_axi's is what the chip can do.\n";
  return out;
}

}  // namespace axnn
