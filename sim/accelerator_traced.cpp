#include <verilated_fst_c.h>

#include "Vtraced_axnn_top.h"
#include "sim/accelerator.h"
#include "sim/verilated_accelerator.h"

namespace axnn {
namespace {

class TracedAccelerator final : public VerilatedAccelerator<Vtraced_axnn_top> {
 public:
  explicit TracedAccelerator(const std::filesystem::path& path) {
    context().traceEverOn(true);
    top().trace(&trace_, 99);
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

std::unique_ptr<Accelerator> make_traced_accelerator(const std::filesystem::path& path) {
  return std::make_unique<TracedAccelerator>(path);
}

}  // namespace axnn
