// AxTrain-act's regulariser: how much a network's outputs move if its weights do, and the exact
// gradient of that (paper, Eq. 4-13).
//
//   S = sum over k, l, i, j of |w_ij| |dO_k/dw_ij|            for one sample (Eq. 5)
//
// The absolute value stands inside the sum over samples, so Eq. 5 holds for a sample at a time. No
// sample needs a weight matrix of its own all the same: dO_k/dw_ij = delta_i a_j, hence with the
// V = |w| sign(delta_i) sign(a_j) of Eq. 7 the product V a is sign(delta) (|W| |a|), |W| |a| is the
// same for all outputs k, and what is linear in k is summed over k before it is multiplied.
//   B batch, I inputs and O outputs of a layer, K outputs of the network
// Templates over the scalar, instantiated for float and double, as in float_net.h.
#pragma once

#include <string_view>
#include <vector>

#include "model/float_net.h"
#include "train/hidden_pair.h"

namespace axnn {

/// What the O_k of Eq. 5 are.
enum class SensitivityOf {
  kOutputs,  ///< sigmoid outputs; they also become insensitive by saturating
  kLogits,   ///< the sums before the last unit
};

std::string_view sensitivity_name(SensitivityOf of);
/// Reads "outputs" or "logits". Throws Error for another name.
SensitivityOf parse_sensitivity(std::string_view name);

/// Intermediate results, reused between batches.
template <typename T>
struct SensitivityWork {
  std::vector<Matrix<T>> magnitudes;  ///< per layer O x I: |W|
  std::vector<Matrix<T>> masks;       ///< per hidden layer O x B: 1 where the ReLU passes
  std::vector<Matrix<T>> products;    ///< per layer O x B: |W| |a|
  std::vector<Matrix<T>> absolutes;   ///< per layer O x B: sum over k of |dO_k/d(sum)|
  HiddenPair<T> pair;                 ///< the last two hidden layers, all k
  std::vector<Matrix<T>> deltas;      ///< per hidden layer below: dlogit_k/d(sum), of one k
  std::vector<Matrix<T>> extras;      ///< per layer O x I: sum over k of delta R{a}^T
  Matrix<T> abs_x;                    ///< I x B
  Matrix<T> slope;                    ///< K x B: dO_k/dlogit_k
  Matrix<T> curvature;                ///< K x B: its derivative
  Matrix<T> responses;                ///< K x B: S of logit k
  Matrix<T> r;                        ///< R{a}, of one k
  Matrix<T> r_next;
  Matrix<T> scratch;
};

/// Gradients of E + lambda * S, S being the mean over the batch (Eq. 4).
///   x     inputs, I x B
///   work  as forward() left it for x, with dE/dlogits in deltas.back() (zero: gradients of S
///   alone);
///         all of deltas is overwritten
/// Biases do not count in S (they are not in the weight memory) but have a gradient. Returns S.
template <typename T>
double sensitivity_backward(SensitivityOf of, double lambda, const Net<T>& net, const Matrix<T>& x,
                            Workspace<T>& work, SensitivityWork<T>& s, Gradients<T>& gradients);

/// S as above, without gradients.
template <typename T>
double sensitivity(SensitivityOf of, const Net<T>& net, const Matrix<T>& x);

/// For every weight the mean over samples of sum over k of |dO_k/dw|: per layer O x I. Times |w|
/// and summed over all weights it is S.
template <typename T>
std::vector<Matrix<T>> weight_sensitivity(SensitivityOf of, const Net<T>& net, const Matrix<T>& x);

}  // namespace axnn
