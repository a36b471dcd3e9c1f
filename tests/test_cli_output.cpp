// What a user sees of the program whatever is wrong: exit codes, one line, nothing lost without a
// word.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "model/file_io.h"
#include "model/text.h"
#include "tests/cli_folder.h"

using namespace axnn;
using Json = nlohmann::json;

namespace {

void check_failure(const CommandResult& r, int code, const std::string& part) {
  INFO(r.err);
  CHECK(r.code == code);
  CHECK_THAT(r.err, Catch::StartsWith("axnn: ") && Catch::Contains(part));
  CHECK(std::count(r.err.begin(), r.err.end(), '\n') == 1);
  CHECK(r.err.find('\x1b') == std::string::npos);
}

void check_width(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(line.size() <= kLineWidth);
  }
}

}  // namespace

TEST_CASE("help fits a terminal") {
  const CliFolder folder;
  check_width(folder.axnn("--help").out);
  for (const char* command : {"train", "sweep", "eval", "predict", "info", "sim", "export", "asm",
                              "synth", "power", "explore", "faults", "import", "data show"}) {
    const CommandResult r = folder.axnn(std::string(command) + " --help");
    INFO(command);
    CHECK(r.code == 0);
    CHECK_THAT(r.out, Catch::Contains("axnn "));
    check_width(r.out);
  }
}

TEST_CASE("axnn sim shows what training for approximation won, beside the plain network") {
  const CliFolder folder;
  REQUIRE(folder.axnn("train --data breast --final --out bp.axnn").code == 0);
  REQUIRE(folder.axnn("train --data breast --recipe axtrain --final --out ax.axnn --epochs 5").code ==
          0);
  const CommandResult r = folder.axnn("sim ax.axnn --plain bp.axnn --samples 16");
  INFO(r.err);
  REQUIRE(r.code == 0);
  check_width(r.out);
  // The multiplier it was trained for, in every mode.
  CHECK_THAT(r.out, Catch::Contains("breast     booth M0") && Catch::Contains("breast     booth M2"));
  CHECK_THAT(r.out, Catch::Contains("of 1 data set compared in 3 runs, 0 differ."));
  CHECK_THAT(r.out, Catch::Contains("AxTrain over BP, points, mean of the data sets, booth: M0 "));
  CHECK_THAT(r.out, Catch::Contains("--notes"));
  const CommandResult notes = folder.axnn("sim ax.axnn --samples 1 --mode M0 --notes");
  check_width(notes.out);
  CHECK_THAT(notes.out, Catch::Contains("clock: the whole chip's"));

  const Json row = Json::parse(
      folder.axnn("sim ax.axnn --plain bp.axnn --samples 16 --mode M1 --json").out)["results"][0];
  const Json plain = Json::parse(folder.axnn("eval bp.axnn --multiplier booth --json").out);
  CHECK(row["plain"]["accuracy_golden"] == plain["results"][1]["accuracy"]);
  CHECK(row["plain"]["accuracy_float"] == plain["accuracy_float"]);
  const double clock = row["chip_clock_ns"];
  CHECK(row["gops"].get<double>() == Approx(2 * 64 * row["utilisation"].get<double>() / clock));

  check_failure(folder.axnn("sim ax.axnn --plain ax.axnn"), 1, "not by bp");
  REQUIRE(folder.axnn("train --data iono --epochs 1 --final --out iono.axnn").code == 0);
  check_failure(folder.axnn("sim ax.axnn --plain iono.axnn"), 1, "no --plain network of breast");
}

TEST_CASE("a full disk is no success") {
  const CliFolder folder;
  REQUIRE(folder.axnn("train --data iono --epochs 1 --final --out m.axnn").code == 0);
  for (const char* command :
       {"info m.axnn", "info m.axnn --json", "eval m.axnn", "data list", "data show iono", "--help",
        "train --data iono --epochs 1 --runs 2 --json 2>&-", "faults --vdd 0.66 --json"}) {
    INFO(command);
    const CommandResult r = folder.axnn(std::string(command) + " > /dev/full");
    CHECK(r.code == 1);
  }
  check_failure(folder.axnn("info m.axnn > /dev/full"), 1, "cannot write the result");
  check_failure(folder.axnn("train --data iono --epochs 2 --log /dev/full --out n.axnn"), 1,
                "cannot write (/dev/full)");
}

TEST_CASE("what is wrong with the command line ends with 2, what is wrong with a file with 1") {
  const CliFolder folder;
  REQUIRE(folder.axnn("train --data iono --epochs 1 --final --out m.axnn").code == 0);
  check_failure(folder.axnn("frobnicate"), 2,
                "no subcommand is named 'frobnicate'; known: data, train");
  check_failure(folder.axnn("train --data nosuch"), 2, "unknown data set 'nosuch'");
  check_failure(folder.axnn("eval m.axnn --mode M9"), 2, "unknown mode 'M9'");
  check_failure(folder.axnn("eval m.axnn --multiplier nope"), 2, "unknown multiplier 'nope'");
  check_failure(folder.axnn("train --data iono --method pas --modes M7"), 2, "unknown mode 'M7'");
  check_failure(folder.axnn("train --data iono --method pas --halvings 1"), 2,
                "1 numbers for 3 layers");
  check_failure(folder.axnn("train --data iono --layers $(yes 1 | head -66 | paste -sd,)"), 2,
                "66 hidden layers (--layers); at most 63");
  check_failure(folder.axnn("sim m.axnn --mapping sideways"), 2, "no mapping is named 'sideways'");
  check_failure(folder.axnn("train --data ./nosuch.csv"), 1, "cannot read");
  write_file(folder.path() / "bad.axnn", "AXNN");
  check_failure(folder.axnn("info bad.axnn"), 1, "not an axnn model file");
}

TEST_CASE("a model keeps the words of its command, and prints them as a shell takes them") {
  const CliFolder folder;
  std::string csv = "a,b,kind\n";
  for (int i = 0; i < 60; ++i) {
    csv +=
        std::to_string(i * 7 % 60) + "," + std::to_string(i * i % 17) + (i % 2 ? ",x\n" : ",y\n");
  }
  write_file(folder.path() / "x --resume y's.csv", csv);
  const std::string train = R"(train --data "./x --resume y's.csv" --epochs 1 --final)";
  REQUIRE(folder.axnn(train + " --threads 1 --out q.axnn --json").code == 0);
  const Json command = Json::parse(folder.axnn("info q.axnn --json").out)["command"];
  CHECK(command ==
        Json{"axnn", "train", "--data", "./x --resume y's.csv", "--epochs", "1", "--final"});
  CHECK_THAT(folder.axnn("info q.axnn").out,
             Catch::Contains(R"(axnn train --data './x --resume y'\''s.csv' --epochs 1 --final)"));
  // The same training to another place is the same file.
  REQUIRE(folder.axnn(train + " --out=r.axnn --log l.txt").code == 0);
  CHECK(read_file(folder.path() / "q.axnn") == read_file(folder.path() / "r.axnn"));
}

TEST_CASE("names from a file reach the terminal without its control characters") {
  const CliFolder folder;
  std::string csv = "a,b,kind\n";
  for (int i = 0; i < 60; ++i) {
    csv += std::to_string(i * 7 % 60) + ".5," + std::to_string(i * i % 17) +
           (i % 2 ? ",\x1b[31mred\n" : "," + std::string(900, 'y') + "\n");
  }
  write_file(folder.path() / "c.csv", csv);
  for (const char* command : {"train --data ./c.csv --epochs 1 --final --out c.axnn",
                              "data show ./c.csv", "info c.axnn", "eval c.axnn"}) {
    const CommandResult r = folder.axnn(command);
    INFO(command << r.err);
    CHECK(r.code == 0);
    CHECK(r.out.find('\x1b') == std::string::npos);
    CHECK(r.out.size() < 3000);
  }
}

TEST_CASE("a model's data set is opened only if it is a plain file") {
  const CliFolder folder;
  REQUIRE(folder.axnn("train --data iono --epochs 1 --final --out m.axnn").code == 0);
  // The same model, of a device.
  std::string bytes = read_file(folder.path() / "m.axnn");
  const std::string from = R"("dataset":"iono")", to = R"("dataset":"/dev/zero")";
  REQUIRE(bytes.find(from) != std::string::npos);
  write_file(folder.path() / "header.py",
             "import sys,hashlib\nb=open('m.axnn','rb').read()[:-64]\nk=b.index(b'\\n')+1\n"
             "n=int.from_bytes(b[k:k+8],'little')\n"
             "h=b[k+8:k+8+n].replace(b'\"dataset\":\"iono\"',b'\"dataset\":\"/dev/zero\"')\n"
             "b=b[:k]+len(h).to_bytes(8,'little')+h+b[k+8+n:]\n"
             "open('z.axnn','wb').write(b+hashlib.sha256(b).hexdigest().encode())\n");
  REQUIRE(std::system(("cd " + folder.path().string() + " && python3 header.py").c_str()) == 0);
  check_failure(folder.axnn("eval z.axnn"), 1,
                "the data set '/dev/zero' of the model is not there");
}

TEST_CASE("one process at a time trains a model") {
  const CliFolder folder;
  const int file = ::open((folder.path() / "m.axnn.lock").c_str(), O_RDWR | O_CREAT, 0644);
  REQUIRE(::flock(file, LOCK_EX) == 0);
  check_failure(folder.axnn("train --data iono --epochs 1 --out m.axnn"), 1,
                "another process is at work on it (m.axnn.lock)");
  ::close(file);  // as when the process ends, however it does
  CHECK(folder.axnn("train --data iono --epochs 1 --out m.axnn").code == 0);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "m.axnn.lock"));
}

TEST_CASE(
    "signals that the starter ignores stay ignored, others end a training with its checkpoint") {
  const CliFolder folder;
  const std::string train = "train --data satimage --method act --epochs 3000 --out cp.axnn";
  // The shell ignores SIGINT for the training, which goes on; SIGTERM ends it, and leaves a
  // checkpoint.
  write_file(folder.path() / "run.sh",
             "trap '' INT\n" + std::string(AXNN_PROGRAM) + " " + train +
                 " >/dev/null 2>&1 &\np=$!\n"
                 "while [ ! -e cp.axnn.checkpoint ]; do :; done\nkill -INT $p\n"
                 "before=$(stat -c %i cp.axnn.checkpoint)\n"
                 "while [ \"$(stat -c %i cp.axnn.checkpoint)\" = $before ]; do :; done\n"
                 "kill -0 $p || exit 9\nkill -TERM $p\nwait $p\n[ $? -ne 0 ] && [ -e "
                 "cp.axnn.checkpoint ] && [ ! -e cp.axnn ]\n");
  CHECK(std::system(("cd " + folder.path().string() + " && timeout 300 sh run.sh").c_str()) == 0);
}
