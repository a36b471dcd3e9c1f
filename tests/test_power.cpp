// The power model. Expected numbers: the memory table's own rows, arithmetic by hand on small
// circuits, the paper's tables, and Liberty text.
#include <unistd.h>
#include <verilated_vcd_c.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "Vmac_toggles.h"
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

const PowerModel& power_model() {
  static const PowerModel model(synthesised(power_modules()), read_library(kDefaultLiberty),
                                AXNN_SOURCE_DIR);
  return model;
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
  CHECK(latency_inference(net_of({30, 64, 64, 2})).steps == 104);
  CHECK(latency_inference(net_of({19, 64, 64, 7})).steps == 96);
  CHECK(latency_inference(net_of({34, 50, 50, 2})).steps == 91);
  CHECK(latency_inference(net_of({36, 64, 64, 7})).steps == 112);
  CHECK(latency_inference(net_of({784, 128, 128, 10})).steps == 1856);

  // 20-9-3 by hand: 3 words x 2 tiles, then 2 words x 1 tile.
  const Inference n = latency_inference(net_of({20, 9, 3}));
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
  CHECK(latency_inference(net_of({784, 128, 128, 10})).weight_buffer_reads == 8 * 1856);
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

TEST_CASE("operands come in the order the mapping feeds them to a PE") {
  // 10 inputs, 9 outputs: weight of (o, i) is 10 o + i, activation i is 100 + i.
  IntegerNet net = net_of({10, 9});
  std::vector<Code> x;
  for (int i = 0; i < 10; ++i) x.push_back(static_cast<Code>(100 + i));
  for (int k = 0; k < 90; ++k) net.layers[0].weights.push_back(static_cast<Code>(k));
  const std::vector<std::vector<std::vector<Code>>> samples = {{x}};
  using S = OperandStep;
  // PE (0, 1): outputs 0 and 8, inputs 1 and 9 of each.
  CHECK(pe_operands(net, samples, Mapping::kLatency, 0, 1, 1000) ==
        OperandStream{S{101, 1, true, true}, S{109, 9, true, false}, S{101, 81, true, true},
                      S{109, 89, true, false}});
  // PE (1, 2): input 10 is padding, output 9 too.
  CHECK(pe_operands(net, samples, Mapping::kLatency, 1, 2, 1000) ==
        OperandStream{S{102, 12, true, true}, S{0, 0, true, false}, S{102, 0, true, true},
                      S{0, 0, true, false}});
  // One input a step, outputs 2 and then the padding.
  const OperandStream batch = pe_operands(net, samples, Mapping::kThroughput, 2, 5, 1000);
  REQUIRE(batch.size() == 20);
  for (int i = 0; i < 10; ++i) {
    CHECK(batch[std::size_t(i)] ==
          S{static_cast<Code>(100 + i), static_cast<Code>(20 + i), true, i == 0});
    CHECK(batch[std::size_t(10 + i)].weight == 0);
  }
  // Every second sum.
  CHECK(pe_operands(net, samples, Mapping::kThroughput, 0, 0, 10).size() == 10);
}

TEST_CASE("energy of a simulated netlist equals a sum by hand") {
  Scratch scratch;
  // A flip-flop samples a_i[0]; an inverter and another behind it.
  write_file(scratch.path / "netlist.json", R"({"modules": {"top": {
    "ports": {"clk_i": {"direction": "input", "bits": [2]},
              "a_i": {"direction": "input", "bits": [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]},
              "y": {"direction": "output", "bits": [15]}},
    "cells": {"d": {"type": "DFF", "connections": {"C": [2], "D": [3], "Q": [13]}},
              "i1": {"type": "INV", "connections": {"A": [13], "Y": [14]}},
              "i2": {"type": "INV", "connections": {"A": [14], "Y": [15]}}},
    "netnames": {"q": {"bits": [13]}, "n": {"bits": [14]}, "y": {"bits": [15]}}}}})");
  write_file(scratch.path / "netlist.v",
             "module top(input clk_i, input [9:0] a_i, output y); wire q, n;\n"
             "DFF d(.C(clk_i), .D(a_i[0]), .Q(q)); INV i1(.A(q), .Y(n)); INV i2(.A(n), .Y(y));\n"
             "endmodule\n");
  write_file(scratch.path / "cells.v",
             "module INV(input A, output Y); assign Y = !A; endmodule\n"
             "module DFF(input C, D, output reg Q); always @(posedge C) Q <= D; endmodule\n");
  const Library library = make_library(parse_liberty(kChainLiberty, "chain"), "chain");
  ActivityOptions options;
  options.folder = scratch.path;
  options.top = "top";
  options.cells = scratch.path / "cells.v";
  OperandStream steps;
  for (const int a : {1, 0, 0, 1, 0}) steps.push_back({static_cast<Code>(a), 0, true, false});
  const ActivityResult r = measure_activity(options, steps, library);
  // A step's operand changes behind the clock edge, so the flip-flop sees 0 1 0 0 1: 3 transitions
  // on q, n and y each, over five steps.
  CHECK(r.toggles.at("q") == 3);
  CHECK(r.toggles.at("n") == 3);
  CHECK(r.toggles.at("y") == 3);
  // C V^2 / 2 = 2 C pJ of the input pins at 2 V. The flip-flop's output has no internal power;
  // inverters take (0.1 + 0.3) / 2.
  CHECK(r.register_pj == Approx(0.6 * 2 * 0.01));
  CHECK(r.combinational_pj == Approx(0.6 * (0.2 + 2 * 0.01) + 0.6 * 0.2));
  CHECK(r.activity.registers == Approx(0.6));
  CHECK(clock_energy(read_netlist(scratch.path / "netlist.json"), library, "top", "clk_i") ==
        Approx(0.28));  // as in the test above
}

TEST_CASE("Verilator and Icarus count the same transitions of every net, without delays") {
  const fs::path cells = "/usr/share/qflow/tech/osu018/osu018_stdcells.v";
  if (!fs::exists(cells)) skip("the vendor's Verilog cells are not installed");
  const fs::path folder = synthesised({"axnn_mac"}).module("axnn_mac").folder;
  const OperandStream steps = random_operands(5, 200, 7);
  for (const int mode : {kModeM0, kModeM2}) {
    ActivityOptions options;
    options.folder = folder;
    options.top = "axnn_mac";
    options.cells = cells;
    options.mode = mode;
    options.glitches = false;
    const Library library = read_library(kDefaultLiberty);
    const ActivityResult icarus = measure_activity(options, steps, library);

    Scratch scratch;
    const fs::path vcd = scratch.path / "verilator.vcd";
    {
      VerilatedContext context;
      context.traceEverOn(true);
      Vmac_toggles top(&context);
      VerilatedVcdC trace;
      top.trace(&trace, 99);
      const auto step = [&](const OperandStep& s) {
        top.clk_i = 1;
        top.eval();
        top.valid_i = s.valid;
        top.first_i = s.first;
        top.a_i = static_cast<unsigned>(s.activation) & 1023u;
        top.b_i = static_cast<unsigned>(s.weight) & 1023u;
        top.eval();
        top.clk_i = 0;
        top.eval();
      };
      top.mode_i = static_cast<unsigned>(mode) & 3u;
      top.rst_ni = 0;
      top.eval();
      top.rst_ni = 1;
      for (int n = 0; n < 8; ++n) step({0, 0, true, true});
      trace.open(vcd.c_str());
      std::uint64_t time = 0;
      trace.dump(time++);
      for (const OperandStep& s : steps) {
        top.clk_i = 1;  // registers first, then operands: a dump each
        top.eval();
        trace.dump(time++);
        step(s);
        trace.dump(time++);
      }
      trace.close();
    }
    const std::map<std::string, long> verilator = count_toggles(vcd, "TOP.axnn_mac");
    int compared = 0;
    long transitions = 0;
    for (const auto& [net, toggles] : icarus.toggles) {
      const auto it = verilator.find(net);
      if (it == verilator.end() || net == "clk_i") continue;
      CAPTURE(mode, net);
      CHECK(it->second == toggles);
      ++compared;
      transitions += toggles;
    }
    CHECK(compared > 500);
    CHECK(transitions > 10000);
    // Glitches cost energy.
    options.glitches = true;
    CHECK(measure_activity(options, steps, library).energy_pj() > icarus.energy_pj());
  }
}

TEST_CASE("a rough mode takes less energy, since its operands are isolated") {
  const PowerModel& model = power_model();
  for (const PaperNet& net : model.technology().paper_nets()) {
    for (const MultiplierKind kind : {MultiplierKind::kFig8, MultiplierKind::kBooth}) {
      CAPTURE(net.name, kind_name(kind));
      const auto at = [&](int mode) {
        const MacActivity a = model.technology().activity(net.name, kind, Mapping::kLatency, mode);
        return a.combinational;
      };
      CHECK(at(kModeM1) < 0.6 * at(kModeM0));
      CHECK(at(kModeM2) < at(kModeM1));
    }
  }
}

TEST_CASE("scaling and calibration are what their sources say") {
  const PowerModel& model = power_model();
  // Stillmaker and Baas, 180 nm 1.8 V to 65 nm 1.1 V: energy x 0.064, delay x 0.242.
  CHECK(model.energy_scale() == Approx(0.064).epsilon(0.01));
  CHECK(model.delay_scale() == Approx(0.242).epsilon(0.01));
  for (const WeightSram sram : {WeightSram::kPhysical, WeightSram::kPaper}) {
    const PowerModel calibrated = model.with({sram, true});
    double ours = 0;
    for (const Workload& w : model.paper_workloads()) {
      const PowerResult r = calibrated.price(w, kModeM0, 1.1);
      CAPTURE(w.net);
      double parts = 0;
      for (const PowerPart& p : r.parts) parts += p.pj.raw;
      CHECK(parts == Approx(r.pj_per_inference.raw));
      CHECK(r.power_mw.raw * w.inference.cycles * r.clock_ns.raw == Approx(r.pj_per_inference.raw));
      ours += r.power_mw.calibrated;
    }
    CHECK(ours == Approx(103.80 + 105.43 + 83.77 + 106.99 + 118.68));  // Table III, M0
  }
  // Table III, GOPS at the paper's clock and cycle count: all 15 within 2 %.
  for (const Workload& w : model.paper_workloads()) {
    for (int mode = 0; mode < 3; ++mode) {
      const double printed = model.technology().paper(w.net)->gops[std::size_t(mode)];
      CHECK(model.price(w, mode, 1.1).gops.calibrated == Approx(printed).epsilon(0.02));
    }
  }
}

TEST_CASE("the weight memories' voltage acts as V^2, or by the fit to the paper") {
  const PowerModel& model = power_model();
  const auto part = [](const PowerResult& r, const std::string& name) {
    for (const PowerPart& p : r.parts) {
      if (p.name == name) return p.pj;
    }
    return Columns{-1, -1, -1};
  };
  for (const Workload& w : model.paper_workloads()) {
    const PowerResult high = model.price(w, kModeM1, 1.1), low = model.price(w, kModeM1, 0.55);
    const double a = part(high, "local weight memories").scaled;
    const double b = part(low, "local weight memories").scaled;
    CHECK(b >= 0.25 * a);  // energy by V^2, leakage by V
    CHECK(b <= 0.5 * a);
    CHECK(part(low, "multipliers").raw == part(high, "multipliers").raw);
  }
  // Table IV minus Table III in the fit: breast, utilisation 12/13; 49.5 (0.66 / 1.1)^4 x 0.9231.
  const Workload breast = model.paper_workloads().front();
  const PowerResult fit = model.with({WeightSram::kPaper, true}).price(breast, kModeM1, 0.66);
  CHECK(part(fit, "weight memories, paper's fit").calibrated / (104 * 0.41) ==
        Approx(49.5 * 0.1296 * 0.9231).epsilon(0.001));

  CHECK_THROWS_AS(model.price(breast, kModeM0, 0.1), Error);
  CHECK_THROWS_AS(model.price(breast, kModeM0, std::nan("")), Error);
}

TEST_CASE("a memory at low voltage answers late, and the report says how late") {
  const PowerModel& model = power_model();
  CHECK(model.technology().memory_slowdown(1.1) == Approx(1));
  // Alpha-power law by hand: V / (V - 0.30)^1.3 at 0.66 and 1.1 V: 0.66 / 0.264962 = 2.4909,
  // 1.1 / 0.748197 = 1.4702.
  CHECK(model.technology().memory_slowdown(0.66) == Approx(2.4909 / 1.4702).epsilon(0.001));
  CHECK(std::isinf(model.technology().memory_slowdown(0.3)));
  const Workload w = model.paper_workloads().front();
  const WeightFeed low = model.price(w, kModeM2, 0.4).feed;
  CHECK(low.local);
  CHECK(low.clocks_a_read == Approx(1));
  CHECK(low.calibrated_reuse == static_cast<int>(std::ceil(low.access_ns.calibrated / 0.34)));
  CHECK(low.calibrated_reuse > 1);
}

TEST_CASE("axnn power --json has the promised keys") {
  Scratch scratch;
  const fs::path log = scratch.path / "out.json";
  if (!fs::exists(kDefaultLiberty)) skip("no OSU 180 nm library installed");
  REQUIRE(run_command({{AXNN_PROGRAM, "power", "--json", "--out", AXNN_NETLISTS},
                       {{"AXNN_SOURCE", AXNN_SOURCE_DIR}},
                       log}) == 0);
  const json root = json::parse(read_file(log));
  REQUIRE(root.at("table3").size() >= 30);
  REQUIRE(root.at("table4").size() >= 40);
  for (const char* table : {"table3", "table4"}) {
    for (const json& r : root.at(table)) {
      for (const char* key : {"dataset", "multiplier", "mapping", "mode", "vdd", "paper"}) {
        CHECK(r.contains(key));
      }
      for (const char* key : {"power_mw", "pj_per_inference", "gops_per_w"}) {
        for (const char* column : {"raw", "scaled", "calibrated"}) {
          CHECK(r.at(key).at(column).get<double>() > 0);
        }
      }
    }
  }
  CHECK(run_command({{AXNN_PROGRAM, "power", "--vdd", "7", "--out", AXNN_NETLISTS}, {}, log}) == 1);
  CHECK(run_command({{AXNN_PROGRAM, "power", "--chips", "0"}, {}, log}) == 2);
  CHECK(run_command({{AXNN_PROGRAM, "power", (scratch.path / "none.axnn").string()}, {}, log}) ==
        1);
}
