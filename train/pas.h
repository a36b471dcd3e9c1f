// AxTrain-pas: the accelerator's arithmetic in the forward pass, a straight-through gradient in the
// backward pass (paper, Sec. III-B). The forward pass is the golden model's to the bit: codes,
// operand transforms, exact integer products, rounding and saturation come from model/.
//   B batch, I inputs and O outputs of a layer
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "model/faults.h"
#include "model/float_net.h"
#include "model/multiplier.h"
#include "train/calibrate.h"
#include "train/trainer.h"

namespace axnn {

/// Which operands the gradient of a product sees.
enum class PasOperands {
  kExact,        ///< codes as they are: the exact product's gradient
  kTransformed,  ///< as the approximate multiplier transformed them
};

std::string_view operands_name(PasOperands operands);
/// Reads "exact" or "transformed". Throws Error for another name.
PasOperands parse_operands(std::string_view name);

/// Bit flips in the weight memory during training.
struct FlipOptions {
  double rate = 0;  ///< 0: none
  WeightFormat format = WeightFormat::kSignMagnitude;
  FaultKind kind = FaultKind::kTransient;  ///< drawn anew at each turn of the modes
  int chips = 32;          ///< kPersistent: chips taken in turn, none of those evaluation uses
  bool clean_too = false;  ///< the mean of the clean and the flipped network's gradients
  std::uint64_t seed = 1;
};

struct PasOptions {
  OutputKind output = OutputKind::kSoftmax;
  Formats formats;                ///< fixed during the training
  std::vector<Multiplier> modes;  ///< taken in turn, a batch each; at least one
  PasOperands operands = PasOperands::kExact;
  bool clip_gradient = false;  ///< Eq. 14, on each sample's own gradient
  FlipOptions flips;
  NeuronMask approximate;  ///< empty: all neurons; otherwise `operands` is kExact
};

/// Chip number `i` of those a training with this seed sees: 2^63 and up, which eval never uses.
std::uint64_t training_chip(std::uint64_t seed, int i);

/// Forward passes of one network in integers.
class PasForward {
 public:
  /// Weights are codes that `storage` can hold; `approximate` as in PasOptions.
  explicit PasForward(const Formats& formats, WeightFormat storage = WeightFormat::kTwosComplement,
                      NeuronMask approximate = {})
      : formats_(formats), storage_(storage), approximate_(std::move(approximate)) {}

  /// Takes a network's weights.
  void set_net(const FloatNet& net);

  /// Flips stored bits of the weights set last, until set_net is called again.
  void flip(const FlipMasks& masks);

  /// Runs x (I x B, scaled inputs). Returns logits, K x B: accumulators times their unit.
  const Matrix<float>& run(const Matrix<float>& x, Multiplier multiplier);

  /// What the last run left in layer l: weight codes (O x I, row-major), accumulators (O x B, bias
  /// added), the codes that entered it (I x B).
  const std::vector<Code>& weights(std::size_t l) const { return layers_[l].weights; }
  const std::vector<std::int32_t>& accumulators(std::size_t l) const { return layers_[l].sums; }
  const std::vector<Code>& inputs(std::size_t l) const { return layers_[l].inputs; }

  /// Gradients of a loss from `delta`, dLoss/dlogits (K x B; overwritten), straight through
  /// rounding, saturation and approximation: as if the layer were a float layer with the operands
  /// chosen. A saturated or blocked ReLU passes nothing; a sigmoid unit passes what the sigmoid would. With `clip` (Eq. 14) nothing passes where
  /// `batch` times the gradient is 1 or more in magnitude.
  void backward(Matrix<float>& delta, PasOperands operands, bool clip, Gradients<float>& gradients);

 private:
  struct Layer {
    int inputs_count = 0;
    int outputs_count = 0;
    std::vector<Code> weights;
    std::vector<std::int32_t> bias;
    std::vector<Code> inputs;
    std::vector<Code> operand_weights;
    std::vector<Code> operand_inputs;
    std::vector<std::int32_t> sums;
    int shift = 0;
    Activation activation = Activation::kRelu;
  };

  Formats formats_;
  WeightFormat storage_;
  NeuronMask approximate_;
  std::vector<Layer> layers_;
  Matrix<float> logits_;
  Matrix<float> values_;
  Matrix<float> weights_value_;  // I x O
  Matrix<float> before_;
};

/// Shapes of a network's layers.
std::vector<LayerShape> shapes_of(const FloatNet& net);

/// Nearest codes to `values`, as quantize() gives them one by one (for finite values).
void quantize_all(std::span<const float> values, int fraction, Code* codes);

/// Loss (of the hardware's logits) and straight-through gradients. `step` is read at each call and
/// chooses the mode; a TrainHooks::before_step must set it.
BatchGradient pas_gradient(const PasOptions& options, std::shared_ptr<const int> step);

/// Clamps weights to what their formats can hold, symmetrically: +-kCodeMax.
void clip_weights(FloatNet& net, const Formats& formats);

/// Moves each weight whose code `storage` cannot hold to the nearest one it can.
void store_weights(FloatNet& net, const Formats& formats, WeightFormat storage);

}  // namespace axnn
