// The part of AxTrain-act that every output of a network needs on its own: the products between the
// last two hidden layers. Terms of units that a ReLU blocks, about half of all, are left out, and
// what follows element by element happens before a result leaves the registers.
//   B batch, K outputs of the network, I and O units of the lower and upper layer
#pragma once

#include <span>
#include <vector>

#include "model/float_net.h"

namespace axnn {

/// All matrices are one column a sample. Results do not depend on what was computed before.
template <typename T>
class HiddenPair {
 public:
  /// What both passes need.
  struct Inputs {
    const Matrix<T>& weights;     ///< O x I: between the two layers
    const Matrix<T>& heads;       ///< K x O: of the output layer
    const Matrix<T>& upper_mask;  ///< O x B: 1 where the ReLU passes, else 0
    const Matrix<T>& lower_mask;  ///< I x B
    const Matrix<T>& products;    ///< I x B: |W| |a| of the lower layer, masked
    const Matrix<T>& slope;       ///< K x B
  };

  /// delta_k = lower_mask * (weights^T (upper_mask * heads_k)) for all k. Adds slope_k |delta_k|
  /// to `absolutes` (I x B) and the sums of |delta_k| products to `responses` (K x B); keeps
  /// R{a}_k = slope_k sign(delta_k) products and, if told, delta_k.
  void backward(const Inputs& in, bool keep_deltas, Matrix<T>& absolutes, Matrix<T>& responses);

  /// delta_k of the last backward() that kept them, I x B.
  void delta_of(Eigen::Index k, Matrix<T>& delta) const;

  /// Adds to R{a}_k (I x B) what comes from the layers below.
  void add_to_r(Eigen::Index k, const Matrix<T>& more);

  /// With P_k = upper_mask R{a}_k^T (O x I): adds heads_k P_k, summed over k, to `weights` (O x I),
  /// and the row sums of (weights between the layers) P_k to row k of `heads` (K x O).
  void forward_r(const Inputs& in, Matrix<T>& weights, Matrix<T>& heads);

 private:
  // Blocks of kBlock units: (block, row) has kBlock values, padded with zeros.
  static constexpr int kLanes = 64 / int(sizeof(T));
  static constexpr int kVectors = 2;
  static constexpr int kBlock = kLanes * kVectors;
  static constexpr int kOutputs = 10;  // at once: kOutputs * kVectors sums fill the registers
  using Blocks = std::vector<T, Eigen::aligned_allocator<T>>;

  template <int N>
  void backward_outputs(const Inputs& in, int k, Eigen::Index block, Eigen::Index b,
                        bool keep_deltas, T* absolutes, Matrix<T>& responses);

  // Lists of one length: their numbers, and how many of each count.
  struct Lists {
    std::vector<int> index;
    std::vector<int> count;
  };
  static std::span<const int> passing(const Lists& lists, Eigen::Index i) {
    const std::size_t length = lists.index.size() / lists.count.size();
    return {lists.index.data() + std::size_t(i) * length, std::size_t(lists.count[std::size_t(i)])};
  }

  /// What the upper mask (O x B) lets pass.
  void find_passing(const Matrix<T>& mask);

  T* r_at(Eigen::Index k, Eigen::Index block) {
    return r_.data() + (k * blocks_ + block) * batch_ * kBlock;
  }

  Eigen::Index rows_ = 0;  // I
  Eigen::Index batch_ = 0;
  Eigen::Index blocks_ = 0;
  Blocks weights_;   // row: o
  Blocks masks_;     // row: b
  Blocks products_;  // row: b
  Blocks r_;         // for each k; row: b
  Blocks deltas_;    // as r_
  Blocks sums_;      // row: o
  Matrix<T> heads_;  // K rounded up x O
  Lists units_;      // that pass, for each sample
  Lists samples_;    // for each unit of the upper layer
};

}  // namespace axnn
