#include "sim/accelerator.h"

#include "Vaxnn_top.h"
#include "sim/verilated_accelerator.h"

namespace axnn {

std::unique_ptr<Accelerator> make_rtl_accelerator() {
  return std::make_unique<VerilatedAccelerator<Vaxnn_top>>();
}

}  // namespace axnn
