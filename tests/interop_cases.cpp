// Writes what `make interop` runs in ONNX Runtime: imported files with the classes that axnn gives,
// and exported ones with the golden model's codes, over test sets.
//   interop_cases FOLDER MODEL.axnn...

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "data/split.h"
#include "eval/test_set.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "onnx/export.h"
#include "onnx/network.h"
#include "tests/onnx_nets.h"
#include "train/calibrate.h"

namespace axnn {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::size_t kSamples = 1000;

template <typename To, typename From>
std::string bytes_of(const From& values) {
  std::string out;
  for (const auto v : values) {
    const auto value = static_cast<To>(v);
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return out;
}

class Cases {
 public:
  explicit Cases(fs::path folder) : folder_(std::move(folder)) {}

  void model(const std::string& file) {
    const Model model = load_model(file);
    const Dataset data = load_data_of(model, file);
    std::vector<int> rows = make_split(data, model.provenance.split).test;
    // Small test parts are filled up from the training part.
    for (const int n : make_split(data, model.provenance.split).train) {
      if (rows.size() < kSamples) rows.push_back(n);
    }
    rows.resize(std::min(rows.size(), kSamples));
    const std::string name = fs::path(file).stem().string();
    std::vector<float> features;
    for (const int n : rows)
      features.insert(features.end(), data.row(n).begin(), data.row(n).end());
    write_file(folder_ / (name + ".rows"), bytes_of<float>(features));
    const TestSet test = make_test_set(model, data, rows);
    for (const char* kind : {"booth", "fig8"}) {
      for (const char* mode : {"M0", "M1", "M2"})
        exact(model, name, test, parse_multiplier(kind, mode));
    }
    imported(model, name, features, rows.size());
  }

  void save() const { write_file(folder_ / "cases.json", cases_.dump(1)); }

 private:
  // Every code of every layer, every accumulator, every class.
  void exact(const Model& model, const std::string& rows, const TestSet& test,
             const Multiplier& m) {
    const std::string name = fmt::format("{}-{}-{}", rows, kind_name(m.kind), mode_name(m));
    write_file(folder_ / (name + ".onnx"),
               encode_graph(export_graph(model, m, onnx::ExportForm::kExact, true)));
    const GoldenModel golden(model.integer_net(), m);
    std::vector<BatchOutput> out;
    golden.run_batch(test.codes, out);
    Json outputs = Json::array();
    const auto wanted = [&](const std::string& output, const std::string& bytes, const char* type) {
      write_file(folder_ / (name + "." + output), bytes);
      outputs.push_back({{"name", output}, {"file", name + "." + output}, {"type", type}});
    };
    wanted("codes0", bytes_of<double>(test.codes), "float64");
    for (std::size_t l = 0; l + 1 < out.size(); ++l)
      wanted(fmt::format("codes{}", l + 1), bytes_of<double>(out[l].codes), "float64");
    wanted("accumulators", bytes_of<double>(out.back().accumulators), "float64");
    wanted("class", bytes_of<std::int64_t>(golden.classify_batch(test.codes)), "int64");
    cases_.push_back({{"name", name},
                      {"kind", "exact"},
                      {"model", name + ".onnx"},
                      {"rows", rows + ".rows"},
                      {"input", "x"},
                      {"features", test.inputs},
                      {"samples", test.rows()},
                      {"batch", test.rows()},
                      {"outputs", outputs}});
  }

  // Files of three tools that compute what the model's float network does.
  void imported(const Model& model, const std::string& rows, const std::vector<float>& features,
                std::size_t samples) {
    InputScaling scaling = model.scaling;
    for (float& g : scaling.gain) {
      if (g == 0) g = 1;  // a constant feature: those tools leave it alone
    }
    std::vector<NetCase> nets = framework_nets(float_net(model), scaling);
    if (model.classes.size() == 2)
      std::ranges::move(binary_nets(float_net(model), scaling), std::back_inserter(nets));
    for (const NetCase& c : nets) {
      const std::string name = rows + "-" + c.name;
      fs::create_directories(folder_ / name);
      write_file(folder_ / name / "net.onnx", c.bytes);
      for (const auto& [file, bytes] : c.beside) write_file(folder_ / name / file, bytes);
      const onnx::Graph graph = onnx::read_graph(folder_ / name / "net.onnx");
      const onnx::Network net = onnx::network_of(graph);
      InputScaling own = input_scaling(net, {});
      own.low = -1e30f;
      own.high = 1e30f;
      Matrix<float> x(net.inputs(), Eigen::Index(samples));
      for (std::size_t n = 0; n < samples; ++n) {
        const auto width = std::size_t(net.inputs());
        scale_input(own, std::span(features).subspan(n * width, width),
                    {x.col(Eigen::Index(n)).data(), width});
      }
      Workspace<float> work;
      const Matrix<float>& logits = forward(net.float_net(), x, work);
      std::vector<int> classes;
      for (Eigen::Index n = 0; n < logits.cols(); ++n) {
        Eigen::Index top = 0;
        logits.col(n).maxCoeff(&top);
        classes.push_back(static_cast<int>(top));
      }
      write_file(folder_ / name / "classes", bytes_of<std::int32_t>(classes));
      const bool one = net.one_output;
      cases_.push_back({{"name", name},
                        {"kind", "imported"},
                        {"model", name + "/net.onnx"},
                        {"rows", rows + ".rows"},
                        {"beside", c.beside.empty() ? "" : c.beside.begin()->first},
                        {"input", net.input},
                        {"shape", net.input_shape},
                        {"features", net.inputs()},
                        {"samples", samples},
                        {"batch", net.batch > 0 ? std::size_t(net.batch) : samples},
                        {"decides", c.decides},
                        {"threshold", one ? Json(net.threshold) : Json()},
                        {"classes", name + "/classes"}});
    }
  }

  fs::path folder_;
  Json cases_ = Json::array();
};

}  // namespace
}  // namespace axnn

int main(int argc, char** argv) {
  try {
    std::filesystem::create_directories(argv[1]);
    axnn::Cases cases(argv[1]);
    for (int i = 2; i < argc; ++i) cases.model(argv[i]);
    cases.save();
  } catch (const std::exception& e) {
    std::cerr << "interop_cases: " << e.what() << '\n';
    return 1;
  }
}
