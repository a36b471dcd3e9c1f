#include <verilated_fst_c.h>

#include "Vtraced0.h"
#include "Vtraced1.h"
#include "sim/accelerator.h"
#include "sim/verilated_accelerator.h"

namespace axnn {
namespace {

template <class Top>
class TracedAccelerator final : public VerilatedAccelerator<Top> {
 public:
  TracedAccelerator(const std::filesystem::path& path, const WeightStorage& storage)
      : VerilatedAccelerator<Top>(storage) {
    this->context().traceEverOn(true);
    this->top().trace(&trace_, 99);
    trace_.open(path.c_str());
    if (!trace_.isOpen()) {
      throw Error("cannot write the trace", path.string(), "is the folder there and writable?");
    }
  }
  ~TracedAccelerator() override { trace_.close(); }

 protected:
  void evaluated(std::uint64_t time) override { trace_.dump(time); }

 private:
  VerilatedFstC trace_;
};

}  // namespace

std::unique_ptr<Accelerator> make_traced_accelerator(MultiplierKind kind,
                                                     const std::filesystem::path& path,
                                                     const WeightStorage& storage) {
  switch (kind) {
    case MultiplierKind::kFig8:
      return std::make_unique<TracedAccelerator<Vtraced0>>(path, storage);
    case MultiplierKind::kBooth:
      return std::make_unique<TracedAccelerator<Vtraced1>>(path, storage);
    case MultiplierKind::kDrum:
      throw Error("the design with drum PEs writes no trace", "accelerator",
                  "trace fig8: all but the products is the same");
    default:
      throw no_such_pe(kind);
  }
}

}  // namespace axnn
