#include "train/checkpoint.h"

#include <csignal>
#include <stdexcept>
#include <utility>

#include "model/bytes.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/sha256.h"

namespace axnn {
namespace {

constexpr std::string_view kMagic = "AXNNCHECK 1\n";
constexpr std::size_t kDigest = 64;

class Writer {
 public:
  template <typename T>
  void value(T v) {
    put(bytes, v);
  }
  template <typename M>
  void matrix(const M& m) {
    value<std::int64_t>(m.rows());
    value<std::int64_t>(m.cols());
    put(bytes, std::span(m.data(), static_cast<std::size_t>(m.size())));
  }
  void net(const std::vector<Dense<float>>& net) {
    value(static_cast<std::int64_t>(net.size()));
    for (const auto& layer : net) {
      matrix(layer.weights);
      matrix(layer.bias);
    }
  }
  void integers(const std::vector<int>& v) {
    value(static_cast<std::int64_t>(v.size()));
    put(bytes, std::span(v));
  }

  std::string bytes;
};

// The digest has been checked, so a length that does not fit means a bug; decode_checkpoint makes
// it an Error all the same.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T value() {
    return bytes_.take<T>();
  }
  template <typename M>
  M matrix() {
    const std::size_t rows = count();
    const std::size_t columns = count();
    if (rows * columns > bytes_.left().size() / sizeof(float)) {
      throw std::length_error("a matrix of too many numbers");
    }
    M m(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
    bytes_.take(std::span(m.data(), rows * columns));
    return m;
  }
  std::vector<Dense<float>> net() {
    std::vector<Dense<float>> net(count());
    for (auto& layer : net) {
      layer.weights = matrix<Matrix<float>>();
      layer.bias = matrix<Vector<float>>();
    }
    return net;
  }
  std::vector<int> integers() { return bytes_.take<int>(count()); }

 private:
  std::size_t count() {
    const auto n = value<std::int64_t>();
    if (n < 0 || static_cast<std::size_t>(n) > bytes_.left().size()) {
      throw std::length_error("a list of too many entries");
    }
    return static_cast<std::size_t>(n);
  }

  ByteReader bytes_;
};

Checkpoint read_body(std::string_view bytes) {
  Reader r(bytes);
  Checkpoint c;
  c.stage = r.value<int>();
  c.epoch = r.value<int>();
  c.epochs = r.value<int>();
  c.steps = r.value<int>();
  c.net = r.net();
  c.first = r.net();
  c.second = r.net();
  c.lambda.lambda = r.value<double>();
  c.lambda.error = r.value<double>();
  const bool has_average = r.value<bool>();
  const auto average = r.value<double>();
  if (has_average) c.lambda.average = average;
  c.formats.activations = r.integers();
  c.formats.weights = r.integers();
  return c;
}

}  // namespace

std::string encode_checkpoint(const Checkpoint& c, const std::string& job) {
  Writer w;
  w.bytes = std::string(kMagic) + job;
  w.value(c.stage);
  w.value(c.epoch);
  w.value(c.epochs);
  w.value(c.steps);
  w.net(c.net);
  w.net(c.first);
  w.net(c.second);
  w.value(c.lambda.lambda);
  w.value(c.lambda.error);
  w.value(c.lambda.average.has_value());
  w.value(c.lambda.average.value_or(0));
  w.integers(c.formats.activations);
  w.integers(c.formats.weights);
  return w.bytes + sha256(w.bytes);
}

Checkpoint decode_checkpoint(std::string_view bytes, const std::string& job,
                             const std::string& where) {
  const Error damaged("damaged checkpoint", where, "train again without --resume");
  const std::size_t header = kMagic.size() + kDigest;
  const bool whole =
      bytes.size() >= header + kDigest && bytes.starts_with(kMagic) &&
      sha256(bytes.substr(0, bytes.size() - kDigest)) == bytes.substr(bytes.size() - kDigest);
  if (!whole) throw damaged;
  if (bytes.substr(kMagic.size(), kDigest) != job) {
    throw Error("the checkpoint is of another training", where,
                "resume with the options it was started with");
  }
  try {
    return read_body(bytes.substr(header, bytes.size() - header - kDigest));
  } catch (const std::length_error&) {
    throw damaged;
  }
}

namespace {

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

std::filesystem::path Checkpoints::path_of(const std::filesystem::path& model) {
  return model.string() + ".checkpoint";
}

Checkpoints::Checkpoints(const std::filesystem::path& model, std::string job, bool resume,
                         std::function<void(const std::string&)> on_work)
    : path_(path_of(model)),
      lock_(model.string() + ".lock", FileLock::Wait::kNo, "wait for it, or give another --out"),
      job_(std::move(job)),
      on_work_(std::move(on_work)) {
  if (resume) start_ = decode_checkpoint(read_file(path_), job_, path_.string());
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto stop = [](int number) {
      interrupted = 1;
      std::signal(number, SIG_DFL);
    };
    // Who started the program may have said that it should go on (nohup, a script's background).
    if (std::signal(signal, stop) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

Session Checkpoints::session() {
  const auto save = [this](const Checkpoint& c) {
    write_file(path_, encode_checkpoint(c, job_));
    saved_ = true;
    stop_if_interrupted();
  };
  const auto poll = [this](const std::string& work) {
    if (on_work_) on_work_(work);
    stop_if_interrupted();
  };
  return {start_ ? &*start_ : nullptr, save, poll};
}

void Checkpoints::remove() { std::filesystem::remove(path_); }

void Checkpoints::stop_if_interrupted() const {
  if (interrupted == 0) return;
  if (on_work_) on_work_("");
  if (!saved_ && !start_) throw Error("interrupted before the first epoch", path_.string());
  throw Error("interrupted", path_.string(), "go on with the same command and --resume");
}

}  // namespace axnn
