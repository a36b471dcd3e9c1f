#include "power/waterfall.h"

namespace axnn {

std::vector<WaterfallStep> waterfall(const PowerModel& table, const PowerModel& fit,
                                     const WaterfallInput& input, int mode) {
  std::vector<WaterfallStep> steps;
  const double vdd = table.technology().nominal_v;
  const auto add = [&](const char* change, const Workload& w, const Lacking& lacking) {
    steps.push_back({change, table.price(w, mode, vdd, lacking).pj_per_inference.calibrated,
                     fit.price(w, mode, vdd, lacking).pj_per_inference.calibrated});
  };
  const Lacking everything{.rounding = false, .isolation = true, .gating = true};
  add("paper's design", input.paper, everything);
  add("throughput mapping", input.batch, everything);
  add("fused PE, all digits", input.fused, {.rounding = true, .isolation = true, .gating = true});
  add("rounding: fewer digits", input.fused, everything);
  add("isolation of the rest", input.fused, {.gating = true});
  add("clock gating", input.fused, {});
  return steps;
}

}  // namespace axnn
