// Measures the switching activity that constraints/tech/activity.json holds and prints it as JSON:
// gate-level simulation of the synthesised multiply-accumulate units on what four of the PEs
// multiply while real test samples run through trained networks.
//   measure_activity SYNTH_OUT CELLS_VERILOG MODEL...
//   e.g. axnn synth --module axnn_mult_fig8 axnn_mac axnn_mac_booth
//        measure_activity build/synth /usr/share/qflow/tech/osu018/osu018_stdcells.v models/*.axnn
// SYNTH_OUT is what `axnn synth --out` wrote.

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/golden.h"
#include "model/model_file.h"
#include "power/activity.h"
#include "power/logic_energy.h"
#include "train/test_set.h"

namespace {

using namespace axnn;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr int kSamples = 8;
constexpr int kStepsOfPe = 600;
constexpr std::array<std::pair<int, int>, 4> kMeasured = {{{0, 0}, {2, 5}, {5, 2}, {7, 7}}};
constexpr int kRandomSteps = 1000;
constexpr int kRandomSum = 16;

class Bench {
 public:
  Bench(fs::path synth, fs::path cells)
      : synth_(std::move(synth)),
        cells_(std::move(cells)),
        library_(read_library(kDefaultLiberty)) {}

  /// Of all PEs measured: energies over what they would be if every output toggled once a step.
  Json measure(Multiplier m, const std::vector<OperandStream>& streams) const {
    OperandStream all;
    for (const OperandStream& s : streams) all.insert(all.end(), s.begin(), s.end());
    const auto unit = [&](const char* top) {
      ActivityOptions options;
      options.folder = synth_ / top;
      options.top = top;
      options.cells = cells_;
      options.mode = m.mode;
      return std::pair{measure_activity(options, all, library_),
                       total_energy(read_netlist(options.folder / "netlist.json"), library_, top)};
    };
    Json json;
    const bool fig8 = m.kind == MultiplierKind::kFig8;
    if (fig8) {
      const auto [r, e] = unit("axnn_mult_fig8");
      json["product"] = r.combinational_pj / e.combinational_pj;
    }
    const auto [r, e] = unit(fig8 ? "axnn_mac" : "axnn_mac_booth");
    json["combinational"] = r.combinational_pj / e.combinational_pj;
    json["registers"] = r.register_pj / e.register_pj;
    json["pj_a_step"] = r.energy_pj();
    json["steps"] = all.size();
    return json;
  }

 private:
  fs::path synth_, cells_;
  Library library_;
};

/// Codes entering each layer, for the first samples of the test set.
std::vector<std::vector<std::vector<Code>>> run_samples(const IntegerNet& net, Multiplier m,
                                                        const TestSet& test) {
  const GoldenModel golden(net, m);
  std::vector<std::vector<std::vector<Code>>> samples;
  for (int n = 0; n < std::min(kSamples, test.rows()); ++n) {
    std::vector<LayerOutput> outputs;
    golden.run(test.row(n), outputs);
    auto& layers = samples.emplace_back();
    layers.emplace_back(test.row(n).begin(), test.row(n).end());
    for (std::size_t l = 0; l + 1 < outputs.size(); ++l) layers.push_back(outputs[l].codes);
  }
  return samples;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: measure_activity SYNTH_OUT CELLS_VERILOG MODEL...\n";
    return 2;
  }
  try {
    const Bench bench(argv[1], argv[2]);
    Json rows = Json::array();
    const auto add = [&](const std::string& net, Multiplier m, std::string_view mapping,
                         const std::vector<OperandStream>& streams) {
      Json row = {{"net", net},
                  {"multiplier", kind_name(m.kind)},
                  {"mapping", mapping},
                  {"mode", mode_name(m)}};
      row.update(bench.measure(m, streams));
      std::cerr << row.dump() << '\n';
      rows.push_back(std::move(row));
    };
    for (const MultiplierKind kind : {MultiplierKind::kFig8, MultiplierKind::kBooth}) {
      for (int mode = kModeM0; mode <= kModeM2; ++mode) {
        const Multiplier m{kind, mode};
        add("random", m, "any", {random_operands(1, kRandomSteps, kRandomSum)});
        for (int a = 3; a < argc; ++a) {
          const Model model = load_model(argv[a]);
          const IntegerNet net = model.integer_net();
          const auto samples = run_samples(net, m, load_test_set(model));
          for (const Mapping mapping : {Mapping::kLatency, Mapping::kThroughput}) {
            std::vector<OperandStream> streams;
            for (const auto& [row, column] : kMeasured) {
              streams.push_back(pe_operands(net, samples, mapping, row, column, kStepsOfPe));
            }
            add(model.provenance.dataset, m, mapping_name(mapping), streams);
          }
        }
      }
    }
    std::cout << rows.dump(1) << '\n';
  } catch (const std::exception& e) {
    std::cerr << "measure_activity: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
