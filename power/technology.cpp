#include "power/technology.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "model/error.h"
#include "model/file_io.h"
#include "model/sha256.h"

namespace axnn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json read_json(const fs::path& path) {
  try {
    return json::parse(read_file(path));
  } catch (const json::exception& e) {
    throw Error("damaged data file", path.string(), e.what());
  }
}

double polynomial(const std::vector<double>& coefficients, double x) {
  double sum = 0, power = 1;
  for (double c : coefficients) {
    sum += c * power;
    power *= x;
  }
  return sum;
}

MemoryTable table_of(const fs::path& tech) {
  const json scaling = read_json(tech / "scaling.json");
  try {
    const json& sram = scaling.at("sram");
    return {tech / sram.at("file").get<std::string>(), sram.at("cell"), sram.at("periphery")};
  } catch (const json::exception& e) {
    throw Error("damaged data file", (tech / "scaling.json").string(), e.what());
  }
}

RunActivity run_activity(const json& row) {
  RunActivity run;
  run.product = row.value("product", 0.0);
  run.product_open = row.value("product_open", run.product);
  run.operand_toggles = row.at("operand_toggles");
  for (const auto& [name, m] : row.at("modules").items()) {
    run.modules[name] = {m.at(0), m.at(1), m.at(2)};
  }
  return run;
}

void add(ModuleActivity& to, const ModuleActivity& m) {
  to.combinational += m.combinational;
  to.registers += m.registers;
  to.clock += m.clock;
}

void divide(ModuleActivity& m, double by) {
  m.combinational /= by;
  m.registers /= by;
  m.clock /= by;
}

}  // namespace

IntegerNet PaperNet::net() const {
  IntegerNet net;
  for (std::size_t l = 1; l < shape.size(); ++l) {
    IntegerLayer layer;
    layer.inputs = shape[l - 1];
    layer.outputs = shape[l];
    layer.weights.resize(std::size_t(layer.inputs) * std::size_t(layer.outputs));
    layer.bias.resize(std::size_t(layer.outputs));
    layer.activation = l + 1 == shape.size() ? Activation::kRaw : Activation::kRelu;
    net.layers.push_back(std::move(layer));
  }
  return net;
}

std::string rtl_digest(const fs::path& source) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(source / "rtl", none)) {
    const std::string name = entry.path().filename().string();
    const std::string cells = entry.path().parent_path().filename().string();
    // Not the host side, which is not measured, and not the cells of FPGAs and of simulated faults.
    if (name.ends_with(".sv") && !name.starts_with("axnn_axi") && cells != "fpga" &&
        cells != "faults") {
      files.push_back(entry.path());
    }
  }
  // By name, wherever the file lies; variants of a cell by folder.
  const auto order = [](const fs::path& p) { return std::pair(p.filename().string(), p.string()); };
  std::ranges::sort(files, {}, order);
  std::string all;
  for (const fs::path& f : files) all += f.filename().string() + ' ' + sha256(read_file(f)) + '\n';
  return sha256(all);
}

Technology::Technology(const fs::path& source)
    : memories(table_of(source / "constraints" / "tech")) {
  const fs::path tech = source / "constraints" / "tech";
  std::string file = "scaling.json";
  try {
    const json scaling = read_json(tech / file);
    const json& from = scaling.at("from");
    from_ = {from.at("min_v"), from.at("max_v"), from.at("node_nm"),
             from.at("energy").get<std::vector<double>>(),
             from.at("delay").get<std::vector<double>>()};
    const json& to = scaling.at("to");
    energy_to_ = polynomial(to.at("energy").get<std::vector<double>>(), to.at("voltage_v"));
    delay_to_ = polynomial(to.at("delay").get<std::vector<double>>(), to.at("voltage_v"));
    const json& sram = scaling.at("sram");
    nominal_v = sram.at("voltage_v");
    cell = sram.at("cell");
    periphery = sram.at("periphery");
    alpha_ = sram.at("alpha");
    threshold_v_ = sram.at("threshold_v");
    const json& fit = scaling.at("paper_weight_sram");
    paper_sram_mw_ = fit.at("power_mw");
    paper_sram_v_ = fit.at("voltage_v");
    paper_sram_exponent_ = fit.at("exponent");

    file = "activity.json";
    const json activity = read_json(tech / file);
    activity_source_ = {rtl_digest(source), activity.at("rtl_sha256"), "", ""};
    if (activity.contains("accepted")) {
      activity_source_.accepted_rtl = activity["accepted"].at("rtl_sha256");
      activity_source_.why = activity["accepted"].at("why");
    }
    for (const json& row : activity.at("measured")) {
      measured_.push_back({row.at("net"), row.at("mapping"), row.at("mode"), row.at("multiplier"),
                           row.value("isolated", true), run_activity(row)});
    }

    file = "paper.json";
    const json printed = read_json(tech / file);
    for (const json& n : printed.at("nets")) {
      PaperNet net;
      net.name = n.at("name");
      net.shape = n.at("shape").get<std::vector<int>>();
      net.volt = n.at("con_agg_v").get<std::array<double, 2>>();
      net.power = n.at("power_mw").get<std::array<double, 3>>();
      net.gops = n.at("gops").get<std::array<double, 3>>();
      net.accuracy = n.at("accuracy").get<std::array<double, 3>>();
      net.accuracy_without = n.at("accuracy_without").get<std::array<double, 3>>();
      net.low_accuracy = n.at("low_accuracy").get<std::array<double, 4>>();
      net.low_deviation = n.at("low_deviation").get<std::array<double, 4>>();
      net.low_power = n.at("low_power_mw").get<std::array<double, 4>>();
      paper_.push_back(std::move(net));
    }
  } catch (const json::exception& e) {
    throw Error("damaged data file", (tech / file).string(), e.what());
  }
}

double Technology::energy_scale(double library_v) const {
  return energy_to_ / polynomial(from_.energy, library_v);
}

double Technology::delay_scale(double library_v) const {
  return delay_to_ / polynomial(from_.delay, library_v);
}

void Technology::check_library(const std::string& name, double voltage_v) const {
  if (voltage_v >= from_.min_v && voltage_v <= from_.max_v) return;
  throw Error(fmt::format("the power model scales a {} nm library; this one works at {} V",
                          from_.node_nm, voltage_v),
              name, "axnn synth takes any library");
}

ModuleActivity RunActivity::module(std::string_view name) const {
  if (const auto it = modules.find(name); it != modules.end()) return it->second;
  ModuleActivity mean;
  for (const auto& [other, m] : modules) add(mean, m);
  divide(mean, static_cast<double>(std::max<std::size_t>(modules.size(), 1)));
  return mean;
}

std::map<std::string, RunActivity> Technology::activities(MultiplierKind kind, Mapping mapping,
                                                          int mode, bool isolated) const {
  // Pipelined tiles are those of the latency mapping.
  const std::string_view stream =
      mapping_name(mapping == Mapping::kThroughput ? mapping : Mapping::kLatency);
  const std::string mode_text = mode_name({kind, mode});
  std::map<std::string, RunActivity> out;
  for (const Measured& m : measured_) {
    if (m.multiplier != kind_name(kind) || m.mapping != stream || m.mode != mode_text ||
        m.isolated != isolated) {
      continue;
    }
    out[m.net] = m.activity;
  }
  if (out.empty()) {
    throw Error(fmt::format("no activity of {} {}, {}", kind_name(kind), mode_text, stream),
                "constraints/tech/activity.json");
  }
  return out;
}

RunActivity Technology::activity(std::string_view net, MultiplierKind kind, Mapping mapping,
                                 int mode, bool isolated) const {
  RunActivity mean;
  const std::map<std::string, RunActivity> all = activities(kind, mapping, mode, isolated);
  const auto count = static_cast<double>(all.size());
  for (const auto& [name, activity] : all) {
    if (name == net) return activity;
    mean.product += activity.product;
    mean.product_open += activity.product_open;
    mean.operand_toggles += activity.operand_toggles;
    for (const auto& [module, a] : activity.modules) add(mean.modules[module], a);
  }
  mean.product /= count;
  mean.product_open /= count;
  mean.operand_toggles /= count;
  for (auto& [name, a] : mean.modules) divide(a, count);
  return mean;
}

bool Technology::measured(std::string_view name, const IntegerNet& net) const {
  const PaperNet* known = paper(name);
  if (known == nullptr || known->shape.size() != net.layers.size() + 1) return false;
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    if (net.layers[l].inputs != known->shape[l]) return false;
  }
  return std::ranges::find(measured_, name, &Measured::net) != measured_.end();
}

double Technology::memory_slowdown(double vdd) const {
  if (vdd <= threshold_v_) return std::numeric_limits<double>::infinity();
  const auto delay = [&](double v) { return v / std::pow(v - threshold_v_, alpha_); };
  return delay(vdd) / delay(nominal_v);
}

double Technology::paper_sram_mw(double vdd) const {
  return paper_sram_mw_ * std::pow(vdd / paper_sram_v_, paper_sram_exponent_);
}

const PaperNet* Technology::paper(std::string_view net) const {
  const auto it = std::ranges::find(paper_, net, &PaperNet::name);
  return it == paper_.end() ? nullptr : &*it;
}

}  // namespace axnn
