// Which power-of-two exponents serve a network best in the modes it will run in: tried out by short
// trainings, judged on a validation part of the training data. The biggest lever of AxTrain-pas.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "train/calibrate.h"
#include "train/pas.h"

namespace axnn {

/// How often each grid's range is halved below the one that holds 99.9 % of its values.
struct Halvings {
  std::vector<int> activations;  ///< L: of what enters each layer
  std::vector<int> weights;      ///< L

  friend bool operator==(const Halvings&, const Halvings&) = default;
};

/// Fractional bits whose range is the smallest power of two that holds 99.9 % of the magnitudes;
/// kDataW - 1 if those are all zero. Throws Error for a value that is not finite.
int percentile_fraction(std::span<const float> values);

/// The grids of a network: percentile_fraction of its weights and of its activations on `samples`
/// (from the training part), each range halved as told; limit_shifts done.
Formats halved_formats(const FloatNet& net, const Samples& samples, const Halvings& halvings);

struct FormatSearch {
  int candidates = 24;   ///< 0 or 1: no search
  int max_halvings = 2;  ///< each grid's range is 1, 1/2, ... 1 / 2^max_halvings
  int epochs = 10;       ///< of a short training
  int finalists = 4;     ///< trained three times as long and judged again
};

/// One short training's end: lower is better.
using FormatScore = std::function<double(const Halvings& halvings, int epochs)>;

/// Tries no halving at all and `candidates` - 1 random choices; the best finalist wins, the earlier
/// one on a tie. `score` is called on at most `threads` threads at once. The same arguments give
/// the same choice, whatever the threads.
Halvings search_formats(int layers, const FormatSearch& search, std::uint64_t seed,
                        const FormatScore& score, int threads = 1);

/// Share of samples that the hardware classifies rightly, and the mean loss of its logits.
struct HardwareScore {
  double accuracy = 0;
  double loss = 0;
};

/// Of a network on given formats in one mode, weights stored in `storage` and flipped if `masks` is
/// not null; `approximate` as in PasOptions.
HardwareScore hardware_score(const FloatNet& net, const Formats& formats, Multiplier mode,
                             OutputKind output, const Samples& samples,
                             const FlipMasks* masks = nullptr,
                             WeightFormat storage = WeightFormat::kSignMagnitude,
                             const NeuronMask& approximate = {});

}  // namespace axnn
