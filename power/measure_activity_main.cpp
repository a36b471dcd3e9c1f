// Measures the switching activity that constraints/tech/activity.json holds and prints it as JSON.
//   measure_activity SYNTH_OUT CELLS_VERILOG [LIBERTY]
//   e.g. measure_activity build/synth /usr/share/qflow/tech/osu018/osu018_stdcells.v
// SYNTH_OUT is what `axnn synth --out` wrote.

#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "model/multiplier.h"
#include "power/activity.h"

int main(int argc, char** argv) {
  using namespace axnn;
  if (argc < 3) {
    std::cerr << "usage: measure_activity SYNTH_OUT CELLS_VERILOG [LIBERTY]\n";
    return 2;
  }
  try {
    const Library library = read_library(argc > 3 ? argv[3] : kDefaultLiberty);
    nlohmann::ordered_json out;
    for (const char* top : {"axnn_mult_fig8", "axnn_mac"}) {
      for (const Multiplier& m : all_modes(MultiplierKind::kFig8)) {
        ActivityOptions options;
        options.folder = std::filesystem::path(argv[1]) / top;
        options.top = top;
        options.cells = argv[2];
        options.mode = m.mode;
        const ActivityResult r = measure_activity(options, library);
        out[top][mode_name(m)] = {{"combinational", r.activity.combinational},
                                  {"registers", r.activity.registers},
                                  {"energy_pj", r.energy_pj}};
      }
    }
    std::cout << out.dump(2) << '\n';
  } catch (const std::exception& e) {
    std::cerr << "measure_activity: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
