// Accelerator over a class that Verilator made from axnn_top. A template, since the fast and the
// traced class share their ports but no base.
#pragma once

#include <fmt/format.h>
#include <verilated.h>

#include <concepts>
#include <memory>

#include "model/error.h"
#include "sim/accelerator.h"

namespace axnn {

/// Writes `width` bits of `value` at bit `lsb` of a Verilator word array.
inline void put_bits(WData* words, int lsb, int width, std::uint64_t value) {
  for (int done = 0; done < width;) {
    const int word = (lsb + done) / 32;
    const int bit = (lsb + done) % 32;
    const int n = std::min(32 - bit, width - done);
    const std::uint32_t mask = n == 32 ? ~0u : ((1u << n) - 1u) << bit;
    const auto part = static_cast<std::uint32_t>(value >> done) << bit;
    words[word] = (words[word] & ~mask) | (part & mask);
    done += n;
  }
}

/// The same for a port of any width: Verilator keeps those of up to 64 bits in one integer.
template <std::size_t N>
void put_bits(VlWide<N>& port, int lsb, int width, std::uint64_t value) {
  put_bits(&port[0], lsb, width, value);
}
template <std::unsigned_integral Port>
void put_bits(Port& port, int lsb, int width, std::uint64_t value) {
  const std::uint64_t mask = ((std::uint64_t{1} << width) - 1) << lsb;
  port = static_cast<Port>((port & ~mask) | (value << lsb & mask));
}

/// Reads `width` <= 32 bits at `lsb`, sign-extended.
inline std::int32_t get_signed(const WData* words, int lsb, int width) {
  const int word = lsb / 32;
  const int bit = lsb % 32;
  std::uint64_t v = words[word];
  if (bit + width > 32) v |= std::uint64_t{words[word + 1]} << 32;
  const auto top = static_cast<std::uint32_t>((v >> bit) << (32 - width));
  return static_cast<std::int32_t>(top) >> (32 - width);
}

/// For the makers of accelerators.
inline Error no_such_pe(MultiplierKind kind) {
  return Error("no PE has the multiplier " + std::string(kind_name(kind)), "accelerator",
               "use fig8, booth or drum");
}

template <class Top>
class VerilatedAccelerator : public Accelerator {
 public:
  explicit VerilatedAccelerator(const WeightStorage& storage, ClockGates gates = ClockGates::kWork)
      : context_(std::make_unique<VerilatedContext>()), reads_(storage) {
    context_->randReset(0);
    // A design that hits $finish or an assertion prints where; the run then ends with an error.
    context_->fatalOnError(false);
    top_ = std::make_unique<Top>(context_.get(), "top");
    top_->test_en_i = gates == ClockGates::kOpen;
    top_->scan_mode_i = 0;
  }
  ~VerilatedAccelerator() override { top_->final(); }

  void load(const Program& program) override {
    validate(program);
    if (program.format != reads_.storage().format) {
      throw Error(fmt::format("the weights are stored as {}, the design reads {}",
                              format_name(program.format), format_name(reads_.storage().format)),
                  "weight image");
    }
    reads_.load(static_cast<int>(program.weights.size()) / kPes);
    round_ = static_cast<std::size_t>(program.round_samples);
    top_->rst_ni = top_->scale_rst_ni = 0;
    top_->scale_ack_i = 0;
    top_->start_i = 0;
    top_->load_valid_i = 0;
    top_->in_valid_i = 0;
    top_->out_ready_i = 1;
    for (int i = 0; i < 4; ++i) cycle();
    top_->rst_ni = top_->scale_rst_ni = 1;
    top_->load_valid_i = 1;
    top_->load_target_i = kLoadProgram;
    // Words behind the program are OpHalt, so that nothing depends on what was there before.
    for (std::size_t i = 0; i < kProgDepth; ++i) {
      const bool real = i < program.instructions.size();
      put_bits(top_->load_data_i, 0, kInstrW, real ? program.instructions[i] : make_halt());
      top_->load_addr_i = static_cast<SData>(i);
      cycle();
    }
    top_->load_target_i = kLoadWeight;
    for (std::size_t i = 0; i < program.weights.size() / kCols; ++i) {
      for (int c = 0; c < kCols; ++c) {
        put_bits(top_->load_data_i, c * kDataW, kDataW,
                 static_cast<std::uint64_t>(program.weights[i * kCols + std::size_t(c)]));
      }
      top_->load_addr_i = static_cast<SData>(i);
      cycle();
    }
    top_->load_target_i = kLoadBias;
    for (std::size_t i = 0; i < program.biases.size() / kRows; ++i) {
      for (int r = 0; r < kRows; ++r) {
        put_bits(top_->load_data_i, r * kAccW, kAccW,
                 static_cast<std::uint64_t>(program.biases[i * kRows + std::size_t(r)]));
      }
      top_->load_addr_i = static_cast<SData>(i);
      cycle();
    }
    top_->load_valid_i = 0;
  }

  RunStats run(std::span<const Code> samples, int inputs,
               const std::function<void(const Retirement&)>& observe) override {
    const auto width = static_cast<std::size_t>(inputs);
    const std::size_t count = samples.size() / width;
    const std::size_t words = (width + kCols - 1) / kCols;
    const std::size_t rounds = count / round_;
    if (count % round_ != 0 || rounds < 1 || rounds >= (1u << kSampleW)) {
      throw Error(fmt::format("{} samples in one run", count), "co-simulation",
                  fmt::format("1 to {} rounds of {}", (1u << kSampleW) - 1, round_));
    }
    RunStats stats;
    std::size_t sample = 0;
    std::size_t word = 0;
    std::uint64_t last_progress = 0;
    const auto offer = [&] {
      top_->in_valid_i = sample < count;
      if (sample >= count) return;
      for (std::size_t c = 0; c < kCols; ++c) {
        const std::size_t i = word * kCols + c;
        put_bits(top_->in_data_i, static_cast<int>(c) * kDataW, kDataW,
                 i < width ? static_cast<std::uint64_t>(samples[sample * width + i]) : 0);
      }
    };

    // From the same state each time, so that a run takes the same cycles whatever ran before it.
    top_->rst_ni = top_->scale_rst_ni = 0;
    cycle();
    top_->rst_ni = top_->scale_rst_ni = 1;
    offer();
    top_->samples_i = static_cast<SData>(rounds);
    top_->start_i = 1;
    cycle();
    top_->start_i = 0;
    while (!top_->done_o) {
      top_->clk_i = 0;
      step_time();
      const bool taken = top_->in_valid_i && top_->in_ready_o;
      if (top_->issue_o) {
        if (stats.steps++ == 0) stats.first_issue = stats.cycles;
        last_progress = stats.cycles;
      }
      if (top_->retire_valid_o) retire(stats.cycles, observe);
      if (top_->error_o != kErrNone) stop_on_error();
      if (context_->gotError() || context_->gotFinish()) {
        throw Error("an assertion of the design failed (printed above)",
                    fmt::format("cycle {}", stats.cycles));
      }
      // A clock generator and a regulator that settle within a few cycles.
      const bool acknowledge = top_->scale_req_o && stats.cycles % kSettleCycles == 0;
      top_->clk_i = 1;
      step_time();
      top_->scale_ack_i = acknowledge;
      if (taken) {
        if (++word == words) {
          word = 0;
          ++sample;
        }
        last_progress = stats.cycles;
        offer();
      }
      ++stats.cycles;
      if (stats.cycles - last_progress > kHangCycles) {
        throw Error("the design makes no progress",
                    fmt::format("cycle {}, program address {}", stats.cycles,
                                static_cast<int>(top_->error_pc_o)),
                    "does the program wait for input that never comes?");
      }
    }
    for (int n = 0; n < kCounters; ++n) {
      stats.counters[std::size_t(n)] = static_cast<std::uint32_t>(top_->counters_o[n]);
    }
    return stats;
  }

 protected:
  /// Called after every evaluation, at rising time; the traced accelerator dumps here.
  virtual void evaluated(std::uint64_t) {}

  VerilatedContext& context() { return *context_; }
  Top& top() { return *top_; }

 private:
  // Longer than anything the design does without issuing a step or taking a word.
  static constexpr std::uint64_t kHangCycles = 4096;
  static constexpr std::uint64_t kSettleCycles = 4;

  void step_time() {
    const WeightReadScope scope(&reads_);
    top_->eval();
    evaluated(time_++);
  }

  void cycle() {
    top_->clk_i = 0;
    step_time();
    top_->clk_i = 1;
    step_time();
  }

  void retire(std::uint64_t at, const std::function<void(const Retirement&)>& observe) {
    Retirement r;
    r.cycle = at;
    r.to_stream = top_->retire_out_o;
    r.last = top_->retire_final_o;
    r.bank = top_->retire_bank_o;
    r.tile = top_->retire_tile_o;
    if (top_->retire_batch_o) {
      r.split = top_->retire_split_o;
      r.column = top_->retire_col_o;
      r.octet = top_->retire_octet_o;
    }
    for (int i = 0; i < kRows; ++i) {
      r.lanes[i] = get_signed(&top_->retire_data_o[0], i * kAccW, kAccW);
    }
    observe(r);
  }

  [[noreturn]] void stop_on_error() const {
    static constexpr const char* kMeaning[] = {
        "", "illegal opcode", "instruction field out of range", "program without an end"};
    const int error = top_->error_o;
    throw Error(
        fmt::format("the accelerator stopped: {}", error <= kErrEnd ? kMeaning[error] : "?"),
        fmt::format("program word {}", static_cast<int>(top_->error_pc_o)),
        "compile the program again with axnn export");
  }

  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Top> top_;
  WeightReads reads_;
  std::uint64_t time_ = 0;
  std::size_t round_ = 1;
};

}  // namespace axnn
