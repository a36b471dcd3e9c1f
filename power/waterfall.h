// What each change makes of the paper's design's energy per inference.
#pragma once

#include <string>
#include <vector>

#include "power/power.h"

namespace axnn {

/// The design after one more change. Calibrated energy of an inference at the nominal voltage, pJ.
struct WaterfallStep {
  std::string change;
  double pj = 0;      ///< memories by the table
  double fit_pj = 0;  ///< weight memories by the fit to the paper
};

/// One network's three workloads.
struct WaterfallInput {
  Workload paper;  ///< fig8, latency mapping
  Workload batch;  ///< fig8, throughput mapping
  Workload fused;  ///< booth, throughput mapping
};

/// From the paper's design without isolation or clock gating to ours with both, a change a step.
/// `table` and `fit` are one model with either WeightSram.
std::vector<WaterfallStep> waterfall(const PowerModel& table, const PowerModel& fit,
                                     const WaterfallInput& input, int mode);

}  // namespace axnn
