// Liberty parser and synthesis flow. Expected numbers come from the Liberty text, from Yosys's own
// statistics, and from earlier sketches of the same circuits.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "model/error.h"
#include "model/file_io.h"
#include "model/subprocess.h"
#include "synth/liberty.h"
#include "synth/liberty_function.h"
#include "synth/synth.h"
#include "tests/skip.h"

using namespace axnn;
namespace fs = std::filesystem;

namespace {

constexpr char kSmall[] = R"(/* comment */
library (small) {
  time_unit : "1ps";
  voltage_unit : "1V";
  leakage_power_unit : "1uW";
  capacitive_load_unit (10, ff);
  nom_voltage : 2.0;
  power_lut_template (t) {
    variable_1 : input_transition_time;
    variable_2 : total_output_net_capacitance;
    index_1 ("1, 2");
    index_2 ("1, 2, 3");
  }
  cell (NAND2) {
    area : 4.5;
    cell_leakage_power : 0.25;
    pin (A, B) { direction : input; capacitance : 0.3; }
    pin (Y) {
      direction : output;
      function : "(A * B)'";
      internal_power () {
        related_pin : "A";
        rise_power (t) {
          index_1 ("100, 200");
          index_2 ("1, 2, 4");
          values ("1, 2, 3", \
                  "5, 6, 7");
        }
        fall_power (scalar) { values ("9"); }
      }
    }
  }
  cell (BUF) { area : 6; pin (A) { direction : input } pin (Y) { direction : output; function : "A" } }
  cell (DFF) {
    area : 20;
    ff (IQ, IQN) { next_state : "D"; clocked_on : "CK"; }
    leakage_power () { when : "D"; value : 1; }
    leakage_power () { when : "!D"; value : 3; }
    pin (CK) { direction : input; clock : true; }
    pin (D) { direction : input; }
    pin (Q) { direction : output; function : "IQ"; }
  }
}
)";

Library small() { return make_library(parse_liberty(kSmall, "small"), "small"); }

std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

struct Outcome {
  int code = 0;
  std::string output;
};

// Runs the program as a user would; stdout and stderr in one text.
Outcome axnn_program(std::vector<std::string> arguments) {
  const fs::path log =
      fs::temp_directory_path() / ("axnn-test-synth-" + std::to_string(::getpid()) + ".log");
  arguments.insert(arguments.begin(), AXNN_PROGRAM);
  Outcome out;
  out.code = run_command({arguments, {{"AXNN_SOURCE", AXNN_SOURCE_DIR}}, log});
  out.output = read_file(log);
  fs::remove(log);
  return out;
}

SynthReport synthesised(std::vector<std::string> modules) {
  SynthOptions options;
  options.source = AXNN_SOURCE_DIR;
  options.out = AXNN_NETLISTS;
  options.modules = std::move(modules);
  if (!fs::exists(kDefaultLiberty)) skip("no OSU 180 nm library installed");
  return run_synth(options);
}

double number_after(const std::string& text, const std::string& label) {
  const std::size_t at = text.find(label);
  REQUIRE(at != std::string::npos);
  return std::stod(text.substr(at + label.size()));
}

double path_ns(const SynthReport& report, const std::string& module, const std::string& mode) {
  for (const ModuleTiming& t : report.module(module).timing) {
    if (t.mode == mode) return t.logic.ns;
  }
  return -1;
}

}  // namespace

TEST_CASE("Liberty values arrive in um2, nW, pF, pJ and ns whatever the file's units") {
  const Library l = small();
  CHECK(l.name == "small");
  CHECK(l.voltage_v == 2.0);
  const LibertyCell* nand = l.find("NAND2");
  REQUIRE(nand != nullptr);
  CHECK(nand->area_um2 == 4.5);
  CHECK(nand->leakage_nw == Approx(250));                  // 0.25 uW
  CHECK(nand->pin("B")->capacitance_pf == Approx(0.003));  // 0.3 x 10 fF
  CHECK(l.find("DFF")->leakage_nw == Approx(2000));        // mean of its states
  CHECK(l.find("DFF")->sequential);
  CHECK(l.nand2() == nand);
  CHECK(l.buffer()->name == "BUF");

  // Energy unit: 1 V^2 x 10 fF = 0.01 pJ. index_1 is the slew here, 0.1 and 0.2 ns; loads are
  // 0.01, 0.02, 0.04 pF.
  const InternalPower& p = nand->pin("Y")->internal_power.front();
  CHECK(p.rise->at(0.01, 0.1) == Approx(0.01));
  CHECK(p.rise->at(0.04, 0.2) == Approx(0.07));
  CHECK(p.rise->at(0.03, 0.15) == Approx(0.045));  // between 2, 3 and 6, 7
  CHECK(p.rise->at(0.04, 0.4) == Approx(0.15));    // beyond the table: 0.04 pJ more each 0.1 ns
  CHECK(p.fall->at(0.5, 0.5) == Approx(0.09));
}

TEST_CASE("a plain latch is found with its pins, one with a clear is not") {
  std::string text = kSmall;
  const std::string pins =
      "pin (G) { direction : input; } pin (D) { direction : input; } "
      "pin (Q) { direction : output; function : \"IQ\"; } ";
  const auto with = [&](const std::string& extra) {
    std::string t = text;
    t.insert(t.rfind('}'),
             "cell (LAT) { area : 9; latch (IQ, IQN) { enable : \"G\"; data_in : "
             "\"D\"; " +
                 extra + "} " + pins + "}\n");
    return make_library(parse_liberty(t, "latch"), "latch");
  };
  CHECK(small().latch() == nullptr);
  CHECK(with("clear : \"!R\"; ").latch() == nullptr);
  const Library l = with("");
  REQUIRE(l.latch() != nullptr);
  CHECK(l.latch()->latch->enable == "G");
  CHECK(l.latch()->latch->data == "D");
  CHECK(l.latch()->latch->output == "Q");
}

TEST_CASE("modules with parameters are counted under their RTL names") {
  const fs::path file =
      fs::temp_directory_path() / ("axnn-names-" + std::to_string(::getpid()) + ".json");
  write_file(file, R"({"modules": {
    "top": {"ports": {}, "netnames": {}, "cells": {
      "a": {"type": "$paramod\\axnn_pe\\Mult=1", "connections": {}},
      "b": {"type": "$paramod$12ab\\axnn_fifo", "connections": {}},
      "m": {"type": "axnn_sram", "connections": {}, "parameters":
            {"Depth": "00000000000000000000000010000000", "Width": 10}}}},
    "$paramod\\axnn_pe\\Mult=1": {"ports": {}, "netnames": {}, "cells": {
      "g": {"type": "NAND2", "connections": {}}}},
    "$paramod$12ab\\axnn_fifo": {"ports": {}, "netnames": {}, "cells": {
      "f": {"type": "DFF", "connections": {}}, "g": {"type": "NAND2", "connections": {}}}}}})");
  const Netlist netlist = read_netlist(file);
  CHECK(netlist.modules.at("$paramod\\axnn_pe\\Mult=1").name == "axnn_pe");
  CHECK(netlist.modules.at("$paramod$12ab\\axnn_fifo").name == "axnn_fifo");
  const CellCount count = count_cells(netlist, small(), "top");
  CHECK(count.cells == 3);
  CHECK(count.sequential_cells == 1);
  CHECK(count.area_um2 == 4.5 + 4.5 + 20);
  CHECK(count.memories.at({128, 10}) == 1);
  fs::remove(file);
}

TEST_CASE("Liberty functions have the truth tables of Boolean algebra") {
  const std::vector<std::string> abc = {"A", "B", "C"};
  CHECK(truth_table("(A B)'", {"A", "B"}) == 0b0111u);
  CHECK(truth_table("!(A&B)", {"A", "B"}) == 0b0111u);
  CHECK(truth_table("A^B", {"A", "B"}) == 0b0110u);
  CHECK(truth_table("(((A B)+(B C))+(C A))", abc) == 0b11101000u);  // majority
  CHECK(truth_table("A + B C'", abc) == 0b10101110u);
  CHECK(truth_table("1", {}) == 1u);
  CHECK_FALSE(truth_table("A +", {"A"}));
  CHECK_FALSE(truth_table("(A", {"A"}));
  CHECK_FALSE(truth_table("IQ", {"A"}));
  CHECK_FALSE(truth_table(std::string(5000, '!') + "A", {"A"}));
  CHECK_FALSE(truth_table(std::string(2000, '('), {"A"}));
}

TEST_CASE("a Liberty file cut off anywhere is an error, and one line") {
  const std::string text = kSmall;
  const std::size_t end = text.rfind('}');
  for (std::size_t n = 0; n <= end; ++n) {
    const std::string what = message([&] { parse_liberty(text.substr(0, n), "cut"); });
    CAPTURE(n);
    CHECK_FALSE(what.empty());
    CHECK(what.find('\n') == std::string::npos);
  }
}

TEST_CASE("hostile Liberty text is refused without a crash") {
  std::string deep = "library (x) {";
  for (int i = 0; i < 100000; ++i) deep += "a(){";
  CHECK(message([&] { parse_liberty(deep, "deep"); }).find("deeper") != std::string::npos);
  CHECK(message([&] { parse_liberty("library (x) { } trailing", "t"); }).find("after the end") !=
        std::string::npos);
  CHECK(message([&] {
          make_library(parse_liberty("module (x) { a : 1; }", "m"), "m");
        }).find("not \"library\"") != std::string::npos);
  CHECK(message([&] {
          make_library(parse_liberty("library (x) { }", "m"), "m");
        }).find("without cells") != std::string::npos);
  std::string nan = kSmall;
  nan.replace(nan.find("4.5"), 3, "nan");
  CHECK(message([&] { make_library(parse_liberty(nan, "n"), "n"); }).find("not a number") !=
        std::string::npos);

  // Random damage: an error or a library, never anything else.
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::string text = kSmall;
    for (int i = 0; i < 3; ++i) text[random() % text.size()] = static_cast<char>(random() % 256);
    message([&] { make_library(parse_liberty(text, "damaged"), "damaged"); });
  }
}

TEST_CASE("areas equal Yosys's own statistics on the same Liberty file") {
  const SynthReport report = synthesised({"axnn_mult_fig8", "axnn_mac"});
  for (const ModuleReport& m : report.modules) {
    const std::string text = read_file(m.folder / "area.txt");
    const double area = number_after(text, "Chip area for module '\\" + m.name + "':");
    CAPTURE(m.name);
    CHECK(m.count.area_um2 == Approx(area));
    CHECK(static_cast<double>(m.count.cells) == number_after(text, "Number of cells:"));
    CHECK(m.gate_equivalents == Approx(area / 24));  // NAND2X1 in osu018: area 24
  }
}

TEST_CASE("a PE is at least as fast as the first sketches, and each rougher mode is faster") {
  const SynthReport report = synthesised({"axnn_mult_fig8", "axnn_pe"});
  // First sketches of the same circuits on this library: multiplier 5.06, 3.18 ns in M0, M1; PE
  // 5.63, 4.31, 4.31 ns in M0, M1, M2.
  CHECK(path_ns(report, "axnn_mult_fig8", "M0") <= 5.06);
  CHECK(path_ns(report, "axnn_mult_fig8", "M1") <= 3.18);
  CHECK(path_ns(report, "axnn_pe", "M0") <= 5.63);
  CHECK(path_ns(report, "axnn_pe", "M1") <= 4.31);
  CHECK(path_ns(report, "axnn_pe", "M2") <= 4.31);
  for (const char* module : {"axnn_mult_fig8", "axnn_pe"}) {
    CHECK(path_ns(report, module, "M0") > path_ns(report, module, "M1"));
    CHECK(path_ns(report, module, "M1") > path_ns(report, module, "M2"));
    CHECK(path_ns(report, module, "M2") > 0);
  }
}

TEST_CASE("an unchanged module is not synthesised again") {
  synthesised({"axnn_mult_fig8"});
  CHECK(synthesised({"axnn_mult_fig8"}).modules.front().cached);
}

TEST_CASE("axnn synth refuses what is no Liberty file with one line and leaves nothing behind") {
  const fs::path folder =
      fs::temp_directory_path() / ("axnn-bad-liberty-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const std::pair<std::string, std::string> files[] = {
      {"text.lib", "Dear library,\n"},
      {"empty.lib", ""},
      {"cut.lib", std::string(kSmall).substr(0, 700)},
      {"binary.lib", std::string("\x7f"
                                 "ELF\0\1\2\3",
                                 8)},
      {"verilog.lib", "module a(input b); endmodule\n"}};
  for (const auto& [name, text] : files) {
    write_file(folder / name, text);
    const Outcome o = axnn_program(
        {"synth", "--liberty", (folder / name).string(), "--out", (folder / "out").string()});
    CAPTURE(name, o.output);
    CHECK(o.code == 1);
    CHECK(std::count(o.output.begin(), o.output.end(), '\n') == 1);
    CHECK(o.output.find(name) != std::string::npos);
    CHECK_FALSE(fs::exists(folder / "out"));
  }
  CHECK(axnn_program({"synth", "--liberty", (folder / "none.lib").string()}).code == 1);
  const Outcome unknown = axnn_program({"synth", "--module", "axnn_nothing"});
  CHECK(unknown.code == 1);
  CHECK(unknown.output.find("axnn_nothing") != std::string::npos);
  CHECK(axnn_program({"synth", "--nonsense"}).code == 2);
  fs::remove_all(folder);
}

TEST_CASE("a program that is not installed is named") {
  const fs::path log = fs::temp_directory_path() / ("axnn-none-" + std::to_string(::getpid()));
  CHECK(message([&] {
          run_command({{"axnn-no-such-tool"}, {}, log});
        }).find("axnn-no-such-tool") != std::string::npos);
  CHECK(run_command({{"sh", "-c", "exit 3"}, {}, log}) == 3);
  CHECK(message([&] {
          run_command({{"sleep", "5"}, {}, log, 0});
        }).find("still running") != std::string::npos);
  fs::remove(log);
}
