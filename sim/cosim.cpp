#include "sim/cosim.h"

#include <fmt/format.h>

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "model/error.h"
#include "sim/accelerator.h"

namespace axnn {
namespace {

// Samples of one run of the design. Fixed, so that the number of threads changes nothing.
constexpr std::int64_t kChunk = 128;

std::string list_operands(const IntegerLayer& layer, std::span<const Code> input, int neuron) {
  constexpr int kShown = 8;
  if (neuron >= layer.outputs) return "padding";
  std::string text;
  for (int i = 0; i < std::min(layer.inputs, kShown); ++i) {
    text += fmt::format(
        "{}{}*{}", i ? " " : "", input[std::size_t(i)],
        layer.weights[std::size_t(neuron) * std::size_t(layer.inputs) + std::size_t(i)]);
  }
  if (layer.inputs > kShown) text += fmt::format(" ... ({} pairs)", layer.inputs);
  return text + fmt::format(" + bias {} >> {}", layer.bias[std::size_t(neuron)], layer.shift);
}

// The golden model of what the weight memories return.
class StoredGolden {
 public:
  StoredGolden(const IntegerNet& net, Multiplier multiplier, WeightStorage storage)
      : net_(net),
        multiplier_(multiplier),
        storage_(std::move(storage)),
        golden_(storage_.changes_weights() ? as_read(0) : net, multiplier) {
    if (!storage_.changes_weights()) return;
    for (std::size_t l = 0; l + 1 < net.layers.size(); ++l) {
      const IntegerLayer& layer = net.layers[l];
      if (layer.activation == Activation::kRelu || layer.outputs % kRows == 0) continue;
      throw Error("padding neurons that are not 0 would read padding weights",
                  fmt::format("layer {}", l + 1),
                  fmt::format("make its width a multiple of {}, or store weights in two's "
                              "complement without faults",
                              kRows));
    }
  }

  /// Of inference number `sample` since the weights were loaded.
  void run(std::span<const Code> input, std::int64_t sample, std::vector<LayerOutput>& out) const {
    if (storage_.faults && storage_.faults->kind() == FaultKind::kTransient) {
      GoldenModel(as_read(static_cast<std::uint32_t>(sample)), multiplier_).run(input, out);
    } else {
      golden_.run(input, out);
    }
  }

  bool padding_known() const { return !storage_.changes_weights(); }

 private:
  IntegerNet as_read(std::uint32_t read) const {
    return apply_faults(net_, storage_.format, storage_.faults.value_or(FaultMap(0, 0)), read);
  }

  const IntegerNet& net_;
  Multiplier multiplier_;
  WeightStorage storage_;
  GoldenModel golden_;
};

// Compares the tiles of one run, which come in order: samples, layers, tiles.
class Comparer {
 public:
  Comparer(const IntegerNet& net, const StoredGolden& golden, std::span<const Code> samples,
           std::span<const int> labels, std::int64_t first_sample)
      : net_(net), golden_(golden), samples_(samples), labels_(labels), base_(first_sample) {}

  void take(const Retirement& r) {
    if (sample_ >= std::ssize(labels_)) throw Error("more results than samples", "co-simulation");
    if (layer_ == 0 && tile_ == 0) golden_.run(input(), base_ + sample_, outputs_);
    const IntegerLayer& layer = net_.layers[layer_];
    const bool last_layer = layer_ + 1 == net_.layers.size();
    const int tiles = output_tiles(layer.outputs);
    if (r.tile != tile_ || r.last != (tile_ + 1 == tiles) || r.to_stream != last_layer) {
      throw Error(
          fmt::format("tile {} of layer {} came where tile {} was due", r.tile, layer_ + 1, tile_),
          fmt::format("sample {}, cycle {}", base_ + sample_, r.cycle));
    }
    for (int row = 0; row < kRows; ++row) compare(layer, r, row);
    if (++tile_ < tiles) return;
    tile_ = 0;
    if (!last_layer) {
      ++layer_;
      return;
    }
    layer_ = 0;
    result_.correct_golden += argmax(outputs_.back()) == labels_[std::size_t(sample_)];
    result_.correct_rtl += rtl_class_ == labels_[std::size_t(sample_)];
    if (sample_ == 0) first_result_ = r.cycle;
    last_result_ = r.cycle;
    ++sample_;
  }

  void finish(const RunStats& stats) {
    if (sample_ != std::ssize(labels_) || layer_ != 0 || tile_ != 0) {
      throw Error("the program ended before all results came",
                  fmt::format("sample {}", base_ + sample_), "compile it again with axnn export");
    }
    result_.samples = sample_;
    result_.cycles = stats.cycles;
    result_.lone_cycles = static_cast<std::int64_t>(first_result_ + 1 - stats.first_issue);
    between_ = last_result_ - first_result_;
  }

  const CosimResult& result() const { return result_; }
  /// Cycles from the first sample's result to the last one's.
  std::uint64_t between() const { return between_; }

 private:
  std::span<const Code> input() const {
    const auto width = static_cast<std::size_t>(net_.inputs());
    return samples_.subspan(static_cast<std::size_t>(sample_) * width, width);
  }

  void compare(const IntegerLayer& layer, const Retirement& r, int row) {
    const int neuron = tile_ * kRows + row;
    const bool real = neuron < layer.outputs;
    const bool raw = layer.activation == Activation::kRaw;
    if (raw && !real && !golden_.padding_known()) return;
    const LayerOutput& want = outputs_[layer_];
    std::int32_t golden = raw ? 0 : activate(layer.activation, 0, layer.shift);  // of the padding
    if (real) {
      golden = raw ? want.accumulators[std::size_t(neuron)] : want.codes[std::size_t(neuron)];
    }
    if (real && layer_ + 1 == net_.layers.size() && (neuron == 0 || r.lanes[row] > rtl_best_)) {
      rtl_best_ = r.lanes[row];
      rtl_class_ = neuron;
    }
    ++result_.outputs;
    if (r.lanes[row] == golden) return;
    ++result_.mismatches;
    if (result_.first) return;
    const std::span<const Code> from =
        layer_ == 0 ? input() : std::span<const Code>(outputs_[layer_ - 1].codes);
    result_.first = Difference{.sample = base_ + sample_,
                               .layer = static_cast<int>(layer_) + 1,
                               .neuron = neuron,
                               .cycle = r.cycle,
                               .golden = golden,
                               .rtl = r.lanes[row],
                               .operands = list_operands(layer, from, neuron)};
  }

  const IntegerNet& net_;
  const StoredGolden& golden_;
  std::span<const Code> samples_;
  std::span<const int> labels_;
  std::int64_t base_;
  std::vector<LayerOutput> outputs_;
  CosimResult result_;
  std::int64_t sample_ = 0;
  std::size_t layer_ = 0;
  int tile_ = 0;
  std::int32_t rtl_best_ = 0;
  int rtl_class_ = 0;
  std::uint64_t first_result_ = 0;
  std::uint64_t last_result_ = 0;
  std::uint64_t between_ = 0;
};

}  // namespace

std::string Difference::describe() const {
  return fmt::format("sample {}, layer {}, neuron {}: golden {}, RTL {}, at cycle {}; operands {}",
                     sample, layer, neuron, golden, rtl, cycle, operands);
}

CosimResult operator+(const CosimResult& a, const CosimResult& b) {
  CosimResult sum = a;
  sum.samples += b.samples;
  sum.outputs += b.outputs;
  sum.mismatches += b.mismatches;
  sum.correct_golden += b.correct_golden;
  sum.correct_rtl += b.correct_rtl;
  sum.cycles += b.cycles;
  if (!sum.first) sum.first = b.first;
  return sum;
}

CosimResult cosimulate(const Program& program, const IntegerNet& net, Multiplier multiplier,
                       std::span<const Code> samples, std::span<const int> labels,
                       const CosimOptions& options) {
  const WeightStorage storage{program.format, options.faults};
  const StoredGolden golden(net, multiplier, storage);
  const auto count = static_cast<std::int64_t>(labels.size());
  const auto width = static_cast<std::size_t>(net.inputs());
  if (count == 0) throw Error("no samples to simulate", "co-simulation");
  if (samples.size() != labels.size() * width) {
    throw Error("samples and labels differ in number", "co-simulation");
  }
  const bool counted = options.faults && options.faults->kind() == FaultKind::kTransient;
  const std::int64_t chunk = counted ? count : kChunk;
  const std::int64_t chunks = (count + chunk - 1) / chunk;
  std::vector<CosimResult> results(static_cast<std::size_t>(chunks));
  std::vector<std::uint64_t> between(static_cast<std::size_t>(chunks));
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(chunks));
  std::atomic<std::int64_t> next = 0;
  std::mutex progress_mutex;
  std::int64_t done = 0;

  const auto work = [&] {
    std::unique_ptr<Accelerator> design;
    for (std::int64_t c = next++; c < chunks; c = next++) {
      try {
        if (!design) {
          design = options.trace.empty()
                       ? make_rtl_accelerator(multiplier.kind, storage)
                       : make_traced_accelerator(multiplier.kind, options.trace, storage);
          design->load(program);
        }
        const auto first = static_cast<std::size_t>(c * chunk);
        const auto n = static_cast<std::size_t>(std::min(chunk, count - c * chunk));
        const auto part = samples.subspan(first * width, n * width);
        Comparer comparer(net, golden, part, labels.subspan(first, n), c * chunk);
        comparer.finish(
            design->run(part, net.inputs(), [&](const Retirement& r) { comparer.take(r); }));
        results[std::size_t(c)] = comparer.result();
        between[std::size_t(c)] = comparer.between();
        const std::lock_guard lock(progress_mutex);
        done += static_cast<std::int64_t>(n);
        if (options.progress) options.progress(done);
      } catch (...) {
        errors[std::size_t(c)] = std::current_exception();
        next = chunks;  // the others finish what they have begun
      }
    }
  };
  const int wanted = options.trace.empty() ? std::max(options.threads, 1) : 1;
  const auto threads = std::min<std::int64_t>(wanted, chunks);
  std::vector<std::jthread> pool;
  for (std::int64_t t = 1; t < threads; ++t) pool.emplace_back(work);
  work();
  pool.clear();
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }

  CosimResult total;
  std::uint64_t gaps = 0;
  std::uint64_t gap_cycles = 0;
  for (std::size_t c = 0; c < results.size(); ++c) {
    const CosimResult& r = results[c];
    total = total + r;
    gaps += static_cast<std::uint64_t>(r.samples) - 1;
    gap_cycles += between[c];
  }
  total.lone_cycles = results[0].lone_cycles;
  total.cycles_per_sample = gaps > 0 ? static_cast<double>(gap_cycles) / static_cast<double>(gaps)
                                     : static_cast<double>(total.lone_cycles);
  return total;
}

}  // namespace axnn
