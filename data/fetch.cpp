#include "data/fetch.h"

#include <unistd.h>

#include <system_error>

#include "model/error.h"
#include "model/file_io.h"
#include "model/sha256.h"
#include "model/subprocess.h"

namespace axnn {
namespace {

namespace fs = std::filesystem;

struct KnownFile {
  const char* name;
  const char* sha256;
};

constexpr KnownFile kFiles[] = {
    {"train-images-idx3-ubyte.gz",
     "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
    {"train-labels-idx1-ubyte.gz",
     "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
    {"t10k-images-idx3-ubyte.gz",
     "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
    {"t10k-labels-idx1-ubyte.gz",
     "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
};

bool is_right(const fs::path& path, const KnownFile& file) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && sha256(read_file(path)) == file.sha256;
}

// Runs curl without a shell. True if it delivered a file.
bool download(const std::string& url, const fs::path& to) {
  Command curl;
  curl.argv = {"curl", "--fail",     "--location", "--silent", "--show-error", "--connect-timeout",
               "15",   "--max-time", "600",        "--output", to.string(),    "--url",
               url};
  if (isatty(STDERR_FILENO)) curl.argv[3] = "--progress-bar";
  curl.install = "install curl, or copy the four files into the folder yourself";
  return run_command(curl) == 0;
}

// Files below a name that is not the final one, removed unless they are kept.
class Staging {
 public:
  explicit Staging(fs::path folder) : folder_(std::move(folder)) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() {
    std::error_code ignored;
    for (const KnownFile& file : kFiles) fs::remove(path(file), ignored);
  }
  fs::path path(const KnownFile& file) const {
    return folder_ / (std::string(file.name) + ".part" + std::to_string(::getpid()));
  }

 private:
  fs::path folder_;
};

bool fetch_one(const KnownFile& file, const fs::path& to, const std::vector<std::string>& mirrors) {
  for (const std::string& mirror : mirrors) {
    if (download(mirror + "/" + file.name, to) && is_right(to, file)) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> mnist_mirrors() {
  return {"https://ossci-datasets.s3.amazonaws.com/mnist",
          "https://storage.googleapis.com/cvdf-datasets/mnist", "http://yann.lecun.com/exdb/mnist"};
}

void fetch_mnist(const fs::path& folder, const std::vector<std::string>& mirrors) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error("cannot make the folder: " + error.message(), folder.string());
  const Staging staging(folder);
  std::vector<const KnownFile*> fetched;
  for (const KnownFile& file : kFiles) {
    if (is_right(folder / file.name, file)) continue;
    if (!fetch_one(file, staging.path(file), mirrors)) {
      throw Error("no mirror delivered the file with the right SHA-256", file.name,
                  "check the connection, or copy the four files into " + folder.string());
    }
    fetched.push_back(&file);
  }
  for (const KnownFile* file : fetched) {
    fs::rename(staging.path(*file), folder / file->name, error);
    if (error) throw Error("cannot write: " + error.message(), (folder / file->name).string());
  }
}

}  // namespace axnn
