#include "train/sam.h"

#include <cmath>

namespace axnn {

BatchGradient sam_gradient(const BatchGradient& gradient, double rho) {
  return [gradient, rho](const FloatNet& net, const Matrix<float>& x, const Targets& targets,
                         Gradients<float>& out) {
    const double value = gradient(net, x, targets, out);
    double squares = 0;
    for (const auto& g : out) squares += g.weights.squaredNorm() + g.bias.squaredNorm();
    if (squares == 0) return value;
    const auto scale = static_cast<float>(rho / std::sqrt(squares));
    FloatNet worst = net;
    for (std::size_t l = 0; l < net.size(); ++l) {
      worst[l].weights += scale * out[l].weights;
      worst[l].bias += scale * out[l].bias;
    }
    gradient(worst, x, targets, out);
    return value;
  };
}

}  // namespace axnn
