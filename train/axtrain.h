// The trainings of the paper, from samples to a network on its grids: BP, AxTrain-act, AxTrain-pas,
// AxTrain (act, then pas); for comparison SAM, ApproxANN and AxNN. A training has up to two stages:
// one without hardware, and pas.
//
// ApproxANN and AxNN take a trained network and let its least critical neurons multiply
// approximately, a tenth of all more each round, and retrain it (pas, exponents not searched). Both
// go on while the network loses at most `loss_limit` on the validation parts, and then do as many
// rounds on the whole training part.
//   ApproxANN  ranks anew each round, goes on with the retrained network (Zhang et al., DATE 2015)
//   AxNN       ranks once, retrains the trained network for each share (Venkataramani et al.,
//              ISLPED 2014)
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/act.h"
#include "train/criticality.h"
#include "train/format_search.h"
#include "train/pas.h"
#include "train/stopping.h"
#include "train/teachers.h"
#include "train/trainer.h"

namespace axnn {

enum class Method {
  kBp,
  kAct,      ///< AxTrain-act
  kPas,      ///< BP, then AxTrain-pas
  kAxTrain,  ///< AxTrain-act, then AxTrain-pas
  kSam,      ///< sharpness-aware minimisation
  kApproxAnn,
  kAxNn,
};

/// ApproxANN and AxNN: neurons that differ, in one mode.
inline bool chooses_neurons(Method m) { return m == Method::kApproxAnn || m == Method::kAxNn; }

inline bool has_pas(Method m) { return m == Method::kPas || m == Method::kAxTrain; }

std::string_view method_name(Method method);
/// Throws Error for an unknown name, listing the known ones.
Method parse_method(std::string_view name);

/// What the methods need besides TrainOptions.
struct AxOptions {
  Method method = Method::kBp;
  StoppingOptions stopping;  ///< of the stage without hardware; its epochs are then the most
  TeacherOptions teachers;   ///< of both stages; the search of formats learns the classes
  SensitivityOf sensitivity = SensitivityOf::kLogits;
  LambdaOptions lambda;
  /// SAM's distance, in bp and pas alike; default: 0.05 for the method sam, 0 (no SAM) for others.
  std::optional<double> sam_rho;
  std::vector<Multiplier> modes = {Multiplier{}};  ///< of pas, in turn
  PasOperands operands = PasOperands::kExact;
  bool clip_gradient = false;
  bool centre = false;                      ///< pas: see Job::centre
  std::optional<int> pas_epochs;            ///< default: as many as before
  std::optional<double> pas_learning_rate;  ///< default: half of that before
  std::optional<double> pas_weight_decay;   ///< default: as before
  FlipOptions flips;
  FormatSearch search;
  int search_folds = 2;    ///< validation parts a choice of formats or neurons is judged on
  Halvings halvings = {};  ///< the choice itself, if there is no search; empty: none
  // Of ApproxANN and AxNN.
  double loss_limit = 0.02;  ///< accuracy they may lose against exact multipliers, 0 to 1
  bool act_first = false;    ///< start from a network of AxTrain-act instead of BP (Fig. 11)
};

/// True if its first stage is act.
bool has_act(const AxOptions& ax);
/// SAM's distance that the training has, 0: none.
double sam_rho(const AxOptions& ax);
/// What trains, for provenance: the method, "sam" for bp at a distance above 0, "pas+sam" and
/// "axtrain+sam" for pas with SAM, "bp" for sam at 0.
std::string training_name(const AxOptions& ax);

/// True if the method chooses formats by trying them.
bool needs_search(const AxOptions& ax);
/// True if it needs validation parts for formats or neurons.
bool needs_folds(const AxOptions& ax);

/// A training part without its validation part.
struct Fold {
  Samples training;
  Samples validation;
};

struct Job {
  std::vector<int> widths;  ///< inputs, hidden layers, outputs
  TrainOptions options;     ///< of the stage without hardware; seed, batch, output of both
  AxOptions ax;
  const Samples* training = nullptr;
  std::span<const Fold> folds;     ///< for a search
  std::span<const Fold> stopping;  ///< for the number of epochs
  /// I, or empty: what pas subtracts from the inputs, so that they use both signs of their codes.
  /// The biases of the first layer make up for it.
  Vector<float> centre{};
  /// The network to begin with, of these widths; empty: weights are drawn. Then pas has no stage
  /// before it.
  FloatNet start{};
  int threads = 1;  ///< of a search; no result depends on it
};

struct TrainedNet {
  FloatNet net;  ///< after pas: for centred inputs
  Formats formats;
  NeuronMask approximate;  ///< of ApproxANN and AxNN, otherwise empty
  int epochs = 0;          ///< of the stage without hardware, given or chosen
};

/// Where a training stood after an epoch.
struct Checkpoint {
  int stage = 0;   ///< 0: without hardware, 1: pas
  int epoch = 0;   ///< finished in that stage
  int epochs = 0;  ///< of stage 0, given or chosen
  FloatNet net;
  int steps = 0;               ///< of the optimiser
  Gradients<float> first;      ///< its moments
  Gradients<float> second;     ///< empty matrices for SGD
  LambdaPolicy::State lambda;  ///< stage 0 of act
  Formats formats;             ///< stage 1
};

/// Keeps a training that may be interrupted; each part may be empty.
struct Session {
  const Checkpoint* start = nullptr;                 ///< go on from here
  std::function<void(const Checkpoint&)> save = {};  ///< after every epoch, its report before it
  /// Before each piece of work that no epoch reports, with its name; may throw.
  std::function<void(const std::string& work)> poll = {};
};

/// Trains by job.ax.method. The same job gives the same bytes, resumed or not; ApproxANN and AxNN
/// cannot be resumed. Throws Error.
TrainedNet train_network(const Job& job, const std::function<void(const EpochReport&)>& on_epoch,
                         const Session& session = {});

}  // namespace axnn
