#include "eval/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "model/error.h"
#include "model/parallel.h"

namespace axnn {
namespace {

// Blocks that are in memory at once; fixed, so that the number of threads changes nothing.
constexpr std::size_t kBlocks = 16;

std::string csv_field(const std::string& text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string::npos && !text.starts_with(' ') &&
                     !text.ends_with(' ') && !text.empty();
  if (plain) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string json_text(const std::string& text) {
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Turns predictions into text.
class Writer {
 public:
  Writer(const std::vector<std::string>& classes, PredictionFormat format, bool labelled)
      : classes_(classes), json_(format == PredictionFormat::kJson), labelled_(labelled) {
    for (const std::string& name : classes) {
      names_.push_back(json_ ? json_text(name) : csv_field(name));
    }
  }

  std::string header() const {
    if (json_) return "";
    std::string line = labelled_ ? "row,class,label" : "row,class";
    for (const std::string& name : classes_) line += ',' + csv_field("logit_" + name);
    return line + '\n';
  }

  /// Rows of one block, of which the first has number `first`.
  std::string rows(const NewRows& rows, const Predictions& p, std::int64_t first) const {
    const std::size_t outputs = names_.size();
    std::string text;
    const auto to = std::back_inserter(text);
    for (std::size_t n = 0; n < p.classes.size(); ++n) {
      const std::string& name = names_[std::size_t(p.classes[n])];
      const double* logits = &p.logits[n * outputs];
      const std::int64_t number = first + rows.numbers[n];
      if (json_) {
        fmt::format_to(to, R"({{"row":{},"class":{})", number, name);
        if (labelled_) fmt::format_to(to, R"(,"label":{})", json_label(rows.labels[n]));
        for (std::size_t o = 0; o < outputs; ++o) {
          fmt::format_to(to, "{}{}:{}", o == 0 ? R"(,"logits":{)" : ",", names_[o], logits[o]);
        }
        text += "}}\n";
      } else {
        fmt::format_to(to, "{},{}", number, name);
        if (labelled_) text += ',' + (rows.labels[n].empty() ? "" : csv_field(rows.labels[n]));
        for (std::size_t o = 0; o < outputs; ++o) fmt::format_to(to, ",{}", logits[o]);
        text += '\n';
      }
    }
    return text;
  }

 private:
  static std::string json_label(const std::string& label) {
    return label.empty() ? "null" : json_text(label);
  }

  const std::vector<std::string>& classes_;
  bool json_;
  bool labelled_;
  std::vector<std::string> names_;  // of classes, as the format writes them
};

// What a block becomes.
struct Part {
  NewRows rows;
  std::int64_t first = 0;  // number of its first row, from 1
  Predictions predictions;
  std::string text;
};

// Up to kBlocks blocks of the input; fewer at its end, if it pauses, or if it breaks off: then
// `broken` says how.
std::vector<Part> next_parts(NewRowsSource& source, std::optional<Error>& broken) {
  std::vector<Part> parts;
  Part part;
  try {
    while (parts.size() < kBlocks && source.next(part.rows)) {
      parts.push_back(std::move(part));
      part = {};
      if (parts.back().rows.pause) break;
    }
  } catch (const Error& error) {
    broken = error;
    if (part.rows.count > 0) parts.push_back(std::move(part));
  }
  return parts;
}

// Leaves out what follows the first row that cannot be read; its message, if there is one.
std::optional<std::string> cut_at_bad_row(std::vector<Part>& parts) {
  const auto bad = std::ranges::find_if(parts, [](const Part& p) { return !p.rows.bad.empty(); });
  if (bad == parts.end()) return std::nullopt;
  parts.erase(bad + 1, parts.end());
  NewRows& rows = parts.back().rows;
  const NewRows::Bad first = rows.bad.front();
  const auto kept = static_cast<std::size_t>(first.row);  // as no row before is bad
  rows.features.resize(rows.features.size() / std::max<std::size_t>(rows.numbers.size(), 1) * kept);
  rows.numbers.resize(kept);
  if (!rows.labels.empty()) rows.labels.resize(kept);
  rows.bad.clear();
  return first.message;
}

void count_labels(const ClassIndex& index, const Part& part, PredictReport& report) {
  for (std::size_t n = 0; n < part.rows.labels.size(); ++n) {
    const std::string& label = part.rows.labels[n];
    const int wanted = label.empty() ? -1 : index.find(label);
    report.unlabelled += label.empty();
    report.unknown += !label.empty() && wanted < 0;
    report.labelled += wanted >= 0;
    report.correct += wanted == part.predictions.classes[n];
  }
}

}  // namespace

Predictor::Predictor(const Model& model, const IntegerNet& net, Multiplier multiplier)
    : model_(model), golden_(net, multiplier) {}

Predictions Predictor::run(std::span<const float> features) const {
  const InputScaling& scaling = model_.scaling;
  const std::size_t inputs = scaling.offset.size();
  const std::size_t count = features.size() / inputs;
  Predictions p;
  p.codes.resize(features.size());
  std::vector<float> scaled(inputs);
  for (std::size_t n = 0; n < count; ++n) {
    scale_input(scaling, features.subspan(n * inputs, inputs), scaled);
    quantize_input(scaling, scaled, std::span(p.codes).subspan(n * inputs, inputs));
  }
  const ModelLayer& last = model_.layers.back();
  const auto outputs = static_cast<std::size_t>(last.outputs);
  constexpr std::size_t kBatch = 128;  // samples whose activations stay in the cache
  std::vector<BatchOutput> out;
  p.logits.reserve(count * outputs);
  for (std::size_t n = 0; n < count; n += kBatch) {
    const std::size_t batch = std::min(kBatch, count - n);
    golden_.run_batch(std::span(p.codes).subspan(n * inputs, batch * inputs), out);
    const auto take = [&](const auto& values, int fraction) {
      const double unit = std::ldexp(1.0, -fraction);
      for (std::size_t b = 0; b < batch; ++b) {
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(b * outputs);
        const auto end = begin + static_cast<std::ptrdiff_t>(outputs);
        p.classes.push_back(static_cast<int>(std::max_element(begin, end) - begin));
        std::transform(begin, end, std::back_inserter(p.logits),
                       [unit](auto value) { return static_cast<double>(value) * unit; });
      }
    };
    if (out.back().codes.empty()) {
      take(out.back().accumulators, last.input_fraction + last.weight_fraction);
    } else {
      take(out.back().codes, last.output_fraction);
    }
  }
  return p;
}

PredictReport predict(const Predictor& predictor, NewRowsSource& source,
                      const PredictOptions& options,
                      const std::function<void(std::string_view)>& write) {
  const std::vector<std::string>& classes = predictor.model().classes;
  const ClassIndex index(classes);
  const Writer writer(classes, options.format, source.labelled());
  PredictReport report;
  write(writer.header());
  while (true) {
    std::optional<Error> broken;
    std::vector<Part> parts = next_parts(source, broken);
    if (parts.empty() && broken) throw *broken;
    if (parts.empty()) break;
    const std::optional<std::string> bad = options.skip_bad ? std::nullopt : cut_at_bad_row(parts);
    std::int64_t first = report.rows + report.skipped + 1;
    for (Part& part : parts) {
      part.first = first;
      first += part.rows.count;
    }
    parallel_for(parts.size(), options.threads, [&](std::size_t i) {
      Part& part = parts[i];
      part.predictions = predictor.run(part.rows.features);
      part.text = writer.rows(part.rows, part.predictions, part.first);
    });
    for (const Part& part : parts) {
      if (options.check && !part.predictions.classes.empty()) {
        options.check(part.predictions, report.rows);
      }
      write(part.text);
      count_labels(index, part, report);
      report.rows += std::ssize(part.rows.numbers);
      report.skipped += std::ssize(part.rows.bad);
      for (const NewRows::Bad& row : part.rows.bad) {
        if (options.on_skipped) options.on_skipped(row.message);
      }
    }
    if (bad) throw Error(*bad, "", "--skip-bad leaves such rows out");
    if (broken) throw *broken;
    if (options.progress) options.progress(report.rows);
  }
  if (report.rows == 0 && report.skipped > 0) {
    throw Error("no row can be read", source.name(), "see the lines above");
  }
  return report;
}

}  // namespace axnn
