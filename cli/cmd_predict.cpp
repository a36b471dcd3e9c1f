// axnn predict: classes and logits for new rows.

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "cli/voltage.h"
#include "data/new_rows.h"
#include "eval/predict.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "sim/compiler.h"
#include "sim/cosim.h"

namespace axnn::cli {
namespace {

constexpr int kNamedRows = 10;  // rows left out that are named; all are counted

struct Options {
  std::string model;
  std::string input;
  std::string multiplier = "fig8";
  std::string mode = "M0";
  Voltage voltage;
  std::uint64_t chip = 1;
  std::shared_ptr<RowOptions> table;
  bool skip_bad = false;
  std::string out;
  bool rtl = false;
  std::string mapping = "throughput";

  /// Flipped bits of the chip, if the voltage is lowered.
  std::optional<FaultMap> faults() const {
    return voltage.lowered() ? std::optional(FaultMap(chip, voltage.rate())) : std::nullopt;
  }
  /// True if weights are kept in a format of their own.
  bool stored() const { return voltage.lowered() || !voltage.weight_format.empty(); }
};

// Runs the RTL on a batch; throws if an output differs from the golden model's.
class RtlCheck {
 public:
  RtlCheck(const Options& o, const Model& model, Multiplier multiplier, int threads)
      : net_(model.integer_net()), multiplier_(multiplier) {
    const WeightFormat format =
        o.stored() ? o.voltage.format(model) : WeightFormat::kTwosComplement;
    program_ = compile(net_, multiplier, {.mapping = parse_mapping(o.mapping), .format = format});
    options_.threads = threads;
    options_.faults = o.faults();
  }

  void operator()(const Predictions& batch, std::int64_t first) {
    const CosimResult r =
        cosimulate(program_, net_, multiplier_, batch.codes, batch.classes, options_);
    if (r.first) {
      throw Error("RTL and golden model differ",
                  fmt::format("{} samples on, {}", first, r.first->describe()));
    }
    if (r.correct_rtl != r.samples || !r.counters_agree) {
      throw Error("RTL and golden model differ",
                  r.counters_agree ? "the classes" : "access counters");
    }
    outputs_ += r.outputs;
  }

  std::int64_t outputs() const { return outputs_; }

 private:
  IntegerNet net_;
  Multiplier multiplier_;
  Program program_;
  CosimOptions options_;
  std::int64_t outputs_ = 0;
};

void print_summary(const PredictReport& r, const NewRowsSource& source, std::int64_t compared) {
  std::string text = fmt::format("{} rows of {} ({})", r.rows, source.name(), source.understood());
  if (r.labelled > 0) {
    text += fmt::format(", {:.2f} % right",
                        100 * static_cast<double>(r.correct) / static_cast<double>(r.labelled));
  }
  if (r.unlabelled > 0) text += fmt::format(", {} without a label", r.unlabelled);
  if (r.unknown > 0) text += fmt::format(", {} labels that are no class of the model", r.unknown);
  if (r.skipped > 0) text += fmt::format(", {} rows left out", r.skipped);
  if (compared > 0) text += fmt::format(", {} outputs of the RTL compared, 0 differ", compared);
  fmt::print(stderr, "axnn: {}\n", text);
}

void run(const Options& o, const Common& common) {
  const Multiplier multiplier = parse_multiplier(o.multiplier, o.mode);
  const Model model = load_model(o.model);
  // Without flips weights stay as they are, unless a format asks for codes it can hold.
  const IntegerNet net = o.stored() ? apply_faults(model.integer_net(), o.voltage.format(model),
                                                   o.faults().value_or(FaultMap(0, 0)))
                                    : model.integer_net();
  const Predictor predictor(model, net, multiplier);
  std::optional<RtlCheck> rtl;
  if (o.rtl) rtl.emplace(o, model, multiplier, thread_count(common));
  if (!o.out.empty()) check_target(o.out);
  const auto source = open_new_rows(model, o.input, *o.table);

  PredictOptions options;
  options.format = common.json ? PredictionFormat::kJson : PredictionFormat::kCsv;
  options.skip_bad = o.skip_bad;
  options.threads = thread_count(common);
  if (rtl) {
    options.check = [&](const Predictions& batch, std::int64_t first) { (*rtl)(batch, first); };
  }
  int named = 0;
  options.on_skipped = [&](const std::string& message) {
    if (named++ < kNamedRows) fmt::print(stderr, "axnn: left out: {}\n", message);
  };
  options.progress = [&](std::int64_t rows) { progress(fmt::format("{} rows", rows)); };

  std::optional<OutputFile> file;
  if (!o.out.empty()) file.emplace(o.out);
  const auto write = [&](std::string_view text) {
    if (file) return file->write(text);
    // A pipe gets its answers as they come.
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout)) {
      throw Error(std::string("cannot write: ") + std::strerror(errno), "standard output");
    }
  };
  const PredictReport report = predict(predictor, *source, options, write);
  if (file) file->commit();
  progress("");
  warn(source->warnings());
  print_summary(report, *source, rtl ? rtl->outputs() : 0);
}

}  // namespace

void add_predict(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("predict", "Classes and logits of a model for new rows");
  auto o = std::make_shared<Options>();
  sub->add_option("model", o->model, "Model file (axnn train)")->required();
  sub->add_option("input", o->input,
                  "A table (- is standard input), IDX images, or a data set (axnn data list)")
      ->required();
  sub->add_option("--out,-o", o->out, "File for the predictions; without it they are printed");
  sub->add_option("--multiplier", o->multiplier, "fig8, booth, drum, drum:K or lut:FILE")
      ->capture_default_str();
  sub->add_option("--mode", o->mode, "Of the multiplier: M0, M1, M2 (booth M3, drum K1 to K9)")
      ->capture_default_str();
  add_supply(*sub, o->voltage);
  sub->add_option("--chip", o->chip, "Number of the chip whose bits flip at --vdd or --flip-rate")
      ->check(natural())
      ->capture_default_str();
  o->table = add_rows(*sub);
  sub->add_flag("--skip-bad", o->skip_bad,
                "Leave out rows that cannot be read, name the first ten and count them all; "
                "by default the first one is the end");
  sub->add_flag("--rtl", o->rtl, "Run the RTL too and compare every layer's every output");
  sub->add_option("--mapping", o->mapping, "With --rtl: latency, pipelined or throughput")
      ->capture_default_str()
      ->needs("--rtl");
  add_common(*sub, common);
  sub->footer(
      "Prints row (from 1), class, the row's label if it has one, and a logit a class; with --json "
      "an\nobject a line. What was read, and how many rows were right, goes to stderr.\n"
      "Tables are read as for training: any separator, decimal commas, ARFF, libsvm "
      "(docs/data.md). Columns\nare found by the names of a header, in any order, with or without "
      "the label; without a header by\ntheir number: the features alone, or all columns of the "
      "training table. --label, --no-label, --drop\nand --header say it instead. A category that "
      "the model does not know is none of those it knows;\nhow many there were is said.\n"
      "Example:\n  axnn predict mine.axnn new.csv --out classes.csv\n"
      "  axnn predict mine.axnn new.csv --multiplier booth --mode M2 --vdd 0.66 --chip 3 --json\n"
      "  grep -v '^#' new.csv | axnn predict mine.axnn - --skip-bad\n"
      "  axnn predict mnist.axnn t10k-images-idx3-ubyte.gz --mode M1 --rtl");
  sub->callback([o, &common] { run(*o, common); });
}

}  // namespace axnn::cli
