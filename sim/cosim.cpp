#include "sim/cosim.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "model/error.h"
#include "model/parallel.h"
#include "sim/accelerator.h"

namespace axnn {
namespace {

// Samples of one run of the design, a multiple of any round. Fixed, so that the number of threads
// changes nothing.
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
  StoredGolden(const Program& program, const IntegerNet& net, Multiplier multiplier,
               WeightStorage storage)
      : program_(program),
        net_(net),
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

  /// All layers' outputs for samples that begin with sample number `first` since the weights were
  /// loaded.
  void run(std::span<const Code> samples, std::int64_t first, std::vector<BatchOutput>& out) const {
    if (!storage_.faults || storage_.faults->kind() != FaultKind::kTransient) {
      golden_.run_batch(samples, out);
      return;
    }
    const auto width = static_cast<std::size_t>(net_.inputs());
    out.assign(net_.layers.size(), {});
    std::vector<std::uint32_t> reads;
    std::optional<GoldenModel> model;
    std::vector<LayerOutput> one;
    for (std::size_t s = 0; s * width < samples.size(); ++s) {
      std::vector<std::uint32_t> now;
      for (std::size_t l = 0; l < net_.layers.size(); ++l) {
        now.push_back(reads_before(static_cast<int>(l), first + static_cast<std::int64_t>(s)));
      }
      if (now != reads) {
        IntegerNet net = net_;
        for (std::size_t l = 0; l < now.size(); ++l) net.layers[l] = as_read(now[l]).layers[l];
        model.emplace(net, multiplier_);
        reads = now;
      }
      model->run(samples.subspan(s * width, width), one);
      for (std::size_t l = 0; l < one.size(); ++l) {
        out[l].accumulators.insert(out[l].accumulators.end(), one[l].accumulators.begin(),
                                   one[l].accumulators.end());
        out[l].codes.insert(out[l].codes.end(), one[l].codes.begin(), one[l].codes.end());
      }
    }
  }

  bool padding_known() const { return !storage_.changes_weights(); }

 private:
  IntegerNet as_read(std::uint32_t read) const {
    return apply_faults(net_, storage_.format, storage_.faults.value_or(FaultMap(0, 0)), read);
  }

  // How often a layer's weight words were read before this sample: once for each sample, in a batch
  // once for each group of octets side by side.
  std::uint32_t reads_before(int layer, std::int64_t sample) const {
    const auto tag = std::ranges::find(program_.tags, layer, &LayerTag::layer);
    const LayerFields f = layer_fields(program_.instructions[std::size_t(tag->address)]);
    if (!f.batch) return static_cast<std::uint32_t>(sample);
    const std::int64_t octet = sample / kCols;
    const std::int64_t groups = (1 << f.octets_log) >> f.split;
    return static_cast<std::uint32_t>((octet >> f.octets_log) * groups + octet % groups);
  }

  const Program& program_;
  const IntegerNet& net_;
  Multiplier multiplier_;
  WeightStorage storage_;
  GoldenModel golden_;
};

// Compares the tiles of one run, in the order in which the program's layers emit them.
class Comparer {
 public:
  /// `samples` fills whole rounds; those beyond the labels are compared to nothing.
  Comparer(const Program& program, const IntegerNet& net, const StoredGolden& golden,
           std::span<const Code> samples, std::span<const int> labels, std::int64_t first_sample)
      : program_(program),
        net_(net),
        samples_(samples),
        labels_(labels),
        base_(first_sample),
        walk_(program, std::ssize(samples) / net.inputs() / program.round_samples) {
    golden.run(samples.first(labels.size() * std::size_t(net.inputs())), first_sample, outputs_);
    padding_known_ = golden.padding_known();
    best_.resize(labels.size());
    classes_.resize(labels.size());
    next_layer();
  }

  void take(const Retirement& r) {
    if (!active_) throw Error("more results than the program has layers", "co-simulation");
    const IntegerLayer& layer = net_.layers[std::size_t(tag_.layer)];
    check_order(r);
    const int rows = fields_.batch ? kRows >> fields_.split : kRows;
    for (int row = 0; row < kRows; ++row) {
      std::int64_t sample = first_;
      if (fields_.batch) {
        sample += (r.octet + row / rows * (kLines >> fields_.split)) * kCols + r.column;
      }
      compare(layer, r, row, sample, r.tile * rows + row % rows);
    }
    ++event_;
    if (!r.last) return;
    const bool last_layer = tag_.layer + 1 == static_cast<int>(net_.layers.size());
    if (last_layer) {
      finished_ += fields_.batch ? kCols << fields_.octets_log : 1;
      if (finished_ % program_.round_samples == 0) {
        if (finished_ == program_.round_samples) first_round_ = r.cycle;
        before_last_round_ = last_round_;
        last_round_ = r.cycle;
      }
    }
    next_layer();
  }

  void finish(const RunStats& stats) {
    if (active_) {
      throw Error("the program ended before all results came",
                  fmt::format("sample {}, layer {}", base_ + first_, tag_.layer + 1),
                  "compile it again with axnn export");
    }
    for (std::size_t s = 0; s < labels_.size(); ++s) {
      const auto outputs = static_cast<std::size_t>(net_.outputs());
      const std::span<const Code> codes(outputs_.back().codes);
      const std::span<const std::int32_t> sums(outputs_.back().accumulators);
      const auto best = [&](const auto values) {
        const auto column = values.subspan(s * outputs, outputs);
        return static_cast<int>(std::ranges::max_element(column) - column.begin());
      };
      result_.correct_golden += (codes.empty() ? best(sums) : best(codes)) == labels_[s];
      result_.correct_rtl += classes_[s] == labels_[s];
    }
    result_.samples = std::ssize(labels_);
    result_.cycles = stats.cycles;
    result_.lone_cycles = static_cast<std::int64_t>(first_round_ + 1 - stats.first_issue);
    result_.counters = stats.counters;
    const std::int64_t rounds = finished_ / program_.round_samples;
    result_.counters_agree = true;
    const AccessCounts want = count_accesses(program_, rounds);
    for (std::size_t n = 0; n < want.size(); ++n) {
      if (n != kCountCycles && want[n] != stats.counters[n]) result_.counters_agree = false;
    }
    // A round that works ahead is shorter if it is the last one.
    const bool ahead = std::ranges::any_of(
        program_.tags, [&](const LayerTag& t) { return t.sample >= program_.round_samples; });
    const std::int64_t whole = rounds - (ahead ? 2 : 1);
    if (whole < 1) return;
    between_ = (ahead ? before_last_round_ : last_round_) - first_round_;
    gaps_ = whole * program_.round_samples;
  }

  const CosimResult& result() const { return result_; }
  /// Cycles from the end of the first round to the end of the last one, and samples of it.
  std::uint64_t between() const { return between_; }
  std::int64_t gaps() const { return gaps_; }

 private:
  // The layer whose results come next.
  void next_layer() {
    active_ = false;
    event_ = 0;
    while (const auto w = walk_.next()) {
      if (opcode(*w) != kOpLayer && opcode(*w) != kOpBatch) continue;
      const auto tag = std::ranges::find(program_.tags, walk_.address(), &LayerTag::address);
      tag_ = *tag;
      fields_ = layer_fields(*w);
      first_ = walk_.round() * program_.round_samples + tag_.sample;
      if (tag_.layer < 0 || tag_.layer >= std::ssize(net_.layers)) {
        throw Error(fmt::format("the program has a layer {}", tag_.layer + 1), "co-simulation",
                    "does it belong to this model?");
      }
      active_ = true;
      return;
    }
  }

  void check_order(const Retirement& r) const {
    const int columns = fields_.batch ? kCols : 1;
    const int groups = fields_.batch ? (1 << fields_.octets_log) >> fields_.split : 1;
    const int tile = event_ / columns % fields_.out_tiles;
    const int group = event_ / columns / fields_.out_tiles;
    const bool last = event_ + 1 == groups * fields_.out_tiles * columns;
    const bool same = r.tile == tile && r.last == last && r.to_stream == fields_.to_stream &&
                      r.split == (fields_.batch ? fields_.split : -1) &&
                      (!fields_.batch || (r.column == event_ % kCols && r.octet == group));
    if (same) return;
    throw Error(
        fmt::format("tile {} of layer {} came where tile {} was due", r.tile, tag_.layer + 1, tile),
        fmt::format("sample {}, cycle {}", base_ + first_, r.cycle));
  }

  void compare(const IntegerLayer& layer, const Retirement& r, int row, std::int64_t sample,
               int neuron) {
    if (sample >= std::ssize(labels_)) return;
    const bool real = neuron < layer.outputs;
    const bool raw = layer.activation == Activation::kRaw;
    if (raw && !real && !padding_known_) return;
    const BatchOutput& want = outputs_[std::size_t(tag_.layer)];
    const auto at = std::size_t(sample) * std::size_t(layer.outputs) + std::size_t(neuron);
    std::int32_t golden = raw ? 0 : activate(layer.activation, 0, layer.shift);  // of the padding
    if (real) golden = raw ? want.accumulators[at] : want.codes[at];
    if (real && tag_.layer + 1 == std::ssize(net_.layers)) {
      std::int32_t& best = best_[std::size_t(sample)];
      if (neuron == 0 || r.lanes[row] > best) {
        best = r.lanes[row];
        classes_[std::size_t(sample)] = neuron;
      }
    }
    ++result_.outputs;
    if (r.lanes[row] == golden) return;
    ++result_.mismatches;
    if (result_.first) return;
    const auto inputs = std::size_t(layer.inputs);
    const std::span<const Code> from =
        tag_.layer == 0 ? samples_
                        : std::span<const Code>(outputs_[std::size_t(tag_.layer) - 1].codes);
    result_.first =
        Difference{.sample = base_ + sample,
                   .layer = tag_.layer + 1,
                   .neuron = neuron,
                   .cycle = r.cycle,
                   .golden = golden,
                   .rtl = r.lanes[row],
                   .operands = list_operands(
                       layer, from.subspan(std::size_t(sample) * inputs, inputs), neuron)};
  }

  const Program& program_;
  const IntegerNet& net_;
  std::span<const Code> samples_;
  std::span<const int> labels_;
  std::int64_t base_;
  ProgramWalk walk_;
  std::vector<BatchOutput> outputs_;
  bool padding_known_ = true;
  std::vector<std::int32_t> best_;  // largest output so far of each sample, and where
  std::vector<int> classes_;
  CosimResult result_;
  bool active_ = false;  // there is a layer whose results are due
  LayerTag tag_;
  LayerFields fields_;
  std::int64_t first_ = 0;  // its first sample
  int event_ = 0;           // results of it so far
  std::int64_t finished_ = 0;
  std::uint64_t first_round_ = 0;
  std::uint64_t last_round_ = 0;
  std::uint64_t before_last_round_ = 0;
  std::uint64_t between_ = 0;
  std::int64_t gaps_ = 0;
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
  for (std::size_t n = 0; n < sum.counters.size(); ++n) sum.counters[n] += b.counters[n];
  sum.counters_agree = a.counters_agree && b.counters_agree;
  if (!sum.first) sum.first = b.first;
  return sum;
}

CosimResult cosimulate(const Program& program, const IntegerNet& net, Multiplier multiplier,
                       std::span<const Code> samples, std::span<const int> labels,
                       const CosimOptions& options) {
  validate(program);
  const WeightStorage storage{program.format, options.faults};
  const StoredGolden golden(program, net, multiplier, storage);
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
  std::vector<std::int64_t> gaps(static_cast<std::size_t>(chunks));
  std::mutex progress_mutex;
  std::int64_t done = 0;

  const auto simulate = [&](std::shared_ptr<Accelerator>& design, std::size_t number) {
    const auto c = static_cast<std::int64_t>(number);
    if (!design) {
      design = options.make_design ? options.make_design(storage)
               : options.trace.empty()
                   ? make_rtl_accelerator(multiplier.kind, storage)
                   : make_traced_accelerator(multiplier.kind, options.trace, storage);
      design->load(program);
    }
    const auto first = static_cast<std::size_t>(c * chunk);
    const auto n = static_cast<std::size_t>(std::min(chunk, count - c * chunk));
    // The last round is filled up with zeros.
    const auto round = static_cast<std::size_t>(program.round_samples);
    const auto whole = (n + round - 1) / round * round;
    const auto real = samples.subspan(first * width, n * width);
    std::vector<Code> filled;
    if (whole != n) {
      filled.assign(real.begin(), real.end());
      filled.resize(whole * width);
    }
    const std::span<const Code> part = whole == n ? real : std::span<const Code>(filled);
    Comparer comparer(program, net, golden, part, labels.subspan(first, n), c * chunk);
    comparer.finish(
        design->run(part, net.inputs(), [&](const Retirement& r) { comparer.take(r); }));
    results[number] = comparer.result();
    between[number] = comparer.between();
    gaps[number] = comparer.gaps();
    const std::lock_guard lock(progress_mutex);
    done += static_cast<std::int64_t>(n);
    if (options.progress) options.progress(done);
  };
  // A thread keeps its simulator, which takes longer to build than a short run.
  parallel_for_with(results.size(), options.trace.empty() ? options.threads : 1, [&] {
    return [&simulate, design = std::shared_ptr<Accelerator>()](std::size_t c) mutable {
      simulate(design, c);
    };
  });

  CosimResult total;
  std::int64_t gap_samples = 0;
  std::uint64_t gap_cycles = 0;
  total.counters_agree = true;
  for (std::size_t c = 0; c < results.size(); ++c) {
    const CosimResult& r = results[c];
    total = total + r;
    gap_samples += gaps[c];
    gap_cycles += between[c];
  }
  total.lone_cycles = results[0].lone_cycles;
  total.cycles_per_sample = gap_samples > 0
                                ? static_cast<double>(gap_cycles) / static_cast<double>(gap_samples)
                                : static_cast<double>(total.lone_cycles) / program.round_samples;
  return total;
}

}  // namespace axnn
