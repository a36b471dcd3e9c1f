#include "power/clock_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "model/error.h"
#include "model/file_io.h"

namespace axnn {
namespace {

using Json = nlohmann::ordered_json;
constexpr MultiplierKind kKinds[] = {MultiplierKind::kFig8, MultiplierKind::kBooth};

// Three decimals: picoseconds.
double rounded(double ns) { return std::round(ns * 1000) / 1000; }

double positive(const Json& json, const std::string& key) {
  const double ns = json.at(key).get<double>();
  if (!(ns > 0 && ns < 1e6)) throw std::out_of_range(key + " is no clock period");
  return ns;
}

}  // namespace

ClockRecord::ClockRecord(const std::filesystem::path& source) : technology_(source) {
  const std::filesystem::path path = source / "constraints/tech/clocks.json";
  try {
    const Json json = Json::parse(read_file(path));
    access_ns_[0] = positive(json.at("weight_access_ns"), "buffer");
    access_ns_[1] = positive(json.at("weight_access_ns"), "pe");
    for (int k = 0; k < 2; ++k) {
      for (int mode = 0; mode < kPowerModes; ++mode) {
        const Multiplier m{kKinds[k], mode};
        chip_ns_[k][mode] =
            positive(json.at(std::string(kind_name(m.kind))).at(mode_name(m)), "chip_ns");
      }
    }
  } catch (const std::exception& e) {
    throw Error(fmt::format("damaged: {}", e.what()), path.string(),
                "axnn power --record-clocks FILE writes it");
  }
}

double ClockRecord::chip_ns(Multiplier multiplier, bool weights_local, double vdd) const {
  const int k = multiplier.kind == MultiplierKind::kBooth ? 1 : 0;
  const double later = access_ns_[weights_local ? 1 : 0] * (technology_.memory_slowdown(vdd) - 1);
  return chip_ns_[k][multiplier.mode] + std::max(later, 0.0);
}

std::string clock_record(const PowerModel& power, const std::string& command) {
  Json json = {{"what", "clock periods of the whole chip (PE, everything around it, memories), ns: of "
                        "the default library's netlist, and at 65 nm calibrated as in docs/power.md"},
               {"command", command}};
  Workload work = power.paper_workloads().front();
  const double nominal = power.technology().nominal_v;
  const auto access = [&](bool local) {
    work.inference.weight_buffer_reads = local ? 0 : work.inference.steps;
    work.inference.weight_local_reads = work.inference.steps;
    return rounded(power.price(work, kModeM0, nominal).feed.access_ns.raw);
  };
  json["weight_access_ns"] = {{"buffer", access(false)}, {"pe", access(true)}};
  for (const MultiplierKind kind : kKinds) {
    work.kind = kind;
    for (int mode = 0; mode < kPowerModes; ++mode) {
      const PowerResult r = power.price(work, mode, nominal);
      json[std::string(kind_name(kind))][mode_name(Multiplier{kind, mode})] = {
          {"pe_netlist_ns", rounded(r.clock_ns.raw)},
          {"chip_netlist_ns", rounded(r.chip_clock_ns.raw)},
          {"chip_ns", rounded(r.chip_clock_ns.calibrated)}};
    }
  }
  return json.dump(2) + "\n";
}

}  // namespace axnn
