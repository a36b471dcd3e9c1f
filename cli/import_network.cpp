#include "cli/import_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/progress.h"
#include "cli/table.h"
#include "data/split.h"
#include "eval/test_set.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "model/version.h"
#include "onnx/network.h"
#include "train/adopt.h"
#include "train/calibrate.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

// "0.5", "1/255" or a list of such.
std::vector<double> numbers(const std::string& text, const std::string& option) {
  std::vector<double> list;
  for (const std::string& word : CLI::detail::split(text, ',')) {
    double parts[2] = {0, 1};
    const std::vector<std::string> ratio = CLI::detail::split(word, '/');
    for (std::size_t i = 0; i < ratio.size(); ++i) {
      char* end = nullptr;
      const double value = std::strtod(ratio[i].c_str(), &end);
      if (ratio[i].empty() || *end != 0 || i > 1 || !std::isfinite(value) ||
          (i == 1 && value == 0)) {
        throw UsageError("'" + word + "' is no number", option,
                         "e.g. 0.5, 1/255, or a list with one for each feature");
      }
      parts[i] = value;
    }
    list.push_back(parts[0] / parts[1]);
  }
  return list;
}

onnx::RowScaling row_scaling(const std::string& name, const Dataset& data,
                             std::span<const int> train) {
  if (name == "none") return {};
  const ScalingKind kind = parse_scaling(name);
  const InputScaling s = fit_scaling(kind, data, train, 1e30);
  return {{s.offset.begin(), s.offset.end()}, {s.gain.begin(), s.gain.end()}};
}

onnx::RowScaling row_scaling(const NetworkOptions& o, const Dataset& data,
                             std::span<const int> train) {
  onnx::RowScaling rows = row_scaling(o.scaling, data, train);
  if (!o.offset.empty()) rows.offset = numbers(o.offset, "--offset");
  if (!o.gain.empty()) rows.gain = numbers(o.gain, "--gain");
  return rows;
}

// Rows as the file's input takes them.
std::vector<float> fed(const Dataset& data, std::span<const int> rows,
                       const onnx::RowScaling& scaling) {
  std::vector<float> out;
  for (const int n : rows) {
    const auto row = data.row(n);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double offset = scaling.offset[scaling.offset.size() == 1 ? 0 : i];
      const double gain = scaling.gain[scaling.gain.size() == 1 ? 0 : i];
      out.push_back(static_cast<float>((row[i] - offset) * gain));
    }
  }
  return out;
}

double float_accuracy(const onnx::Network& net, const Dataset& data, std::span<const int> rows,
                      const onnx::RowScaling& scaling) {
  InputScaling s = input_scaling(net, scaling);
  s.low = -1e30f;
  s.high = 1e30f;
  const Samples samples = scaled_samples(data, rows, s);
  return accuracy(net.float_net(), samples.x, samples.labels);
}

// Rows that were scaled in another way, when the network was trained, are the commonest mistake.
std::string scaling_hint(const onnx::Network& net, const Dataset& data, std::span<const int> train,
                         double accuracy) {
  std::string hint;
  double best = accuracy + 0.1;
  for (const char* name : {"byte", "z", "minmax"}) {
    const double other = float_accuracy(net, data, train, row_scaling(name, data, train));
    if (other <= best) continue;
    best = other;
    hint = fmt::format(
        "{:.1f} % of the training part are right, {:.1f} % with --scaling {}: was it trained on "
        "rows scaled so?",
        100 * accuracy, 100 * other, name);
  }
  return hint;
}

}  // namespace

void add_network_options(CLI::App& sub, NetworkOptions& o) {
  sub.add_option("--data", o.data,
                 "Data set (axnn data list) or the path of a CSV: what the network was trained for")
      ->group(kNetwork);
  o.table = add_table(sub);
  for (const char* name : {"--label", "--header", "--ignore"})
    sub.get_option(name)->group(kNetwork);
  sub.add_option("--split", o.split, "Number of the train/test split")
      ->check(natural())
      ->capture_default_str()
      ->group(kNetwork);
  sub.add_option("--scaling", o.scaling,
                 "What the program did to rows before the network: none, byte (x / 255), z (mean "
                 "0, deviation 1) or minmax "
                 "(0 to 1), fitted on the training part")
      ->check(CLI::IsMember({"none", "byte", "z", "minmax"}))
      ->capture_default_str()
      ->group(kNetwork);
  sub.add_option("--offset", o.offset,
                 "The same in numbers: (x - OFFSET) * GAIN; one, or one a feature: 0.5,1,...")
      ->group(kNetwork);
  sub.add_option("--gain", o.gain, "As --offset; a ratio is a number too: 1/255")->group(kNetwork);
  sub.add_option("--classes", o.classes,
                 "Names of the network's outputs, in their order (default: the data set's order)")
      ->delimiter(',')
      ->group(kNetwork);
  sub.add_option("--output", o.output, "Which of the network's outputs (default: the deepest)")
      ->group(kNetwork);
  sub.add_option("--multiplier", o.multiplier,
                 "Whose modes' accuracies are printed: fig8, booth, drum or lut:FILE")
      ->capture_default_str()
      ->group(kNetwork);
}

bool is_network(const std::vector<std::string>& files, const NetworkOptions& o) {
  if (!o.data.empty()) return true;
  if (files.size() != 1) return false;
  std::string extension = fs::path(files[0]).extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  constexpr std::string_view kVerilog[] = {".v", ".sv", ".vh", ".svh", ".lib"};
  constexpr std::string_view kNetworks[] = {".onnx",   ".pb",    ".pt",     ".pth",        ".h5",
                                            ".hdf5",   ".keras", ".pkl",    ".npz",        ".npy",
                                            ".joblib", ".ort",   ".tflite", ".safetensors"};
  if (std::ranges::find(kVerilog, extension) != std::end(kVerilog)) return false;
  if (std::ranges::find(kNetworks, extension) != std::end(kNetworks)) return true;
  std::ifstream in(files[0], std::ios::binary);
  std::string head(4096, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  return head.find('\0') != head.npos;
}

void import_network(const std::string& file, const NetworkOptions& o, const Common& common) {
  const onnx::Graph graph = onnx::read_graph(file);
  onnx::Network net = onnx::network_of(graph, o.output);
  if (o.data.empty()) {
    throw UsageError(
        "a network needs --data, the set it was trained for", file,
        fmt::format("it takes {} features and knows {} classes; axnn data list, or a CSV",
                    net.inputs(), net.classes()));
  }
  const std::vector<Multiplier> multipliers = parse_multipliers(o.multiplier, "all");
  const fs::path out =
      o.out.empty() ? fs::path(file).filename().replace_extension(".axnn") : fs::path(o.out);
  check_target(out);
  const Dataset data = load_dataset(o.data, *o.table);
  warn(data.warnings);
  if (net.inputs() != data.inputs()) {
    throw Error(fmt::format("the network takes {} features, the data set has {}", net.inputs(),
                            data.inputs()),
                file,
                "import it with the data it was trained for (--label, --ignore say what of a CSV "
                "is a feature)");
  }
  onnx::order_classes(net, o.classes, data.classes);
  const Split split = make_split(data, o.split);
  const onnx::RowScaling rows = row_scaling(o, data, split.train);
  const InputScaling scaling = input_scaling(net, rows);
  const double on_training = float_accuracy(net, data, split.train, rows);
  check_caps(net, scaled_samples(data, split.train,
                                 [&] {
                                   InputScaling s = scaling;
                                   s.low = -1e30f;
                                   s.high = 1e30f;
                                   return s;
                                 }())
                      .x);
  progress("import: exponents");
  AdoptOptions options;
  std::ranges::copy_if(multipliers, std::back_inserter(options.modes), in_hardware);
  options.seed = common.seed;
  options.threads = thread_count(common);
  Model model = adopt(net.float_net(), scaling, data, split.train, options);
  Provenance& p = model.provenance;
  p.version = kVersion;
  p.command = common.command;
  p.dataset = portable_path(data.name);
  p.table = data.table;
  model.table = data.schema;
  p.data_sha256 = data.sha256;
  p.training = "import";
  p.seed = common.seed;
  p.split = o.split;
  save_model(model, out);

  // The file itself, by its own operators, against what was made of it.
  progress("import: the file's own decisions");
  std::vector<int> own = decisions(graph, net, fed(data, split.test, rows));
  if (!o.classes.empty()) {
    for (int& c : own) {
      c = static_cast<int>(std::ranges::find(data.classes, o.classes[std::size_t(c)]) -
                           data.classes.begin());
    }
  }
  const TestSet test = make_test_set(model, data, split.test);
  Workspace<float> work;
  const Matrix<float>& logits = forward(float_net(model), test.scaled.x, work);
  int right = 0;
  int differ = 0;
  for (Eigen::Index n = 0; n < logits.cols(); ++n) {
    Eigen::Index top = 0;
    logits.col(n).maxCoeff(&top);
    right += own[std::size_t(n)] == test.labels[std::size_t(n)];
    differ += own[std::size_t(n)] != top;
  }
  progress("");
  const double share = double(right) / test.rows();
  Json json = {{"file", file},
               {"producer", graph.producer},
               {"opset", graph.opset},
               {"model", out.string()},
               {"dataset", data.name},
               {"samples", test.rows()},
               {"accuracy_float", share},
               {"accuracy_float_training", on_training},
               {"decisions_that_differ", differ}};
  json["notes"] = net.notes;
  for (const onnx::NetworkLayer& l : net.layers) {
    json["layers"].push_back({{"node", l.node},
                              {"inputs", l.weights.cols()},
                              {"outputs", l.weights.rows()},
                              {"activation", activation_name(l.activation)}});
  }
  json["layers"].back()["activation"] = "raw";
  for (const Multiplier& m : multipliers) {
    json["results"].push_back({{"multiplier", kind_name(m.kind)},
                               {"mode", mode_name(m)},
                               {"accuracy", accuracy(GoldenModel(model.integer_net(), m), test)}});
  }
  const std::string hint = o.scaling == "none" && o.offset.empty() && o.gain.empty() && !net.scales
                               ? scaling_hint(net, data, split.train, on_training)
                               : "";
  if (!hint.empty()) warn({hint});
  if (differ > 0) {
    warn({fmt::format("the file itself decides otherwise for {} of {} samples", differ,
                      test.rows())});
  }
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("file      {}{}, opset {}\n", file,
             graph.producer.empty() ? "" : " of " + graph.producer, graph.opset);
  std::string shape = std::to_string(net.inputs());
  for (const Json& l : json["layers"]) {
    shape += fmt::format(" - {}{}", l["outputs"].get<int>(),
                         l["activation"] == "raw" ? "" : " " + l["activation"].get<std::string>());
  }
  fmt::print("network   {}\n", shape);
  for (const std::string& note : net.notes) fmt::print("          {}\n", note);
  fmt::print("data      {}, split {}, {} test samples\n", data.name, o.split, test.rows());
  fmt::print("float     {:6.2f} %\n", 100 * share);
  for (const Json& row : json["results"]) {
    fmt::print("{} {}   {:6.2f} %\n", row["multiplier"].get<std::string>(),
               row["mode"].get<std::string>(), 100 * row["accuracy"].get<double>());
  }
  fmt::print("model     {}\n", out.string());
}

}  // namespace axnn::cli
