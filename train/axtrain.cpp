#include "train/axtrain.h"

#include <array>
#include <atomic>
#include <cmath>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>

#include "model/error.h"
#include "model/parallel.h"
#include "train/sam.h"

namespace axnn {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods = {{
    {Method::kBp, "bp"},
    {Method::kAct, "act"},
    {Method::kPas, "pas"},
    {Method::kAxTrain, "axtrain"},
    {Method::kSam, "sam"},
    {Method::kApproxAnn, "approxann"},
    {Method::kAxNn, "axnn"},
}};

// Shares of neurons that ApproxANN and AxNN try: tenths.
constexpr int kRounds = 10;

TrainState fresh(FloatNet net, const Samples& samples, const TrainOptions& options) {
  Optimizer optimizer = make_optimizer(net, samples, options);
  return {std::move(net), std::move(optimizer), 0};
}

// Of the network that a job begins with; a checkpoint holds no activations.
FloatNet begin(const Job& job) {
  return job.start.empty() ? make_net(job.widths, job.options.seed) : job.start;
}

TrainState resumed(const Job& job, const Checkpoint& c, const Samples& samples,
                   const TrainOptions& options) {
  TrainState state = fresh(c.net, samples, options);
  for (std::size_t l = 0; l < job.start.size(); ++l) {
    state.net[l].activation = job.start[l].activation;
  }
  state.epoch = c.epoch;
  state.optimizer.restore(c.steps, c.first, c.second);
  return state;
}

Checkpoint checkpoint(int stage, const Job& job, const TrainState& state) {
  return {stage,
          state.epoch,
          job.options.epochs,
          state.net,
          state.optimizer.steps(),
          state.optimizer.first(),
          state.optimizer.second(),
          {},
          {}};
}

using OnEpoch = std::function<void(const EpochReport&)>;

// A few training samples, to show an accuracy after each epoch.
Samples glance(const Samples& samples) {
  const Eigen::Index stride = (samples.x.cols() + 999) / 1000;
  Samples some;
  some.x.resize(samples.x.rows(), (samples.x.cols() + stride - 1) / stride);
  for (Eigen::Index c = 0; c < some.x.cols(); ++c) {
    some.x.col(c) = samples.x.col(c * stride);
    some.labels.push_back(samples.labels[std::size_t(c * stride)]);
  }
  return some;
}

Samples centred(Samples samples, const Vector<float>& centre) {
  if (centre.size() > 0) samples.x.colwise() -= centre;
  return samples;
}

// The network that does with centred inputs what `net` does with the others.
FloatNet centred(FloatNet net, const Vector<float>& centre) {
  if (centre.size() > 0) net.front().bias += net.front().weights * centre;
  return net;
}

// Stage 0 on the given samples.
FloatNet without_hardware(const Job& job, const Samples& samples, const OnEpoch& on_epoch,
                          const Session& session) {
  const AxOptions& ax = job.ax;
  const auto act = std::make_shared<ActState>();
  LambdaPolicy policy(ax.lambda);
  const bool resume = session.start != nullptr && session.start->stage == 0;
  TrainState state = resume ? resumed(job, *session.start, samples, job.options)
                            : fresh(begin(job), samples, job.options);
  if (resume) policy.restore(session.start->lambda);
  act->lambda = policy.lambda();
  BatchGradient gradient = bp_gradient(job.options.output);
  std::string_view stage = "bp";
  if (has_act(ax)) {
    gradient = act_gradient(job.options.output, ax.sensitivity, act);
    stage = "act";
  } else if (sam_rho(ax) > 0) {
    gradient = sam_gradient(gradient, sam_rho(ax));
    stage = "sam";
  }
  const Samples seen = on_epoch ? glance(samples) : Samples{};
  TrainHooks hooks;
  hooks.on_epoch = [&](EpochReport report) {
    report.stage = stage;
    if (has_act(ax)) {
      report.sensitivity = act->sensitivity / static_cast<double>(samples.labels.size());
      report.lambda = policy.lambda();
      policy.update(report.loss);
      act->lambda = policy.lambda();
      act->sensitivity = 0;
    }
    if (on_epoch) {
      report.accuracy = accuracy(state.net, seen.x, seen.labels);
      on_epoch(report);
    }
    if (session.save) {
      Checkpoint c = checkpoint(0, job, state);
      c.lambda = policy.state();
      session.save(c);
    }
  };
  train(state, samples, job.options, gradient, hooks);
  return std::move(state.net);
}

// What stage 1 begins with: the end of stage 0, or a network that was trained before.
FloatNet before_hardware(const Job& job, const Samples& samples, const OnEpoch& on_epoch,
                         const Session& session) {
  if (!job.start.empty() && !has_act(job.ax) && (has_pas(job.ax.method) || chooses_neurons(job.ax.method))) {
    return job.start;
  }
  return without_hardware(job, samples, on_epoch, session);
}

// Stage 1: `net` on `formats`, for `epochs`; `approximate` as in PasOptions.
FloatNet with_hardware(const Job& job, FloatNet net, const Formats& formats, int epochs,
                       const Samples& samples, const OnEpoch& on_epoch, const Session& session,
                       const NeuronMask& approximate = {}) {
  const AxOptions& ax = job.ax;
  TrainOptions options = job.options;
  options.epochs = epochs;
  options.learning_rate = ax.pas_learning_rate.value_or(0.5 * options.learning_rate);
  options.weight_decay = ax.pas_weight_decay.value_or(options.weight_decay);
  PasOptions pas;
  pas.output = options.output;
  pas.formats = formats;
  pas.modes = ax.modes;
  pas.operands = ax.operands;
  pas.clip_gradient = ax.clip_gradient;
  pas.flips = ax.flips;
  pas.approximate = approximate;
  const auto step = std::make_shared<int>(0);
  const bool resume = session.start != nullptr && session.start->stage == 1;
  TrainState state =
      resume ? resumed(job, *session.start, samples, options) : fresh(std::move(net), samples, options);
  const Samples seen = on_epoch ? glance(samples) : Samples{};
  TrainHooks hooks;
  hooks.before_step = [&](int number) { *step = number; };
  hooks.after_step = [&](FloatNet& n) { clip_weights(n, formats); };
  hooks.on_epoch = [&](EpochReport report) {
    report.stage = "pas";
    if (on_epoch) {
      for (const Multiplier& m : ax.modes) {
        report.accuracy += hardware_score(state.net, formats, m, options.output, seen, nullptr,
                                          ax.flips.format, approximate)
                               .accuracy /
                           static_cast<double>(ax.modes.size());
      }
      on_epoch(report);
    }
    if (session.save) {
      Checkpoint c = checkpoint(1, job, state);
      c.formats = formats;
      session.save(c);
    }
  };
  BatchGradient gradient = pas_gradient(pas, step);
  if (sam_rho(ax) > 0) gradient = sam_gradient(gradient, sam_rho(ax));
  train(state, samples, options, gradient, hooks);
  store_weights(state.net, formats, ax.flips.format);
  return std::move(state.net);
}

// What a training is judged by: the share of errors, and a little of the loss, which tells apart
// what few samples cannot.
double score_of(double accuracy, double loss) { return 1 - accuracy + 0.05 * std::min(loss, 2.0); }

// How a short training of `halvings` ends on the validation parts. Mean over folds and modes.
double validation_score(const Job& job, std::span<const Fold> folds,
                        const std::vector<FloatNet>& nets, const Halvings& halvings, int epochs) {
  const AxOptions& ax = job.ax;
  double sum = 0;
  int terms = 0;
  for (std::size_t f = 0; f < nets.size(); ++f) {
    const Fold& fold = folds[f];
    const Formats formats = halved_formats(nets[f], fold.training, halvings);
    const FloatNet net = with_hardware(job, nets[f], formats, epochs, fold.training, {}, {});
    for (const Multiplier& m : ax.modes) {
      const auto add = [&](const FlipMasks* masks) {
        const HardwareScore s = hardware_score(net, formats, m, job.options.output, fold.validation,
                                               masks, ax.flips.format);
        sum += score_of(s.accuracy, s.loss);
        ++terms;
      };
      add(nullptr);
      // Chips that the training has not seen.
      for (int c = 0; ax.flips.rate > 0 && c < 4; ++c) {
        const FaultMap map(training_chip(ax.flips.seed, ax.flips.chips + 1 + c), ax.flips.rate);
        const FlipMasks masks = flip_masks(WeightLayout(shapes_of(net)), map);
        add(&masks);
      }
    }
  }
  return sum / terms;
}

void poll(const Session& session, const char* what, int number) {
  if (session.poll) session.poll(std::string(what) + ' ' + std::to_string(number));
}

// The share of errors and a little of the loss on the validation parts, mean, after `epochs` on
// each one's training part.
double stopping_score(const Job& job, int epochs) {
  Job trial = job;
  trial.options.epochs = epochs;
  std::vector<double> scores(job.stopping.size());
  parallel_for(scores.size(), job.threads, [&](std::size_t f) {
    const Fold& fold = job.stopping[f];
    const FloatNet net = without_hardware(trial, fold.training, {}, {});
    Workspace<float> work;
    Matrix<float> delta;
    const double mean = loss(job.options.output, forward(net, fold.validation.x, work),
                             fold.validation.labels, delta);
    scores[f] = score_of(accuracy(net, fold.validation.x, fold.validation.labels), mean);
  });
  return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
}

// The job with as many epochs as its training has.
Job with_epochs(Job job, const Session& session) {
  if (session.start != nullptr) {
    job.options.epochs = session.start->epochs;
  } else if (!job.stopping.empty()) {
    job.options.epochs = choose_epochs(job.options.epochs, [&](int epochs) {
      poll(session, "how long to train, epochs:", epochs);
      return stopping_score(job, epochs);
    });
  }
  return job;
}

Halvings choose_halvings(const Job& job, const Session& session = {}) {
  const AxOptions& ax = job.ax;
  const auto layers = static_cast<int>(job.widths.size()) - 1;
  if (!needs_search(ax)) {
    if (!ax.halvings.weights.empty()) return ax.halvings;
    return {std::vector<int>(std::size_t(layers)), std::vector<int>(std::size_t(layers))};
  }
  std::vector<FloatNet> nets(job.folds.size());
  std::vector<Fold> folds(job.folds.size());
  std::mutex mutex;  // of poll, which is the caller's
  const auto tell = [&](const char* what, int number) {
    const std::lock_guard lock(mutex);
    poll(session, what, number);
  };
  parallel_for(folds.size(), job.threads, [&](std::size_t f) {
    const Fold& fold = job.folds[f];
    tell("network of validation part", static_cast<int>(f) + 1);
    nets[f] = centred(before_hardware(job, fold.training, {}, {}), job.centre);
    folds[f] = {centred(fold.training, job.centre), centred(fold.validation, job.centre)};
  });
  std::atomic<int> choice = 0;
  const auto score = [&](const Halvings& h, int epochs) {
    tell("choice of exponents", ++choice);
    return validation_score(job, folds, nets, h, epochs);
  };
  return search_formats(layers, ax.search, job.options.seed, score, job.threads);
}

// A network some of whose neurons are approximate, and what it was made from.
class MixedTraining {
 public:
  MixedTraining(const Job& job, FloatNet start, const Samples& samples)
      : job_(job), samples_(samples), start_(std::move(start)) {
    formats_ = halved_formats(start_, samples, choose_halvings(job));
    approximate_ = no_neurons(start_);
    net_ = start_;
    if (job.ax.method == Method::kAxNn) values_ = rank(Criticality::kMagnitudeMean);
  }

  /// Round 1 to kRounds, in order.
  void round(int number, const OnEpoch& on_epoch) {
    const bool again = job_.ax.method == Method::kApproxAnn;
    if (again) values_ = rank(Criticality::kMeanMagnitude);
    int neurons = 0;
    for (const auto& layer : approximate_) neurons += static_cast<int>(layer.size());
    mark_least_critical(values_, (neurons * number + kRounds - 1) / kRounds, approximate_);
    net_ = with_hardware(job_, again ? net_ : start_, formats_,
                         job_.ax.pas_epochs.value_or(job_.options.epochs), samples_, on_epoch, {},
                         approximate_);
  }

  double accuracy(const Samples& samples) const {
    return hardware_score(net_, formats_, job_.ax.modes.front(), job_.options.output, samples,
                          nullptr, job_.ax.flips.format, approximate_)
        .accuracy;
  }

  TrainedNet result() const { return {net_, formats_, approximate_, 0}; }

 private:
  std::vector<std::vector<double>> rank(Criticality kind) const {
    return criticality(kind, job_.options.output, net_, samples_);
  }

  const Job& job_;
  const Samples& samples_;
  FloatNet start_;
  FloatNet net_;
  Formats formats_;
  NeuronMask approximate_;
  std::vector<std::vector<double>> values_;
};

// How many rounds stay within the limit on the validation parts.
int choose_rounds(const Job& job) {
  std::vector<MixedTraining> trainings;
  for (const Fold& fold : job.folds) {
    trainings.emplace_back(job, before_hardware(job, fold.training, {}, {}), fold.training);
  }
  const auto mean = [&] {
    double sum = 0;
    for (std::size_t f = 0; f < trainings.size(); ++f) {
      sum += trainings[f].accuracy(job.folds[f].validation);
    }
    return sum / static_cast<double>(trainings.size());
  };
  const double least = mean() - job.ax.loss_limit;
  for (int r = 1; r <= kRounds; ++r) {
    for (MixedTraining& t : trainings) t.round(r, {});
    if (mean() < least) return r - 1;
  }
  return kRounds;
}

TrainedNet some_neurons(const Job& job, FloatNet start, const OnEpoch& on_epoch) {
  const int rounds = choose_rounds(job);
  MixedTraining training(job, std::move(start), *job.training);
  const bool last_only = job.ax.method == Method::kAxNn;
  for (int r = last_only ? std::max(rounds, 1) : 1; r <= rounds; ++r) training.round(r, on_epoch);
  return training.result();
}

}  // namespace

std::string_view method_name(Method method) {
  for (const auto& [m, name] : kMethods) {
    if (m == method) return name;
  }
  return "";
}

Method parse_method(std::string_view name) {
  for (const auto& [m, known] : kMethods) {
    if (name == known) return m;
  }
  throw UsageError("unknown method '" + std::string(name) + "'", "",
                   "known: bp, act, pas, axtrain, sam, approxann, axnn");
}

bool has_act(const AxOptions& ax) {
  return ax.method == Method::kAct || ax.method == Method::kAxTrain ||
         (chooses_neurons(ax.method) && ax.act_first);
}

double sam_rho(const AxOptions& ax) {
  return ax.sam_rho.value_or(ax.method == Method::kSam ? 0.05 : 0.0);
}

std::string training_name(const AxOptions& ax) {
  const bool sam = sam_rho(ax) > 0;
  if (ax.method == Method::kBp || ax.method == Method::kSam) return sam ? "sam" : "bp";
  return std::string(method_name(ax.method)) + (sam && ax.method != Method::kAct ? "+sam" : "");
}

bool needs_search(const AxOptions& ax) { return has_pas(ax.method) && ax.search.candidates > 1; }

bool needs_folds(const AxOptions& ax) { return needs_search(ax) || chooses_neurons(ax.method); }

TrainedNet train_network(const Job& given, const OnEpoch& on_epoch, const Session& session) {
  const Job job = with_epochs(given, session);
  const TeacherOptions& teachers = job.ax.teachers;
  Samples taught;
  if (teachers.nets > 0) {
    const auto nets = train_teachers(job.widths, job.options, teachers, *job.training,
                                     [&](int t) { poll(session, "teacher", t + 1); });
    taught = taught_samples(nets, job.options, teachers, *job.training);
  }
  const Samples& samples = teachers.nets > 0 ? taught : *job.training;
  const bool in_pas = session.start != nullptr && session.start->stage == 1;
  TrainedNet result;
  result.epochs = job.options.epochs;
  if (!in_pas) result.net = before_hardware(job, samples, on_epoch, session);
  if (chooses_neurons(job.ax.method)) {
    result = some_neurons(job, std::move(result.net), on_epoch);
    result.epochs = job.options.epochs;
    return result;
  }
  if (!has_pas(job.ax.method)) {
    result.formats = best_formats(result.net, *job.training);
    return result;
  }
  Samples moved;
  const auto seen = [&](const Samples& s) -> const Samples& {
    if (job.centre.size() == 0) return s;
    return moved = centred(s, job.centre);
  };
  if (in_pas) {
    result.formats = session.start->formats;
  } else {
    result.net = centred(std::move(result.net), job.centre);
    result.formats = halved_formats(result.net, seen(*job.training), choose_halvings(job, session));
  }
  result.net = with_hardware(job, std::move(result.net), result.formats,
                             job.ax.pas_epochs.value_or(job.options.epochs), seen(samples),
                             on_epoch, session);
  return result;
}

}  // namespace axnn
