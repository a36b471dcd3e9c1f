#include "sim/accelerator.h"

#include "Vtop0.h"
#include "Vtop1.h"
#include "Vtop2.h"
#include "sim/verilated_accelerator.h"

namespace axnn {

std::unique_ptr<Accelerator> make_rtl_accelerator(MultiplierKind kind,
                                                  const WeightStorage& storage) {
  switch (kind) {
    case MultiplierKind::kFig8:
      return std::make_unique<VerilatedAccelerator<Vtop0>>(storage);
    case MultiplierKind::kBooth:
      return std::make_unique<VerilatedAccelerator<Vtop1>>(storage);
    case MultiplierKind::kDrum:
      return std::make_unique<VerilatedAccelerator<Vtop2>>(storage);
    default:
      throw no_such_pe(kind);
  }
}

}  // namespace axnn
