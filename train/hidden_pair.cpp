#include "train/hidden_pair.h"

#include <algorithm>

namespace axnn {
namespace {

constexpr int kChains = 4;

// GCC's vectors: one AVX-512 register each, or as many smaller ones as the machine needs.
template <typename T>
struct VectorOf {
  typedef T Type __attribute__((vector_size(64), aligned(EIGEN_MAX_ALIGN_BYTES), may_alias));
};
template <typename T>
using Vec = typename VectorOf<T>::Type;

template <typename T>
const Vec<T>* vectors(const T* p) {
  return reinterpret_cast<const Vec<T>*>(p);
}
template <typename T>
Vec<T>* vectors(T* p) {
  return reinterpret_cast<Vec<T>*>(p);
}

template <typename T>
T sum_of(const Vec<T>& v) {
  return Eigen::Map<const Eigen::Array<T, 64 / int(sizeof(T)), 1>>(reinterpret_cast<const T*>(&v))
      .sum();
}

// Columns of m, cut into blocks: (block, column) has `size` values.
template <typename T>
void to_blocks(const Matrix<T>& m, int size, std::vector<T, Eigen::aligned_allocator<T>>& to) {
  const Eigen::Index blocks = (m.rows() + size - 1) / size;
  to.assign(std::size_t(blocks * m.cols() * size), T(0));
  T* out = to.data();
  for (Eigen::Index block = 0; block < blocks; ++block) {
    const Eigen::Index first = block * size;
    const Eigen::Index count = std::min<Eigen::Index>(size, m.rows() - first);
    for (Eigen::Index c = 0; c < m.cols(); ++c, out += size) {
      std::copy_n(m.col(c).data() + first, count, out);
    }
  }
}

// Adds such blocks to m.
template <typename T>
void add_blocks(const T* from, int size, Matrix<T>& m) {
  for (Eigen::Index first = 0; first < m.rows(); first += size) {
    const Eigen::Index count = std::min<Eigen::Index>(size, m.rows() - first);
    for (Eigen::Index c = 0; c < m.cols(); ++c, from += size) {
      T* to = m.col(c).data() + first;
      for (Eigen::Index i = 0; i < count; ++i) to[i] += from[i];
    }
  }
}

}  // namespace

template <typename T>
template <int N>
void HiddenPair<T>::backward_outputs(const Inputs& in, int k, Eigen::Index block, Eigen::Index b,
                                     bool keep_deltas, T* absolutes, Matrix<T>& responses) {
  const T* weights = weights_.data() + block * in.weights.rows() * kBlock;
  const T* heads = heads_.data() + k;
  const Eigen::Index stride = heads_.rows();
  Vec<T> sums[N][kVectors] = {};
  for (const int o : passing(units_, b)) {
    const Vec<T>* row = vectors(weights + Eigen::Index{o} * kBlock);
    const T* head = heads + o * stride;
#pragma GCC unroll 10
    for (int n = 0; n < N; ++n) {
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) sums[n][v] += head[n] * row[v];
    }
  }
  const Eigen::Index place = (block * batch_ + b) * kBlock;
  const Vec<T>* mask = vectors(masks_.data() + place);
  const Vec<T>* products = vectors(products_.data() + place);
  Vec<T>* total = vectors(absolutes);
#pragma GCC unroll 10
  for (int n = 0; n < N; ++n) {
    if (k + n >= in.slope.rows()) break;
    const T slope = in.slope(k + n, b);
    T* r = r_at(k + n, block) + b * kBlock;
    Vec<T> response = {};
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      const Vec<T> delta = sums[n][v] * mask[v];
      const Vec<T> size = delta < 0 ? -delta : delta;
      const Vec<T> reach = slope * products[v];
      total[v] += slope * size;
      response += size * products[v];
      vectors(r)[v] = delta > 0 ? reach : delta < 0 ? -reach : Vec<T>{};
      if (keep_deltas) vectors(deltas_.data() + (r - r_.data()))[v] = delta;
    }
    responses(k + n, b) += sum_of<T>(response);
  }
}

template <typename T>
void HiddenPair<T>::find_passing(const Matrix<T>& mask) {
  const Eigen::Index units = mask.rows();
  const Eigen::Index batch = mask.cols();
  units_.index.resize(std::size_t(units * batch));
  samples_.index.resize(std::size_t(units * batch));
  units_.count.assign(std::size_t(batch), 0);
  samples_.count.assign(std::size_t(units), 0);
  for (Eigen::Index b = 0; b < batch; ++b) {
    int& units_here = units_.count[std::size_t(b)];
    for (Eigen::Index o = 0; o < units; ++o) {
      // Written in any case, kept if it passes: a branch would be mispredicted every other time.
      const int passes = mask(o, b) != 0;
      int& samples_here = samples_.count[std::size_t(o)];
      units_.index[std::size_t(b * units + units_here)] = static_cast<int>(o);
      samples_.index[std::size_t(o * batch + samples_here)] = static_cast<int>(b);
      units_here += passes;
      samples_here += passes;
    }
  }
}

template <typename T>
void HiddenPair<T>::backward(const Inputs& in, bool keep_deltas, Matrix<T>& absolutes,
                             Matrix<T>& responses) {
  rows_ = in.products.rows();
  batch_ = in.products.cols();
  blocks_ = (rows_ + kBlock - 1) / kBlock;
  const Eigen::Index outputs = in.heads.rows();
  to_blocks<T>(in.weights.transpose(), kBlock, weights_);
  to_blocks(in.lower_mask, kBlock, masks_);
  to_blocks(in.products, kBlock, products_);
  heads_.setZero((outputs + kOutputs - 1) / kOutputs * kOutputs, in.heads.cols());
  heads_.topRows(outputs) = in.heads;
  r_.resize(std::size_t(outputs * blocks_ * batch_ * kBlock));
  if (keep_deltas) deltas_.resize(r_.size());
  find_passing(in.upper_mask);
  Blocks totals(std::size_t(blocks_ * batch_ * kBlock));
  for (Eigen::Index block = 0; block < blocks_; ++block) {
    for (Eigen::Index b = 0; b < batch_; ++b) {
      T* total = totals.data() + (block * batch_ + b) * kBlock;
      for (int k = 0; k < outputs; k += kOutputs) {
        backward_outputs<kOutputs>(in, k, block, b, keep_deltas, total, responses);
      }
    }
  }
  add_blocks(totals.data(), kBlock, absolutes);
}

template <typename T>
void HiddenPair<T>::delta_of(Eigen::Index k, Matrix<T>& delta) const {
  delta.setZero(rows_, batch_);
  add_blocks(deltas_.data() + k * blocks_ * batch_ * kBlock, kBlock, delta);
}

template <typename T>
void HiddenPair<T>::add_to_r(Eigen::Index k, const Matrix<T>& more) {
  Blocks blocks;
  to_blocks(more, kBlock, blocks);
  T* r = r_at(k, 0);
  for (std::size_t i = 0; i < blocks.size(); ++i) r[i] += blocks[i];
}

template <typename T>
void HiddenPair<T>::forward_r(const Inputs& in, Matrix<T>& weights, Matrix<T>& heads) {
  const Eigen::Index rows = in.weights.rows();
  sums_.assign(std::size_t(blocks_ * rows * kBlock), T(0));
  for (Eigen::Index k = 0; k < in.heads.rows(); ++k) {
    for (Eigen::Index block = 0; block < blocks_; ++block) {
      const T* r = r_at(k, block);
      for (Eigen::Index o = 0; o < rows; ++o) {
        // Several sums a vector, so that an addition need not wait for the one before.
        const std::span<const int> samples = passing(samples_, o);
        Vec<T> sums[kChains][kVectors] = {};
        std::size_t j = 0;
        for (; j + kChains <= samples.size(); j += kChains) {
#pragma GCC unroll 4
          for (int c = 0; c < kChains; ++c) {
            const Vec<T>* add = vectors(r + Eigen::Index{samples[j + std::size_t(c)]} * kBlock);
#pragma GCC unroll 2
            for (int v = 0; v < kVectors; ++v) sums[c][v] += add[v];
          }
        }
        for (; j < samples.size(); ++j) {
          const Vec<T>* add = vectors(r + Eigen::Index{samples[j]} * kBlock);
#pragma GCC unroll 2
          for (int v = 0; v < kVectors; ++v) sums[0][v] += add[v];
        }
        const Eigen::Index place = (block * rows + o) * kBlock;
        const Vec<T>* row = vectors(weights_.data() + place);
        Vec<T>* total = vectors(sums_.data() + place);
        const T head = in.heads(k, o);
        Vec<T> along = {};
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) {
          const Vec<T> p = (sums[0][v] + sums[1][v]) + (sums[2][v] + sums[3][v]);
          total[v] += head * p;
          along += row[v] * p;
        }
        heads(k, o) += sum_of<T>(along);
      }
    }
  }
  Matrix<T> transposed = Matrix<T>::Zero(rows_, rows);
  add_blocks(sums_.data(), kBlock, transposed);
  weights += transposed.transpose();
}

template class HiddenPair<float>;
template class HiddenPair<double>;

}  // namespace axnn
