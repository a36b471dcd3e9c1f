// Where each weight sits in the accelerator's memories. The compiler (sim/compiler.h) places the
// weights, and a fault map (faults.h) flips them, by this one definition.
#pragma once

#include <span>
#include <vector>

#include "model/network.h"

namespace axnn {

/// Neuron words that n activations take.
constexpr int neuron_words(int n) { return (n + kCols - 1) / kCols; }
/// Output tiles that n outputs take.
constexpr int output_tiles(int n) { return (n + kRows - 1) / kRows; }

struct LayerShape {
  int inputs = 0;
  int outputs = 0;
};

/// A weight's word in the images and its processing element, row * kCols + column.
struct WeightSlot {
  int word = 0;
  int pe = 0;

  friend bool operator==(const WeightSlot&, const WeightSlot&) = default;
};

/// Where a weight's lowest stored bit is; the others follow upwards.
struct WeightPlace {
  int memory = 0;   ///< 0 to kPes - 1: a PE's local memory; kPes + row: a macro of the buffer
  int address = 0;  ///< word of that memory
  int bit = 0;

  friend bool operator==(const WeightPlace&, const WeightPlace&) = default;
};

/// Memories of the weight island: the PEs' local ones, then one macro a row of PEs.
inline constexpr int kWeightMemories = kPes + kRows;

/// A weight word holds one weight for each PE. A layer takes ceil(O / kRows) * ceil(I / kCols)
/// words, tile of outputs by tile of outputs; a weight from input i to output o is in word
/// (o / kRows) * ceil(I / kCols) + i / kCols, at PE (o % kRows, i % kCols). What is left of a tile
/// is padding.
class WeightLayout {
 public:
  explicit WeightLayout(std::span<const LayerShape> layers);
  explicit WeightLayout(const IntegerNet& net);

  int words() const { return base_.back(); }
  /// True if the weights stay in the local memories, false if the array reads the weight buffer.
  bool local() const { return words() <= kLocalDepth; }
  const std::vector<LayerShape>& layers() const { return layers_; }
  /// First word of a layer.
  int base(std::size_t layer) const { return base_[layer]; }

  WeightSlot slot(std::size_t layer, int output, int input) const {
    const int tile = output / kRows * neuron_words(layers_[layer].inputs) + input / kCols;
    return {base_[layer] + tile, output % kRows * kCols + input % kCols};
  }

  /// The cells a weight is read from while the network runs.
  WeightPlace place(std::size_t layer, int output, int input) const {
    return place(slot(layer, output, input));
  }
  WeightPlace place(WeightSlot s) const {
    if (local()) return {s.pe, s.word, 0};
    return {kPes + s.pe / kCols, s.word, s.pe % kCols * kDataW};
  }

 private:
  std::vector<LayerShape> layers_;
  std::vector<int> base_;  // and the total
};

}  // namespace axnn
