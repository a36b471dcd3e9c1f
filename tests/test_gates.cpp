// The synthesised gates of the whole array, 64 PEs and the rows, inside the RTL around it: layers
// of real shape in every mode and mapping against the golden model.

#include <catch2/catch.hpp>

#include "Vgates0.h"
#include "Vgates1.h"
#include "sim/compiler.h"
#include "sim/cosim.h"
#include "sim/verilated_accelerator.h"
#include "tests/random_net.h"

using namespace axnn;

namespace {

template <class Gates>
void check(MultiplierKind kind) {
  const IntegerNet net = random_net(3, {30, 64, 64, 2}, Codes::kUniform);
  for (int mode = kModeM0; mode <= kModeM2; ++mode) {
    for (const Mapping mapping : {Mapping::kLatency, Mapping::kPipelined, Mapping::kThroughput}) {
      CAPTURE(kind_name(kind), mode, mapping_name(mapping));
      const int samples = mapping == Mapping::kThroughput ? 64 : 6;
      const std::vector<Code> x = random_samples(3, samples, 30, Codes::kUniform);
      const std::vector<int> labels(static_cast<std::size_t>(samples), 0);
      CosimOptions options;
      options.make_design = [](const WeightStorage& storage) {
        return std::make_unique<VerilatedAccelerator<Gates>>(storage);
      };
      const Multiplier m{kind, mode};
      const CosimResult r =
          cosimulate(compile(net, m, {.mapping = mapping}), net, m, x, labels, options);
      if (r.first) UNSCOPED_INFO(r.first->describe());
      CHECK(r.mismatches == 0);
      CHECK(r.counters_agree);
    }
  }
}

}  // namespace

TEST_CASE("the gates of the array with fig8 PEs run whole networks bit for bit") {
  check<Vgates0>(MultiplierKind::kFig8);
}

TEST_CASE("the gates of the array with fused booth PEs run whole networks bit for bit") {
  check<Vgates1>(MultiplierKind::kBooth);
}
