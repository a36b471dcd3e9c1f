// The power model. Expected numbers: the memory table's own rows, arithmetic by hand on small
// circuits, the paper's tables, and Liberty text.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/error.h"
#include "model/file_io.h"
#include "power/accesses.h"
#include "power/activity.h"
#include "power/logic_energy.h"
#include "power/memory.h"
#include "power/power.h"
#include "synth/subprocess.h"
#include "tests/skip.h"

using namespace axnn;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

fs::path table_file() { return fs::path(AXNN_SOURCE_DIR) / "constraints/tech/sram_65nm.csv"; }

IntegerNet net_of(const std::vector<int>& shape) {
  IntegerNet net;
  for (std::size_t l = 1; l < shape.size(); ++l) {
    IntegerLayer layer;
    layer.inputs = shape[l - 1];
    layer.outputs = shape[l];
    net.layers.push_back(layer);
  }
  return net;
}

struct Scratch {
  fs::path path = fs::temp_directory_path() / ("axnn-test-power-" + std::to_string(::getpid()));
  Scratch() { fs::create_directories(path); }
  ~Scratch() { fs::remove_all(path); }
};

SynthReport synthesised(std::vector<std::string> modules) {
  SynthOptions options;
  options.source = AXNN_SOURCE_DIR;
  options.out = AXNN_NETLISTS;
  options.modules = std::move(modules);
  options.threads = 2;
  if (!fs::exists(options.liberty)) skip("no OSU 180 nm library installed");
  return run_synth(options);
}

PowerReport price(const PowerOptions& options) {
  return estimate_power(paper_nets(AXNN_SOURCE_DIR), synthesised(power_modules()),
                        read_library(kDefaultLiberty), AXNN_SOURCE_DIR, options);
}

// Two inverters in a row inside a block, the block's output into an inverter and a flip-flop.
constexpr char kChainLiberty[] = R"(library (chain) {
  time_unit : "1ns"; voltage_unit : "1V"; leakage_power_unit : "1nW";
  capacitive_load_unit (1, pf); nom_voltage : 2;
  cell (INV) { area : 1; cell_leakage_power : 5;
    pin (A) { direction : input; capacitance : 0.01; }
    pin (Y) { direction : output; function : "!A";
      internal_power () { rise_power (scalar) { values ("0.1"); } fall_power (scalar) { values ("0.3"); } } } }
  cell (BUF) { area : 1; pin (A) { direction : input; } pin (Y) { direction : output; function : "A"; } }
  cell (NAND2) { area : 1; pin (A) { direction : input; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "!A + !B"; } }
  cell (DFF) { area : 4; ff (q, qn) { next_state : "D"; clocked_on : "C"; }
    pin (C) { direction : input; capacitance : 0.02; clock : true;
      internal_power () { rise_power (scalar) { values ("0.05"); } fall_power (scalar) { values ("0.15"); } } }
    pin (D) { direction : input; capacitance : 0.03;
      internal_power () { rise_power (scalar) { values ("0.2"); } fall_power (scalar) { values ("0.2"); } } }
    pin (Q) { direction : output; function : "q"; } }
})";

constexpr char kChainNetlist[] = R"({"modules": {
  "block": {"ports": {"a": {"direction": "input", "bits": [2]}, "y": {"direction": "output", "bits": [4]}},
    "cells": {
      "i1": {"type": "INV", "connections": {"A": [2], "Y": [3]}},
      "i2": {"type": "INV", "connections": {"A": [3], "Y": [4]}}},
    "netnames": {}},
  "top": {"ports": {"c": {"direction": "input", "bits": [9]}, "a": {"direction": "input", "bits": [2]},
                    "q": {"direction": "output", "bits": [6]}},
    "cells": {
      "b": {"type": "block", "connections": {"a": [2], "y": [3]}},
      "i3": {"type": "INV", "connections": {"A": [3], "Y": [5]}},
      "d": {"type": "DFF", "connections": {"C": [9], "D": [3], "Q": [6]}}},
    "netnames": {}}}})";

}  // namespace

TEST_CASE("memory figures are the table's at its points and between its points in between") {
  const MemoryTable t(table_file(), "itrs-hp", "itrs-hp");
  CHECK(t.at(256, 16).read_pj == Approx(1.05743));   // 512 bytes x 16 bits
  CHECK(t.at(1024, 16).read_pj == Approx(2.87764));  // 2 KB x 16 bits
  CHECK(t.at(1024, 16).leakage_mw == Approx(1.3557 + 0.171429));
  CHECK(t.at(512, 64).write_pj == Approx(9.53414));  // 4 KB x 64 bits
  const MemoryFigures middle = t.at(362, 16);        // about 724 bytes, between 512 and 1024
  CHECK(middle.read_pj > 1.05743);
  CHECK(middle.read_pj < 1.69152);
  CHECK(middle.read_pj == Approx(std::sqrt(1.05743 * 1.69152)).epsilon(0.01));
  // A PE's memory, 128 x 10 bits, is smaller than the table's smallest and must cost less.
  CHECK(t.at(128, 10).read_pj < 1.05743);
  CHECK(t.at(128, 10).read_pj > 0.1);
  CHECK_THROWS_AS(t.at(0, 10), Error);
  CHECK_THROWS_AS(MemoryTable(table_file(), "itrs-hp", "none"), Error);
  CHECK_THROWS_AS(MemoryTable("none.csv", "itrs-hp", "itrs-hp"), Error);
}

TEST_CASE("a damaged memory table is an error that names the line") {
  Scratch scratch;
  std::string text = read_file(table_file());
  text.replace(text.find("0.332691"), 8, "0.33269x");
  write_file(scratch.path / "bad.csv", text);
  try {
    MemoryTable(scratch.path / "bad.csv", "itrs-hp", "itrs-hp");
    FAIL("accepted");
  } catch (const Error& e) {
    CHECK(std::string(e.what()).find("bad.csv:2") != std::string::npos);
  }
}

TEST_CASE("steps are the paper's cycles, and accesses follow the latency mapping") {
  CHECK(latency_accesses(net_of({30, 64, 64, 2})).steps == 104);
  CHECK(latency_accesses(net_of({19, 64, 64, 7})).steps == 96);
  CHECK(latency_accesses(net_of({34, 50, 50, 2})).steps == 91);
  CHECK(latency_accesses(net_of({36, 64, 64, 7})).steps == 112);
  CHECK(latency_accesses(net_of({784, 128, 128, 10})).steps == 1856);

  // 20-9-3 by hand: 3 words x 2 tiles, then 2 words x 1 tile.
  const AccessCounts n = latency_accesses(net_of({20, 9, 3}));
  CHECK(n.steps == 8);
  CHECK(n.macs == 20 * 9 + 9 * 3);
  CHECK(n.neuron_buffer_reads == 3 + 2);
  CHECK(n.neuron_local_writes == 64 * (3 + 2));
  CHECK(n.neuron_local_reads == 64 * 3);
  CHECK(n.neuron_buffer_writes == 3 + 2);  // input words, hidden tiles
  CHECK(n.bias_reads == 3);
  CHECK(n.output_tiles == 1);
  CHECK(n.weight_local_reads == 64 * 8);
  CHECK(n.weight_buffer_reads == 0);
  CHECK(latency_accesses(net_of({784, 128, 128, 10})).weight_buffer_reads == 1856);
}

TEST_CASE("net energies equal a sum by hand, through the hierarchy") {
  Scratch scratch;
  write_file(scratch.path / "n.json", kChainNetlist);
  const Netlist netlist = read_netlist(scratch.path / "n.json");
  const Library library = make_library(parse_liberty(kChainLiberty, "chain"), "chain");
  // One transition at 2 V: C V^2 / 2 = 2 C pJ. An inverter's inside takes (0.1 + 0.3) / 2.
  const std::vector<double> block = net_energy(netlist, library, "block");
  CHECK(block[3] == Approx(0.2 + 2 * 0.01));
  CHECK(block[4] == Approx(0.2));  // its load is outside
  const auto parts = energy_by_module(netlist, library, "top");
  CHECK(parts.at("block").combinational_pj == Approx(0.42));
  CHECK(parts.at("top").combinational_pj == Approx(0.2));
  // The block's output net out here: INV input, flip-flop input and the energy inside it.
  CHECK(parts.at("top").register_pj == Approx(2 * (0.01 + 0.03) + 0.2));
  // Both clock edges: 2 x ((0.05 + 0.15) / 2 + 2 x 0.02).
  CHECK(parts.at("top").clock_pj == Approx(0.28));
  CHECK(total_energy(netlist, library, "top").leakage_nw == Approx(15));
}

TEST_CASE("toggles of a VCD are counted bit by bit, in the asked scope only, without x") {
  Scratch scratch;
  write_file(scratch.path / "t.vcd", R"($timescale 10ps $end
$scope module tb $end
$var wire 1 ! a $end
$scope module dut $end
$var wire 1 " y $end
$var wire 4 # \bus.v [3:0] $end
$scope module cell $end
$var wire 1 $ z $end
$upscope $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
0!
x"
b0 #
0$
$end
#1
1!
1"
b101 #
1$
#2
0"
b1100 #
#3
bx #
1"
#4
b1111 #
)");
  const std::map<std::string, long> expected = {
      {"y", 2}, {"bus.v[0]", 2}, {"bus.v[1]", 0}, {"bus.v[2]", 1}, {"bus.v[3]", 1}};
  CHECK(count_toggles(scratch.path / "t.vcd", "tb.dut") == expected);
  write_file(scratch.path / "no.vcd", "hello");
  CHECK_THROWS_AS(count_toggles(scratch.path / "no.vcd", "tb.dut"), Error);
}

TEST_CASE("analytical energy of the multiplier is within 15 % of energy from its toggles") {
  const fs::path cells = "/usr/share/qflow/tech/osu018/osu018_stdcells.v";
  if (!fs::exists(cells)) skip("the vendor's Verilog cells are not installed");
  const SynthReport report = synthesised({"axnn_mult_fig8"});
  const Library library = read_library(kDefaultLiberty);
  const fs::path folder = report.module("axnn_mult_fig8").folder;
  const LogicEnergy all =
      total_energy(read_netlist(folder / "netlist.json"), library, "axnn_mult_fig8");
  const json table =
      json::parse(read_file(fs::path(AXNN_SOURCE_DIR) / "constraints/tech/activity.json"));
  for (int mode = 0; mode < 3; ++mode) {
    ActivityOptions options;
    options.folder = folder;
    options.top = "axnn_mult_fig8";
    options.cells = cells;
    options.mode = mode;
    options.cycles = 300;
    options.seed = 77;  // other operands than the table's
    const ActivityResult r = measure_activity(options, library);
    const double activity = table.at("multiplier").at("M" + std::to_string(mode));
    CAPTURE(mode);
    CHECK(activity * all.combinational_pj == Approx(r.energy_pj).epsilon(0.15));
    CHECK(r.activity.combinational == Approx(activity).epsilon(0.05));
    options.glitches = false;
    CHECK(measure_activity(options, library).energy_pj < r.energy_pj);
  }
}

TEST_CASE("scaling and calibration are what their sources say") {
  const PowerReport report = price({});
  CHECK(report.results.size() == 15);
  // Stillmaker and Baas, 180 nm 1.8 V to 65 nm 1.1 V: energy x 0.064, delay x 0.242.
  CHECK(report.energy_scale == Approx(0.064).epsilon(0.01));
  CHECK(report.delay_scale == Approx(0.242).epsilon(0.01));
  double ours = 0, paper = 0;
  for (const PowerResult& r : report.results) {
    CAPTURE(r.dataset, r.mode);
    double parts = 0;
    for (const PowerPart& p : r.parts) parts += p.pj.raw;
    CHECK(parts == Approx(r.pj_per_inference.raw));
    const double ns = static_cast<double>(r.cycles) * r.clock_ns.raw;
    CHECK(r.power_mw.raw * ns == Approx(r.pj_per_inference.raw));
    CHECK(r.power_mw.scaled > 0);
    if (r.mode == "M0") {
      ours += r.power_mw.calibrated;
      CHECK(r.calibrated_m0_clock_mw == Approx(r.power_mw.calibrated));
    }
  }
  paper = 103.80 + 105.43 + 83.77 + 106.99 + 118.68;  // Table III, M0
  CHECK(ours == Approx(paper));

  // Table III, GOPS at the paper's clock and cycle count.
  CHECK(report.results[0].gops.calibrated == Approx(196.92).epsilon(0.001));   // breast M0
  CHECK(report.results[14].gops.calibrated == Approx(374.04).epsilon(0.001));  // mnist M2
}

TEST_CASE("the weight memories' voltage acts as V^2, or by the fit to the paper") {
  const PowerReport nominal = price({1.1, WeightSram::kPhysical});
  const PowerReport low = price({0.55, WeightSram::kPhysical});
  const auto part = [](const PowerResult& r, const std::string& name) {
    for (const PowerPart& p : r.parts) {
      if (p.name == name) return p.pj;
    }
    return Columns{-1, -1, -1};
  };
  for (std::size_t i = 0; i < nominal.results.size(); ++i) {
    const Columns a = part(nominal.results[i], "local weight memories");
    const Columns b = part(low.results[i], "local weight memories");
    CHECK(b.scaled >= 0.25 * a.scaled);  // energy by V^2, leakage by V
    CHECK(b.scaled <= 0.5 * a.scaled);
    CHECK(part(low.results[i], "multipliers").raw == part(nominal.results[i], "multipliers").raw);
  }
  // Table IV minus Table III in the fit: breast, utilisation 12/13; 49.5 (0.66 / 1.1)^4 x 0.9231.
  const PowerReport paper = price({0.66, WeightSram::kPaper});
  const PowerResult& breast = paper.results.front();
  const Columns fit = part(breast, "weight memories, paper's fit");
  CHECK(fit.calibrated / (104 * 0.60) == Approx(49.5 * 0.1296 * 0.9231).epsilon(0.001));

  CHECK_THROWS_AS(price({0.1, WeightSram::kPhysical}), Error);
  CHECK_THROWS_AS(price({std::nan(""), WeightSram::kPhysical}), Error);
}

TEST_CASE("axnn power --json has the promised keys") {
  Scratch scratch;
  const fs::path log = scratch.path / "out.json";
  if (!fs::exists(kDefaultLiberty)) skip("no OSU 180 nm library installed");
  REQUIRE(run_command({{AXNN_PROGRAM, "power", "--json", "--out", AXNN_NETLISTS},
                       {{"AXNN_SOURCE", AXNN_SOURCE_DIR}},
                       log}) == 0);
  const json root = json::parse(read_file(log));
  REQUIRE(root.at("results").size() == 15);
  for (const json& r : root.at("results")) {
    for (const char* key : {"dataset", "multiplier", "mapping", "mode", "vdd"}) {
      CHECK(r.contains(key));
    }
    for (const char* key : {"power_mw", "pj_per_inference", "gops_per_w"}) {
      for (const char* column : {"raw", "scaled", "calibrated"}) {
        CHECK(r.at(key).at(column).get<double>() > 0);
      }
    }
  }
  CHECK(run_command({{AXNN_PROGRAM, "power", "--vdd", "7", "--out", AXNN_NETLISTS}, {}, log}) == 1);
  CHECK(run_command({{AXNN_PROGRAM, "power", "--weight-sram", "x"}, {}, log}) == 2);
  CHECK(run_command({{AXNN_PROGRAM, "power", (scratch.path / "none.axnn").string()}, {}, log}) ==
        1);
}
