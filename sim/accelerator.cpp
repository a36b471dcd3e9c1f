#include "sim/accelerator.h"

#include "Vstored0.h"
#include "Vstored1.h"
#include "Vstored2.h"
#include "Vtop0.h"
#include "Vtop1.h"
#include "sim/verilated_accelerator.h"

namespace axnn {

std::unique_ptr<Accelerator> make_rtl_accelerator(MultiplierKind kind, const WeightStorage& storage,
                                                  ClockGates gates) {
  // A sixth faster with fig8 if no weight memory has to ask what it returns.
  const bool nominal = !storage.changes_weights();
  switch (kind) {
    case MultiplierKind::kFig8:
      if (nominal) return std::make_unique<VerilatedAccelerator<Vtop0>>(storage, gates);
      return std::make_unique<VerilatedAccelerator<Vstored0>>(storage, gates);
    case MultiplierKind::kBooth:
      if (nominal) return std::make_unique<VerilatedAccelerator<Vtop1>>(storage, gates);
      return std::make_unique<VerilatedAccelerator<Vstored1>>(storage, gates);
    case MultiplierKind::kDrum:
      return std::make_unique<VerilatedAccelerator<Vstored2>>(storage, gates);
    default:
      throw no_such_pe(kind);
  }
}

}  // namespace axnn
