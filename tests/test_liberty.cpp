// Liberty files: units, tables, files as people have them, hostile text. Expected numbers come from
// the Liberty text by hand; inside and outside the tables of a real library, from OpenSTA.
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <functional>
#include <random>

#include "model/error.h"
#include "model/file_io.h"
#include "model/subprocess.h"
#include "synth/liberty.h"
#include "tests/skip.h"

using namespace axnn;
namespace fs = std::filesystem;

namespace {

constexpr char kOsu018[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

constexpr char kHead[] = R"(library (small) {
  time_unit : "1ns"; voltage_unit : "1V"; leakage_power_unit : "1nW"; nom_voltage : 2.0;
  capacitive_load_unit (1, pf);
  lu_table_template (delay) {
    variable_1 : input_net_transition; variable_2 : total_output_net_capacitance;
    index_1 ("1, 2"); index_2 ("10, 20, 40");
  }
)";
constexpr char kNand[] = R"(  cell (NAND2) { area : 4.5;
    pin (A, B) { direction : input; capacitance : 0.3; }
    pin (Y) { direction : output; function : "(A * B)'";
      timing () { related_pin : "A";
        cell_rise (delay) { values ("1, 2, 4", "5, 6, 8"); }
        cell_fall (delay) { index_2 ("10, 20, 30"); values ("1, 2, 4", "5, 6, 8"); } } } }
)";
constexpr char kBuf[] = R"(  cell (BUF) { area : 6; pin (A) { direction : input; }
    pin (Y) { direction : output; function : "A"; } }
)";
constexpr char kDff[] =
    R"(  cell (DFF) { area : 20; ff (IQ, IQN) { next_state : "D"; clocked_on : "CK"; }
    pin (CK) { direction : input; clock : true; } pin (D) { direction : input; capacitance : 0.5; }
    pin (Q) { direction : output; function : "IQ"; } }
)";

std::string small() { return std::string(kHead) + kNand + kBuf + kDff + "}\n"; }

// The small library with one text in place of another, which must be there.
std::string with(const std::string& old, const std::string& text) {
  std::string t = small();
  REQUIRE(t.find(old) != std::string::npos);
  return t.replace(t.find(old), old.size(), text);
}

Library read(const std::string& text) { return make_library(parse_liberty(text, "lib"), "lib"); }

std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

std::string refusal(const std::string& text) {
  return message([&] { read(text); });
}

bool one_line(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; });
}

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("axnn-liberty-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path write(const std::string& name, const std::string& bytes) const {
    write_file(path_ / name, bytes);
    return path_ / name;
  }
  fs::path gzip(const std::string& name, const std::string& bytes) const {
    const gzFile file = gzopen((path_ / name).c_str(), "wb1");
    REQUIRE(gzwrite(file, bytes.data(), unsigned(bytes.size())) == int(bytes.size()));
    gzclose(file);
    return path_ / name;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("a unit no library has is refused in one line that names it") {
  for (const char* unit : {"-1ns", "0ns", "1h", "ns", "1e308ns", "1e-300ns", "3600s", "nanns",
                           "1e999ns", "1 n\ns", "\x1b[31mns"}) {
    const std::string what = refusal(with("1ns", unit));
    CAPTURE(unit, what);
    CHECK_FALSE(what.empty());
    CHECK(one_line(what));
    CHECK(what.find("lib") != std::string::npos);
  }
  CHECK(refusal(with("\"1V\"", "\"-1V\"")).find("-1V") != std::string::npos);
  CHECK(refusal(with("\"1nW\"", "\"1e30nW\"")).find("1e30nW") != std::string::npos);
  for (const char* load : {"(-1, pf)", "(0, pf)", "(1e300, pf)", "(1, parsec)", "(1)", "(1, kf)"}) {
    CAPTURE(load);
    CHECK_FALSE(refusal(with("(1, pf)", load)).empty());
  }
  CHECK_FALSE(refusal(with("nom_voltage : 2.0", "nom_voltage : -2.0")).empty());
  // What the Liberty manual lists is taken.
  for (const char* unit : {"1ps", "10ps", "100ps", "1ns", "10 ps"}) {
    CAPTURE(unit);
    CHECK(refusal(with("1ns", unit)).empty());
  }
}

TEST_CASE("numbers that are none, or none of a library, are refused") {
  for (const char* number :
       {"1e308", "-1e308", "1e999", "inf", "nan", "0x10", "4,5", "", "4.5.6", "1e16"}) {
    const std::string what = refusal(with("4.5", number));
    CAPTURE(number, what);
    CHECK_FALSE(what.empty());
    CHECK(one_line(what));
  }
  CHECK_FALSE(refusal(with("\"1, 2, 4\", \"5", "\"1, 1e308, 4\", \"5")).empty());
  CHECK_FALSE(refusal(with("10, 20, 40", "10, 20, 1e308")).empty());
  CHECK(refusal(with("10, 20, 40", "10, 20, 20")).find("does not rise") != std::string::npos);
  CHECK(refusal(with("10, 20, 40", "10, 20")).find("6 values") != std::string::npos);
}

TEST_CASE("a table takes the indices it does not state from its template") {
  const Library l = read(small());
  const CellDelay& d = l.find("NAND2")->pin("Y")->delays.front();
  REQUIRE(d.rise);
  CHECK(d.rise->slews_ns == std::vector<double>{1, 2});
  CHECK(d.rise->loads_pf == std::vector<double>{10, 20, 40});
  CHECK(d.rise->at(40, 1) == Approx(4));
  CHECK(d.rise->at(30, 2) == Approx(7));
  CHECK(d.fall->slews_ns == std::vector<double>{1, 2});
  CHECK(d.fall->loads_pf == std::vector<double>{10, 20, 30});
  CHECK(d.fall->at(30, 1) == Approx(4));
}

TEST_CASE("outside a table its outermost plane goes on") {
  const LibertyTable t{{10, 20, 40}, {1, 2}, {1, 5, 2, 6, 4, 8}};  // load/10 + 4 (slew - 1)
  for (const double load : {0.0, 5.0, 15.0, 60.0, 1000.0}) {
    for (const double slew : {0.0, 0.5, 1.5, 9.0}) {
      CAPTURE(load, slew);
      CHECK(t.at(load, slew) == Approx(load / 10 + 4 * (slew - 1)));
    }
  }
  const LibertyTable bent{{1, 2, 3}, {}, {0, 1, 4}};
  CHECK(bent.at(0, 7) == Approx(-1));
  CHECK(bent.at(5, 7) == Approx(10));
  CHECK(LibertyTable{{}, {}, {3}}.at(9, 9) == 3);
  CHECK(LibertyTable{{2}, {}, {3}}.at(9, 9) == 3);
}

TEST_CASE("a byte order mark is passed over") {
  CHECK(read("\xEF\xBB\xBF" + small()).cells.size() == 3);
  CHECK_FALSE(refusal("\xFE\xFF" + small()).empty());
}

TEST_CASE("a message is one line whatever the file's names hold") {
  const std::string odd = "\"x\ny\x1b[2J\"";
  for (const auto& [old, text] : std::initializer_list<std::pair<std::string, std::string>>{
           {"library (small)", odd + " (small)"},
           {"cell (BUF)", "cell (" + odd + ")"},
           {"pin (CK)", "pin (" + odd + ")"},
           {"direction : output", "direction : " + odd},
           {"area : 6", "area : " + odd},
           {"area : 6;", odd + " 6;"},
           {"area : 6;", odd + " () { "},
           {"\"1nW\"", odd},
           {"(1, pf)", "(" + odd + ", pf)"},
           {"(1, pf)", "(1, " + odd + ")"},
           {"10, 20, 40", "10, x\ny, 40"},
           {"pin (CK) { direction : input;", "pin (" + odd + ") { "}}) {
    const std::string what = refusal(with(old, text));
    CAPTURE(old, what);
    CHECK_FALSE(what.empty());
    CHECK(one_line(what));
    CHECK(what.size() < 250);
  }
}

TEST_CASE("a packed library is the same library; a damaged one is refused") {
  const Folder folder;
  const std::vector<LibertyFile> plain = read_liberty_files({folder.write("a.lib", small())});
  const std::vector<LibertyFile> packed = read_liberty_files({folder.gzip("a.lib.gz", small())});
  CHECK_FALSE(plain.front().packed);
  CHECK(packed.front().packed);
  CHECK(plain.front().text == packed.front().text);
  CHECK(make_library(packed).cells.size() == 3);

  const std::string bytes = read_file(folder.path() / "a.lib.gz");
  for (std::size_t n = 1; n < bytes.size(); n += 7) {
    const fs::path cut = folder.write("cut.lib.gz", bytes.substr(0, n));
    const std::string what = message([&] { read_liberty_files({cut}); });
    CAPTURE(n, what);
    CHECK_FALSE(what.empty());
    CHECK(one_line(what));
  }
  // 300 MB of blanks in 1.3 MB.
  const fs::path bomb = folder.gzip("bomb.lib.gz", std::string(300'000'000, ' '));
  CHECK(message([&] { read_liberty_files({bomb}); }).find("more than") != std::string::npos);
  CHECK_FALSE(message([&] { read_liberty_files({folder.path()}); }).empty());
  CHECK_FALSE(message([&] { read_liberty_files({folder.path() / "none"}); }).empty());
}

TEST_CASE("several files are one library, each with its own units and templates") {
  const Folder folder;
  const fs::path a = folder.write("a.lib", std::string(kHead) + kNand + "}\n");
  const fs::path b = folder.gzip("b.lib.gz", std::string(kHead) + kBuf + kDff + "}\n");
  const std::vector<LibertyFile> files = read_liberty_files({a, b});
  CHECK(message([&] { make_library(read_liberty_files({a})); }).find("name all files") !=
        std::string::npos);
  const Library l = make_library(files);
  CHECK(l.name == "small");
  CHECK(l.cells.size() == 3);

  // What tools get is the same library in one text.
  const Library merged = read(merged_liberty(files));
  CHECK(merged.cells.size() == 3);
  CHECK(merged.find("NAND2")->pin("Y")->delays.front().rise->values ==
        l.find("NAND2")->pin("Y")->delays.front().rise->values);

  // Another unit: the values stay what they are, and tools cannot have one text.
  std::string text = std::string(kHead) + kBuf + kDff + "}\n";
  text.replace(text.find("(1, pf)"), 7, "(1, ff)");
  const std::vector<LibertyFile> mixed = read_liberty_files({a, folder.write("ff.lib", text)});
  CHECK(make_library(mixed).find("DFF")->pin("D")->capacitance_pf == Approx(0.0005));
  CHECK(make_library(mixed).find("NAND2")->pin("A")->capacitance_pf == Approx(0.3));
  CHECK(message([&] { merged_liberty(mixed); }).find("capacitive_load_unit") != std::string::npos);

  // Another template of the same name, a cell twice, another voltage.
  text = std::string(kHead) + kBuf + kDff + "}\n";
  text.replace(text.find("10, 20, 40"), 10, "10, 20, 50");
  const fs::path other = folder.write("other.lib", text);
  CHECK(message([&] {
          merged_liberty(read_liberty_files({a, other}));
        }).find("template delay") != std::string::npos);
  CHECK(message([&] {
          make_library(read_liberty_files({a, a}));
        }).find("NAND2") != std::string::npos);
  text.replace(text.find("2.0"), 3, "1.8");
  const fs::path low = folder.write("low.lib", text);
  CHECK(message([&] {
          make_library(read_liberty_files({a, low}));
        }).find("nom_voltage") != std::string::npos);
}

TEST_CASE("damaged and hostile libraries end in a library or in one line") {
  std::mt19937 random(7);
  const std::string text = small();
  for (int round = 0; round < 5000; ++round) {
    std::string t = text;
    for (int i = 0; i < 2; ++i) {
      const std::size_t at = random() % t.size();
      switch (random() % 4) {
        case 0:
          t[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          t.erase(at, random() % 20);
          break;
        case 2:
          t.insert(at, t.substr(random() % t.size(), random() % 60));
          break;
        default:
          t.insert(at, std::string(random() % 40, "9{(\"\\e"[random() % 6]));
      }
    }
    CHECK(one_line(refusal(t)));
  }
  std::string wide = "library (x) { values (";
  for (int i = 0; i < 1'000'000; ++i) wide += "1,";
  CHECK_FALSE(refusal(wide).empty());
  CHECK_FALSE(refusal("library (x) {" + std::string(1'000'000, '(')).empty());
  CHECK(refusal("library (x) { " + std::string(1'000'000, 'a') + " }").size() < 250);
}

TEST_CASE("delays and energies are OpenSTA's, inside the tables and outside") {
  if (!fs::exists(kOsu018)) skip("no OSU 180 nm library installed");
  const Folder folder;
  const fs::path log = folder.path() / "log";
  if (run_command({{"sh", "-c", "command -v sta"}, {}, log}) != 0) skip("no OpenSTA installed");
  const Library library = make_library(read_liberty_files({kOsu018}));
  folder.write("inv.v", "module t(input a, output y); INVX1 u(.A(a), .Y(y)); endmodule\n");
  folder.write("nand.v",
               "module t(input a, b, output y); NAND2X1 u(.A(a), .B(b), .Y(y)); endmodule\n");
  const auto number_after = [](const std::string& text, const std::string& label) {
    const std::size_t at = text.find(label);
    REQUIRE(at != std::string::npos);
    return std::stod(text.substr(at + label.size()));
  };
  constexpr double kPeriodNs = 20;
  double edges = 0;  // that OpenSTA counts in a transition's energy; 2 up to 2.0.17
  // INVX1's tables: loads 0.005 to 0.15 pF, slews 0.06 to 1.2 ns. The first point is inside.
  for (const auto& [load, slew] : {std::pair{0.05, 0.1},
                                   {0.011, 0.7},
                                   {0.15, 1.2},
                                   {1.5, 0.1},
                                   {0.001, 0.03},
                                   {0.001, 0.5},
                                   {0.05, 2.5},
                                   {1.5, 2.0}}) {
    for (const std::string design : {"inv", "nand"}) {
      CAPTURE(design, load, slew);
      folder.write("run.tcl", "read_liberty " + std::string(kOsu018) + "\nread_verilog " +
                                  (folder.path() / (design + ".v")).string() +
                                  "\nlink_design t\ncreate_clock -name c -period 20\n"
                                  "set_input_delay 0 -clock c [all_inputs]\n"
                                  "set_input_transition " +
                                  std::to_string(slew) + " [all_inputs]\nset_load " +
                                  std::to_string(load) +
                                  " y\nreport_dcalc -digits 7 -from u/A -to u/Y\n"
                                  "set_power_activity -global -activity 1.0 -duty 0.5\n"
                                  "report_power -instances u -digits 9\n");
      REQUIRE(run_command(
                  {{"sta", "-no_init", "-no_splash", "-exit", (folder.path() / "run.tcl").string()},
                   {},
                   log}) == 0);
      const std::string text = read_file(log);
      const LibertyPin& y = *library.find(design == "inv" ? "INVX1" : "NAND2X1")->pin("Y");
      const std::size_t rise = text.find("A v -> Y ^"), fall = text.find("A ^ -> Y v");
      REQUIRE((rise != std::string::npos && fall != std::string::npos));
      // OpenSTA computes in single precision.
      CHECK(y.delay_ns("A", true, load, slew) ==
            Approx(number_after(text.substr(rise), "\nDelay = ")).epsilon(1e-5));
      CHECK(y.delay_ns("A", false, load, slew) ==
            Approx(number_after(text.substr(fall), "\nDelay = ")).epsilon(1e-5));
      if (design != "inv") continue;  // one power group: no weights by the input's activity
      // The row of report_power, below its last rule; one transition a period.
      const double pj =
          number_after(text.substr(text.rfind("---\n")), "---\n") * 1e12 * kPeriodNs * 1e-9;
      const InternalPower& p = y.internal_power.front();
      const double mean = (p.rise->at(load, slew) + p.fall->at(load, slew)) / 2;
      if (edges == 0) {
        edges = std::round(pj / mean);
        CHECK((edges == 1 || edges == 2));
      }
      CHECK(edges * mean == Approx(pj).epsilon(1e-4));
    }
  }
}
