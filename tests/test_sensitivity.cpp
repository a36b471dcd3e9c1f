// AxTrain-act: S and its gradient against Eq. 5 and 6 written out sample by sample, against finite
// differences and against hand arithmetic; Algorithm 1 step by step.

#include <catch2/catch.hpp>
#include <cmath>

#include "model/error.h"
#include "model/rng.h"
#include "train/act.h"
#include "train/sensitivity.h"

using namespace axnn;

namespace {

using Mat = Matrix<double>;
using DNet = Net<double>;

Mat random_matrix(int rows, int columns, std::uint64_t key, double size) {
  const Rng rng(key, Purpose::kTestNetwork);
  Mat m(rows, columns);
  for (int i = 0; i < m.size(); ++i) m.data()[i] = size * rng.normal(std::uint64_t(i));
  return m;
}

DNet random_net(const std::vector<int>& widths) {
  DNet net;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    net.push_back({random_matrix(widths[l + 1], widths[l], 10 + l, 0.7),
                   random_matrix(widths[l + 1], 1, 20 + l, 0.3)});
  }
  return net;
}

// dO_k/dw and dO_k/db of one sample, by the chain rule and nothing else.
Gradients<double> output_gradient(SensitivityOf of, const DNet& net, const Mat& x, int k) {
  std::vector<Mat> in = {x};
  std::vector<Mat> sums;
  for (std::size_t l = 0; l < net.size(); ++l) {
    sums.push_back(net[l].weights * in.back() + net[l].bias);
    in.push_back(sums.back().cwiseMax(0.0));
  }
  Mat delta = Mat::Zero(net.back().weights.rows(), 1);
  const double p = 1 / (1 + std::exp(-sums.back()(k)));
  delta(k) = of == SensitivityOf::kOutputs ? p * (1 - p) : 1;
  Gradients<double> g(net.size());
  for (std::size_t l = net.size(); l-- > 0;) {
    g[l] = {delta * in[l].transpose(), delta};
    if (l == 0) break;
    delta = net[l].weights.transpose() * delta;
    for (int i = 0; i < delta.size(); ++i) {
      if (sums[l - 1](i) <= 0) delta(i) = 0;
    }
  }
  return g;
}

double sign(double v) { return v > 0 ? 1 : v < 0 ? -1 : 0; }

// Eq. 5, mean over the samples.
double direct_s(SensitivityOf of, const DNet& net, const Mat& x) {
  double sum = 0;
  for (int b = 0; b < x.cols(); ++b) {
    for (int k = 0; k < net.back().weights.rows(); ++k) {
      const auto g = output_gradient(of, net, x.col(b), k);
      for (std::size_t l = 0; l < net.size(); ++l) {
        sum += net[l].weights.cwiseAbs().cwiseProduct(g[l].weights.cwiseAbs()).sum();
      }
    }
  }
  return sum / double(x.cols());
}

// Eq. 6, mean over the samples; the Hessian product by Eq. 7's definition, a difference quotient of
// first derivatives along V.
Gradients<double> direct_gradient(SensitivityOf of, const DNet& net, const Mat& x) {
  Gradients<double> total;
  for (const auto& layer : net) {
    total.push_back({0 * layer.weights, 0 * layer.bias});
  }
  constexpr double r = 1e-6;
  for (int b = 0; b < x.cols(); ++b) {
    for (int k = 0; k < net.back().weights.rows(); ++k) {
      const auto g = output_gradient(of, net, x.col(b), k);
      DNet up = net;
      DNet down = net;
      for (std::size_t l = 0; l < net.size(); ++l) {
        const Mat v = net[l].weights.cwiseAbs().cwiseProduct(g[l].weights.unaryExpr(&sign));
        up[l].weights += r * v;
        down[l].weights -= r * v;
      }
      const auto g_up = output_gradient(of, up, x.col(b), k);
      const auto g_down = output_gradient(of, down, x.col(b), k);
      for (std::size_t l = 0; l < net.size(); ++l) {
        total[l].weights += net[l].weights.unaryExpr(&sign).cwiseProduct(g[l].weights.cwiseAbs()) +
                            (g_up[l].weights - g_down[l].weights) / (2 * r);
        total[l].bias += (g_up[l].bias - g_down[l].bias) / (2 * r);
      }
    }
  }
  for (auto& layer : total) {
    layer.weights /= double(x.cols());
    layer.bias /= double(x.cols());
  }
  return total;
}

// Gradients of S alone.
Gradients<double> gradient_of_s(SensitivityOf of, const DNet& net, const Mat& x, double& s) {
  Workspace<double> work;
  SensitivityWork<double> memory;
  Gradients<double> g;
  forward(net, x, work);
  work.deltas.resize(net.size());
  work.deltas.back() = Mat::Zero(net.back().weights.rows(), x.cols());
  s = sensitivity_backward(of, 1.0, net, x, work, memory, g);
  return g;
}

const std::vector<std::vector<int>> kShapes = {
    {3, 2}, {4, 5, 3}, {6, 7, 5, 4}, {4, 19, 9, 12}, {5, 6, 7, 6, 3}, {3, 5, 4, 6, 5, 2}};

double worst_difference(const Gradients<double>& a, const Gradients<double>& b) {
  double worst = 0;
  for (std::size_t l = 0; l < a.size(); ++l) {
    worst = std::max({worst, (a[l].weights - b[l].weights).cwiseAbs().maxCoeff(),
                      (a[l].bias - b[l].bias).cwiseAbs().maxCoeff()});
  }
  return worst;
}

}  // namespace

TEST_CASE("S and its gradient equal Eq. 5 and 6 evaluated sample by sample, for any depth") {
  for (const auto& widths : kShapes) {
    for (SensitivityOf of : {SensitivityOf::kOutputs, SensitivityOf::kLogits}) {
      const DNet net = random_net(widths);
      const Mat x = random_matrix(widths.front(), 11, 30, 1);
      double s = 0;
      const auto g = gradient_of_s(of, net, x, s);
      INFO(widths.size() - 1 << " layers, " << sensitivity_name(of));
      CHECK(s == Approx(direct_s(of, net, x)).epsilon(1e-12));
      CHECK(sensitivity(of, net, x) == s);
      CHECK(worst_difference(g, direct_gradient(of, net, x)) < 1e-7 * std::max(1.0, s));
      CHECK(s > 0.1);
    }
  }
}

TEST_CASE("the gradient of S equals central differences of S") {
  for (const auto& widths : kShapes) {
    for (SensitivityOf of : {SensitivityOf::kOutputs, SensitivityOf::kLogits}) {
      DNet net = random_net(widths);
      const Mat x = random_matrix(widths.front(), 11, 40, 1);
      double s = 0;
      const auto g = gradient_of_s(of, net, x, s);
      Gradients<double> differences = g;
      const auto difference = [&](double& parameter) {
        constexpr double step = 1e-6;
        const double middle = parameter;
        parameter = middle + step;
        const double up = direct_s(of, net, x);
        parameter = middle - step;
        const double down = direct_s(of, net, x);
        parameter = middle;
        return (up - down) / (2 * step);
      };
      for (std::size_t l = 0; l < net.size(); ++l) {
        for (Eigen::Index i = 0; i < net[l].weights.size(); ++i) {
          differences[l].weights.data()[i] = difference(net[l].weights.data()[i]);
        }
        for (Eigen::Index i = 0; i < net[l].bias.size(); ++i) {
          differences[l].bias(i) = difference(net[l].bias(i));
        }
      }
      INFO(widths.size() - 1 << " layers, " << sensitivity_name(of));
      CHECK(worst_difference(g, differences) < 1e-7 * std::max(1.0, s));
    }
  }
}

TEST_CASE("the gradient of E + lambda S is the sum of both gradients") {
  const DNet net = random_net({6, 7, 5, 4});
  const Mat x = random_matrix(6, 5, 50, 1);
  const std::vector<int> labels = {0, 1, 2, 3, 0};
  Workspace<double> work;
  Gradients<double> bp;
  work.deltas.resize(net.size());
  loss(OutputKind::kSigmoid, forward(net, x, work), labels, work.deltas.back());
  backward(net, x, work, bp);
  double s = 0;
  const auto gs = gradient_of_s(SensitivityOf::kOutputs, net, x, s);
  loss(OutputKind::kSigmoid, forward(net, x, work), labels, work.deltas.back());
  SensitivityWork<double> memory;
  Gradients<double> both;
  sensitivity_backward(SensitivityOf::kOutputs, 0.3, net, x, work, memory, both);
  for (std::size_t l = 0; l < net.size(); ++l) {
    bp[l].weights += 0.3 * gs[l].weights;
    bp[l].bias += 0.3 * gs[l].bias;
  }
  CHECK(worst_difference(both, bp) < 1e-13);
}

TEST_CASE("S of one weight is |w| |x| on the logit and times o (1 - o) on the output") {
  DNet net = {{Mat::Constant(1, 1, -2), Vector<double>::Zero(1)}};
  const Mat x = Mat::Constant(1, 1, 0.5);
  double s = 0;
  CHECK(gradient_of_s(SensitivityOf::kLogits, net, x, s)[0].weights(0) == Approx(-0.5));
  CHECK(s == Approx(1));
  // o = sigmoid(-1) = 0.26894142, o (1 - o) = 0.19661193; S = 2 * 0.5 * that, and
  // dS/dw = -0.5 * 0.19661193 + 2 * 0.5 * 0.5 * 0.19661193 * (1 - 2 * 0.26894142).
  CHECK(gradient_of_s(SensitivityOf::kOutputs, net, x, s)[0].weights(0) ==
        Approx(-0.0528767).epsilon(1e-5));
  CHECK(s == Approx(0.19661193));
}

TEST_CASE("the map of weight sensitivities, weighted by |w|, sums to S") {
  const DNet net = random_net({6, 7, 5, 4});
  const Mat x = random_matrix(6, 9, 60, 1);
  for (SensitivityOf of : {SensitivityOf::kOutputs, SensitivityOf::kLogits}) {
    const auto maps = weight_sensitivity(of, net, x);
    double sum = 0;
    for (std::size_t l = 0; l < net.size(); ++l) {
      sum += maps[l].cwiseProduct(net[l].weights.cwiseAbs()).sum();
    }
    CHECK(sum == Approx(direct_s(of, net, x)));
    double entry = 0;  // one weight of the first layer, straight from its definition
    for (int b = 0; b < x.cols(); ++b) {
      for (int k = 0; k < 4; ++k) {
        entry +=
            std::abs(output_gradient(of, net, x.col(b), k)[0].weights(2, 3)) / double(x.cols());
      }
    }
    CHECK(maps[0](2, 3) == Approx(entry));
  }
  CHECK_THROWS_AS(parse_sensitivity("loss"), Error);
  CHECK(parse_sensitivity("logits") == SensitivityOf::kLogits);
}

TEST_CASE("Algorithm 1 raises, lowers, halves and caps lambda where its lines say so") {
  LambdaOptions o;
  o.initial = 1;
  o.step = 0.25;
  o.cap = 1.5;
  LambdaPolicy policy(o);
  policy.update(2.0);  // below infinity: line 5; E_a = 2
  CHECK(policy.lambda() == 1.25);
  policy.update(1.0);  // falls: line 5; E_a = 1.9
  CHECK(policy.lambda() == 1.5);
  policy.update(0.9);  // falls, but the cap holds; E_a = 1.8
  CHECK(policy.lambda() == 1.5);
  policy.update(1.0);  // rises, below E_a: line 8
  CHECK(policy.lambda() == 1.25);
  policy.update(3.0);  // rises above E_a: line 12
  CHECK(policy.lambda() == 0.625);

  o.initial = 0.1;
  o.step = 10;
  LambdaPolicy low(o);
  low.update(5);
  low.update(4);
  low.update(4.5);
  CHECK(low.lambda() == 0);  // line 10

  o.threshold = 10;
  o.step = 0.25;
  LambdaPolicy easy(o);
  easy.update(5);
  easy.update(9);  // rises, below E_thres: line 5
  CHECK(easy.lambda() == Approx(0.15));
}
