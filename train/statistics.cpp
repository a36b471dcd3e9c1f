#include "train/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "train/calibrate.h"

namespace axnn {
namespace {

void add_cdf(std::string& csv, const char* kind, std::size_t layer, std::vector<float> values) {
  for (float& v : values) v = std::abs(v);
  std::sort(values.begin(), values.end());
  for (std::size_t percent = 0; percent <= 100; ++percent) {
    const std::size_t rank = (percent * values.size() + 99) / 100;
    fmt::format_to(std::back_inserter(csv), "{},{},{},{}\n", kind, layer,
                   static_cast<double>(percent) / 100, values[rank == 0 ? 0 : rank - 1]);
  }
}

}  // namespace

std::string distribution_csv(const Model& model, const Samples& samples) {
  const FloatNet net = float_net(model);
  const Matrix<float> x = some_columns(samples.x);
  Workspace<float> work;
  forward(net, x, work);
  std::string csv = "kind,layer,share,magnitude\n";
  for (const bool weights : {true, false}) {
    const char* kind = weights ? "weight" : "activation";
    std::vector<float> all;
    for (std::size_t l = 0; l < net.size(); ++l) {
      const Matrix<float>& m = weights ? net[l].weights : l == 0 ? x : work.outputs[l - 1];
      const std::vector<float> values(m.data(), m.data() + m.size());
      all.insert(all.end(), values.begin(), values.end());
      add_cdf(csv, kind, l + 1, values);
    }
    add_cdf(csv, kind, 0, all);
  }
  return csv;
}

std::string sensitivity_csv(const Model& model, const Samples& samples, SensitivityOf of) {
  const FloatNet net = float_net(model);
  const auto maps = weight_sensitivity(of, net, some_columns(samples.x));
  std::string csv = "layer,output,input,weight,sensitivity,contribution\n";
  for (std::size_t l = 0; l < net.size(); ++l) {
    for (Eigen::Index o = 0; o < maps[l].rows(); ++o) {
      for (Eigen::Index i = 0; i < maps[l].cols(); ++i) {
        const float w = net[l].weights(o, i);
        fmt::format_to(std::back_inserter(csv), "{},{},{},{},{},{}\n", l + 1, o, i, w,
                       maps[l](o, i), maps[l](o, i) * std::abs(w));
      }
    }
  }
  return csv;
}

}  // namespace axnn
