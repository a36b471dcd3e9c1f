// The power model. Expected numbers: the memory table's own rows, arithmetic by hand on small
// circuits, the paper's tables, and Liberty text.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "explore/gate_accelerator.h"
#include "explore/workload.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/rng.h"
#include "power/accesses.h"
#include "power/activity.h"
#include "power/activity_estimate.h"
#include "power/clock_record.h"
#include "power/estimate.h"
#include "power/logic_energy.h"
#include "power/operands.h"
#include "power/power.h"
#include "power/waterfall.h"
#include "sim/compiler.h"
#include "sim/cosim.h"
#include "synth/gate_sim.h"
#include "synth/memory_table.h"
#include "model/subprocess.h"
#include "tests/icarus_toggles.h"
#include "tests/random_net.h"
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
  if (!fs::exists(kDefaultLiberty)) skip("no OSU 180 nm library installed");
  return run_synth(options);
}

const PowerModel& power_model() {
  static const PowerModel model(synthesised(power_modules()),
                                make_library(read_liberty_files({kDefaultLiberty})),
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
      internal_power () { rise_power (scalar) { values ("0.1"); } fall_power (scalar) { values ("0.3"); } }
      timing () { related_pin : "A"; cell_rise (scalar) { values ("1"); } cell_fall (scalar) { values ("1"); } } } }
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
  const auto latency_inference = [](const std::vector<int>& shape) {
    const IntegerNet net = PaperNet{.name = "", .shape = shape}.net();
    return inference_of(compile(net, {MultiplierKind::kFig8, kModeM0}), net);
  };
  CHECK(latency_inference({30, 64, 64, 2}).steps == 104);
  CHECK(latency_inference({19, 64, 64, 7}).steps == 96);
  CHECK(latency_inference({34, 50, 50, 2}).steps == 91);
  CHECK(latency_inference({36, 64, 64, 7}).steps == 112);
  CHECK(latency_inference({784, 128, 128, 10}).steps == 1856);

  // 20-9-3 by hand: 3 words x 2 tiles, then 2 words x 1 tile.
  const Inference n = latency_inference({20, 9, 3});
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
  CHECK(latency_inference({784, 128, 128, 10}).weight_buffer_reads == 8 * 1856);
}

TEST_CASE("net energies equal a sum by hand, through the hierarchy") {
  Scratch scratch;
  write_file(scratch.path / "n.json", kChainNetlist);
  const Netlist netlist = read_netlist(scratch.path / "n.json");
  const Library library = make_library(parse_liberty(kChainLiberty, "chain"), "chain");
  // One transition at 2 V: C V^2 / 2 = 2 C pJ. An inverter's inside takes (0.1 + 0.3) / 2.
  const auto price = [&](int net) {
    double pj = 0;
    for (const NetPrice& p : net_prices(netlist, library, "block")) pj += p.net == net ? p.pj : 0;
    return pj;
  };
  CHECK(price(3) == Approx(0.2 + 2 * 0.01));
  CHECK(price(4) == Approx(0.2));  // its load is outside
  const auto parts = energy_by_module(netlist, library, "top");
  CHECK(parts.at("block").combinational_pj == Approx(0.42));
  CHECK(parts.at("top").combinational_pj == Approx(0.2));
  // The block's output net out here: INV input, flip-flop input and the energy inside it.
  CHECK(parts.at("top").register_pj == Approx(2 * (0.01 + 0.03) + 0.2));
  // Both clock edges: 2 x ((0.05 + 0.15) / 2 + 2 x 0.02).
  CHECK(parts.at("top").clock_pj == Approx(0.28));
  CHECK(total_energy(netlist, library, "top").leakage_nw == Approx(15));
}

TEST_CASE("a clock port's energy is that of its registers, behind a clock gate too") {
  constexpr char kTwoClocks[] = R"({"modules": {
  "axnn_clock_gate": {"ports": {"clk_i": {"direction": "input", "bits": [2]}, "en_i": {"direction": "input", "bits": [3]},
                                "clk_o": {"direction": "output", "bits": [4]}},
    "cells": {"g": {"type": "NAND2", "connections": {"A": [2], "B": [3], "Y": [4]}}},
    "netnames": {}},
  "top": {"ports": {"c": {"direction": "input", "bits": [9]}, "e": {"direction": "input", "bits": [8]},
                    "a": {"direction": "input", "bits": [2]}, "q": {"direction": "output", "bits": [5, 6, 7]}},
    "cells": {
      "gate": {"type": "axnn_clock_gate", "connections": {"clk_i": [9], "en_i": [2], "clk_o": [10]}},
      "d1": {"type": "DFF", "connections": {"C": [9], "D": [2], "Q": [5]}},
      "d2": {"type": "DFF", "connections": {"C": [10], "D": [2], "Q": [6]}},
      "d3": {"type": "DFF", "connections": {"C": [8], "D": [2], "Q": [7]}}},
    "netnames": {}}}})";
  Scratch scratch;
  write_file(scratch.path / "n.json", kTwoClocks);
  const Netlist netlist = read_netlist(scratch.path / "n.json");
  const Library library = make_library(parse_liberty(kChainLiberty, "chain"), "chain");
  // A clock pin at both edges, as above: 0.28. The gate's input takes nothing.
  CHECK(clock_domain_pj(netlist, library, "top", "c") == Approx(2 * 0.28));
  CHECK(clock_domain_pj(netlist, library, "top", "e") == Approx(0.28));
  CHECK(clock_domain_pj(netlist, library, "top", "none") == 0);
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

TEST_CASE("operand toggles are the bits that change between the operands the mode uses") {
  const std::vector<OperandStream> streams = {{{1, 0, true, true}, {3, 2, true, false}},
                                              {{64, -1, true, true}, {0, 7, true, false}},
                                              {{0, 5, true, true}}};
  // 1 -> 3, 0 -> 2; from 0: 1 bit, 64 is one bit, -1 ten; 64 -> 0, -1 -> 7: seven; a weight at an
  // activation of 0 moves nothing. Five steps.
  CHECK(operand_toggles(streams, {MultiplierKind::kFig8, kModeM0}) ==
        Approx((1 + 2 + 11 + 1 + 7) / 5.0));
  // M2 drops six low bits of both: 64 one bit, -64 four, and back.
  CHECK(operand_toggles(streams, {MultiplierKind::kFig8, kModeM2}) == Approx(10 / 5.0));
}

TEST_CASE("energy of a simulated netlist equals a sum by hand, glitches apart") {
  Scratch scratch;
  // A flip-flop samples a; two inverters behind it; a NAND of the flip-flop and the first inverter
  // is always 1 but for the inverter's delay when the flip-flop rises.
  write_file(scratch.path / "netlist.json", R"({"modules": {"top": {
    "ports": {"clk_i": {"direction": "input", "bits": [2]}, "a": {"direction": "input", "bits": [3]},
              "y": {"direction": "output", "bits": [15]}},
    "cells": {"d": {"type": "DFF", "connections": {"C": [2], "D": [3], "Q": [13]}},
              "i1": {"type": "INV", "connections": {"A": [13], "Y": [14]}},
              "i2": {"type": "INV", "connections": {"A": [14], "Y": [15]}},
              "n1": {"type": "NAND2", "connections": {"A": [13], "B": [14], "Y": [16]}}},
    "netnames": {"q": {"bits": [13]}, "n": {"bits": [14]}, "y": {"bits": [15]},
                 "g": {"bits": [16]}}}}})");
  const Netlist netlist = read_netlist(scratch.path / "netlist.json");
  const Library library = make_library(parse_liberty(kChainLiberty, "chain"), "chain");
  GateSimulator gates(netlist, library, "top");
  EnergyMeter meter(gates, netlist, library);
  const auto cycle = [&](bool a) {
    gates.set(gates.port("clk_i").front(), true);
    gates.settle();
    gates.set(gates.port("a").front(), a);
    gates.settle();
    gates.set(gates.port("clk_i").front(), false);
    gates.settle();
  };
  cycle(false);
  meter.start();
  for (const int a : {1, 0, 0, 1, 0}) cycle(a != 0);
  meter.stop();
  // The operand changes behind the clock edge, so the flip-flop sees 0 1 0 0 1: 3 transitions on q,
  // n and y each; the NAND falls and rises again at each of the two rises of q.
  const auto count = [&](const char* net) {
    return gates.transitions()[std::size_t(gates.signal("", net).front())];
  };
  CHECK(count("q") == 3);
  CHECK(count("g") == 4);
  CHECK(gates.settled_transitions()[std::size_t(gates.signal("", "g").front())] == 0);
  // C V^2 / 2 = 2 C pJ of the input pins at 2 V. The flip-flop's and the NAND's outputs have no
  // internal power; inverters take (0.1 + 0.3) / 2.
  const LogicEnergy e = meter.energy().at("top");
  CHECK(e.register_pj == Approx(3 * 2 * 0.01));
  CHECK(e.combinational_pj == Approx(3 * (0.2 + 2 * 0.01) + 3 * 0.2));
  CHECK(e.clock_pj == Approx(5 * 0.28));  // as in the test above
}

TEST_CASE("the gate simulator counts the transitions that Icarus counts") {
  const fs::path cells = "/usr/share/qflow/tech/osu018/osu018_stdcells.v";
  if (!fs::exists(cells)) skip("the vendor's Verilog cells are not installed");
  const Library library = make_library(read_liberty_files({kDefaultLiberty}));
  constexpr int kLines = 120, kWarmUp = 20;
  for (const std::string top : {"axnn_mac", "axnn_row_plain"}) {
    const fs::path folder = synthesised({top}).module(top).folder;
    const Netlist netlist = read_netlist(folder / "netlist.json");
    const NetlistModule& module = netlist.modules.at(top);
    const auto ports = stimulus_ports(module);
    // Random bits, a mode for all lines; reset in the first.
    const Rng rng(7, Purpose::kOperands);
    std::vector<StimulusLine> lines;
    std::uint64_t draw = 0;
    for (int n = 0; n < kLines; ++n) {
      StimulusLine line;
      for (const auto& [name, width] : ports) {
        for (int b = 0; b < width; ++b) {
          const bool bit = name == "mode_i"   ? false
                           : name == "rst_ni" ? n > 0
                                              : rng.below(2, draw++) != 0;
          line += bit ? '1' : '0';
        }
      }
      lines.push_back(line);
    }
    for (const bool delays : {false, true}) {
      CAPTURE(top, delays);
      const std::map<int, long> icarus =
          icarus_toggles(folder / "netlist.v", cells, module, lines, kWarmUp, delays);
      GateSimulator gates(netlist, library, top);
      std::vector<std::uint64_t> all, settled;
      for (int n = 0; n < kLines; ++n) {
        if (n == kWarmUp) {
          all = gates.transitions();
          settled = gates.settled_transitions();
        }
        gates.set(gates.port("clk_i").front(), true);
        gates.settle();
        std::size_t at = 0;
        for (const auto& [name, width] : ports) {
          const std::vector<int>& nets = gates.port(name);
          for (int b = 0; b < width; ++b) {
            gates.set(nets[std::size_t(width - 1 - b)], lines[std::size_t(n)][at++] == '1');
          }
        }
        gates.settle();
        gates.set(gates.port("clk_i").front(), false);
        gates.settle();
      }
      int compared = 0, differ = 0;
      double ours_pj = 0, icarus_pj = 0;
      for (const NetPrice& p : net_prices(netlist, library, top)) {
        if (p.kind == NetPrice::kClock) continue;
        const auto net = std::size_t(gates.instances().front().nets[std::size_t(p.net)]);
        const auto it = icarus.find(p.net);
        if (it == icarus.end()) continue;
        const std::uint64_t ours = delays ? gates.transitions()[net] - all[net]
                                          : gates.settled_transitions()[net] - settled[net];
        ++compared;
        differ += ours != static_cast<std::uint64_t>(it->second);
        ours_pj += static_cast<double>(ours) * p.pj;
        icarus_pj += static_cast<double>(it->second) * p.pj;
      }
      CHECK(compared > 500);
      if (delays) {
        // Vendor's fixed delays there, Liberty's at each load here: other glitches, like energy.
        CHECK(ours_pj == Approx(icarus_pj).epsilon(0.15));
      } else {
        CHECK(differ == 0);
      }
      CHECK(icarus_pj > 0);
    }
  }
}

TEST_CASE("the gates of the whole accelerator run a network bit for bit") {
  const SynthReport report = synthesised(power_modules());
  const Library library = make_library(read_liberty_files({kDefaultLiberty}));
  const IntegerNet net = random_net(3, {20, 9, 3}, Codes::kUniform);
  for (const auto& [kind, top] : {std::pair{MultiplierKind::kFig8, "axnn_top"},
                                  std::pair{MultiplierKind::kBooth, "axnn_top_booth"}}) {
    const Netlist netlist = read_netlist(report.module(top).folder / "netlist.json");
    GateSimulator gates(netlist, library, top);
    for (const auto& [mode, mapping] :
         {std::pair{kModeM0, Mapping::kLatency}, std::pair{kModeM2, Mapping::kThroughput}}) {
      CAPTURE(top, mode, mapping_name(mapping));
      const Multiplier m{kind, mode};
      const Program program = compile(net, m, {.mapping = mapping});
      const std::vector<Code> x = random_samples(3, program.round_samples, 20, Codes::kUniform);
      const std::vector<int> labels(std::size_t(program.round_samples));
      CosimOptions options;
      options.make_design = [&](const WeightStorage&) { return make_gate_accelerator(gates, {}); };
      const CosimResult r = cosimulate(program, net, m, x, labels, options);
      if (r.first) UNSCOPED_INFO(r.first->describe());
      CHECK(r.outputs > 0);
      CHECK(r.mismatches == 0);
      CHECK(r.counters_agree);
    }
  }
}

TEST_CASE("the recorded clocks are those of the synthesis, and slower where a memory is") {
  const std::string path = std::string(AXNN_SOURCE_DIR) + "/constraints/tech/clocks.json";
  INFO("write it again: axnn power --record-clocks constraints/tech/clocks.json");
  CHECK(clock_record(power_model(), "axnn power --record-clocks FILE") == read_file(path));

  const ClockRecord record(AXNN_SOURCE_DIR);
  const Technology technology(AXNN_SOURCE_DIR);
  const Multiplier m{MultiplierKind::kFig8, 0};
  const double nominal = record.chip_ns(m, true, technology.nominal_v);
  // The weight buffer, of more words than a PE's memory, is the slower one at a lower voltage.
  CHECK(record.chip_ns(m, false, technology.nominal_v) == nominal);
  CHECK(record.chip_ns(m, true, 0.66) > nominal);
  CHECK(record.chip_ns(m, false, 0.66) > record.chip_ns(m, true, 0.66));
}

TEST_CASE("a rough mode takes less energy, since its operands are isolated") {
  const PowerModel& model = power_model();
  for (const PaperNet& net : model.technology().paper_nets()) {
    for (const MultiplierKind kind : {MultiplierKind::kFig8, MultiplierKind::kBooth}) {
      CAPTURE(net.name, kind_name(kind));
      const auto at = [&](int mode) {
        return model.technology()
            .activity(net.name, kind, Mapping::kLatency, mode)
            .module("axnn_pe")
            .combinational;
      };
      CHECK(at(kModeM1) < 0.6 * at(kModeM0));
      CHECK(at(kModeM2) < at(kModeM1));
    }
  }
}

TEST_CASE("scaling and calibration are consistent with their sources") {
  const PowerModel& model = power_model();
  // Stillmaker and Baas, 180 nm 1.8 V to 65 nm 1.1 V: energy x 0.064, delay x 0.242.
  CHECK(model.energy_scale() == Approx(0.064).epsilon(0.01));
  CHECK(model.delay_scale() == Approx(0.242).epsilon(0.01));
  for (const WeightSram sram : {WeightSram::kPhysical, WeightSram::kPaper}) {
    const PowerModel calibrated = model.with({sram, true});
    double ours = 0;
    double fit = 0;
    for (const Workload& w : model.paper_workloads()) {
      const PowerResult r = calibrated.price(w, kModeM0, 1.1);
      CAPTURE(w.net);
      double parts = 0;
      for (const PowerPart& p : r.parts) parts += p.pj.raw;
      CHECK(parts == Approx(r.pj_per_inference.raw));
      CHECK(r.power_mw.raw * w.inference.cycles * r.clock_ns.raw == Approx(r.pj_per_inference.raw));
      for (const PowerPart& p : r.parts) {
        if (p.name.find("memor") != std::string::npos) continue;
        if (p.name == "weight buffer" || p.name == "neuron buffer") continue;
        ours += p.pj.calibrated / (w.inference.steps * 0.60);
      }
      fit += 49.5 * w.inference.macs / (64 * w.inference.steps);
    }
    // Consistency: logic is fitted on Table III, M0, less the fit to the weight memories.
    CHECK(ours == Approx(103.80 + 105.43 + 83.77 + 106.99 + 118.68 - fit));
  }
  // Consistency: the paper's design runs at the paper's clock and cycles, so these are its 15 GOPS.
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
  CHECK(low.reuse == Approx(1));
  CHECK(low.calibrated_reuse > 1);
  // In a batch a weight goes from column to column, so it is read for eight steps at least.
  Workload batch = make_workload("mnist", model.technology().paper("mnist")->net(),
                                 MultiplierKind::kBooth, Mapping::kThroughput);
  CHECK(model.price(batch, kModeM2, 1.1).feed.reuse == Approx(kCols));
}

TEST_CASE("the chip's clock is that of its slowest part, and names it") {
  const PowerModel& model = power_model();
  const PowerModel chip = model.with({WeightSram::kPhysical, true, true});
  // Critical paths as OpenSTA reports them; calibration makes fig8's PE in M0 the paper's 0.60 ns.
  const SynthReport report = synthesised(power_modules());
  const auto path = [&](const std::string& module, const std::string& mode) {
    for (const ModuleTiming& t : report.module(module).timing) {
      if (t.mode == mode) return module.starts_with("axnn_axi") ? t.whole.ns : t.logic.ns;
    }
    FAIL("no timing of " + module);
    return 0.0;
  };
  const double scale = 0.60 / path("axnn_pe", "M0");
  const char* modes[] = {"M0", "M1", "M2"};
  for (const std::string net : {"breast", "mnist"}) {
    const IntegerNet shape = model.technology().paper(net)->net();
    for (const MultiplierKind kind : {MultiplierKind::kFig8, MultiplierKind::kBooth}) {
      const bool booth = kind == MultiplierKind::kBooth;
      for (const Mapping mapping : {Mapping::kLatency, Mapping::kThroughput}) {
        const Workload w = make_workload(net, shape, kind, mapping);
        for (int mode = kModeM0; mode <= kModeM2; ++mode) {
          CAPTURE(net, kind_name(kind), mapping_name(mapping), mode);
          const PowerResult pe = model.price(w, mode, 1.1), r = chip.price(w, mode, 1.1);
          const double pe_ns = scale * path(booth ? "axnn_pe_booth" : "axnn_pe", modes[mode]);
          const double chip_ns = scale * path(booth ? "axnn_axi_booth" : "axnn_axi", modes[mode]);
          const double access = r.feed.access_ns.calibrated;
          const double slowest = std::max(pe_ns, chip_ns);
          CHECK(r.clock_ns.calibrated == Approx(slowest));
          // The chip has the memory in its path: no clock is faster than its access.
          CHECK(slowest >= access * 0.99);
          CHECK(r.limit != ClockLimit::kPe);
          CHECK(r.gops.calibrated * slowest == Approx(pe.gops.calibrated * pe.clock_ns.calibrated));
          CHECK(r.feed.calibrated_reuse == static_cast<int>(std::ceil(access / pe_ns)));
          // At a lower voltage it answers later, and the clock is as much longer.
          const PowerResult low = chip.price(w, mode, 0.66);
          CHECK(low.clock_ns.calibrated - slowest ==
                Approx(low.feed.access_ns.calibrated - access));
          CHECK(low.limit == ClockLimit::kMemory);
        }
      }
    }
  }
  // 2048 x 80 bits are 20 KB: between the table's rows of 16 and 32 KB, 64 and 128 bits wide.
  const Workload mnist = make_workload("mnist", model.technology().paper("mnist")->net(),
                                       MultiplierKind::kBooth, Mapping::kThroughput);
  const PowerResult r = chip.price(mnist, kModeM2, 1.1);
  const MemoryTable table(table_file(), "itrs-lstp", "itrs-hp");
  CHECK(r.feed.access_ns.calibrated > table.at(2048, 64).access_ns);
  CHECK(r.feed.access_ns.calibrated < table.at(2048, 128).access_ns);
  CHECK(r.clock_ns.calibrated > table.at(2048, 64).access_ns);
}

TEST_CASE("an unmeasured activity is a line over operand bits, or follows results, or the mean") {
  const auto run = [](double toggles, double results, double pe, double row, double control) {
    MeasuredRun m;
    m.results_a_step = results;
    m.activity.operand_toggles = toggles;
    m.activity.product = pe / 2;
    m.activity.modules["axnn_pe"] = {pe, 2 * pe, 0.5};
    m.activity.modules["axnn_row_leaf"] = {row, row, row};
    m.activity.modules["axnn_control"] = {control, control, control};
    return m;
  };
  const std::vector<MeasuredRun> two = {run(2, 0.1, 0.2, 0.02, 0.1), run(4, 0.3, 0.6, 0.06, 0.3)};
  const RunActivity a = estimate_activity(two, {3.5, 0.2});
  CHECK(a.module("axnn_pe").combinational == Approx(0.5));  // 0.2 + 1.5 * 0.2
  CHECK(a.module("axnn_pe").registers == Approx(1.0));
  CHECK(a.module("axnn_pe").clock == Approx(0.5));
  CHECK(a.product == Approx(0.25));
  CHECK(a.module("axnn_row_leaf").combinational == Approx(0.04));  // 0.2 a result
  CHECK(a.module("axnn_control").registers == Approx(0.2));
  CHECK(estimate_activity(two, {0, 10}).module("axnn_pe").combinational == 0);  // not -0.2
  CHECK(estimate_activity(two, {0, 10}).module("axnn_row_leaf").clock == 1);    // not 2
  CHECK_THROWS_AS(estimate_activity(std::span(two).first(1), {3, 0.2}), Error);
}

TEST_CASE("each measured network's logic energy is estimated from the four others") {
  const PowerModel& model = power_model();
  for (const MultiplierKind kind : {MultiplierKind::kFig8, MultiplierKind::kBooth}) {
    for (const Mapping mapping : {Mapping::kLatency, Mapping::kThroughput}) {
      for (int mode = kModeM0; mode <= kModeM2; ++mode) {
        const auto runs = model.technology().activities(kind, mapping, mode);
        const auto drivers = [&](const std::string& net) {
          const IntegerNet shape = model.technology().paper(net)->net();
          const Inference n =
              inference_of(compile(shape, {kind, mode}, {.mapping = mapping}), shape);
          return ActivityDrivers{runs.at(net).operand_toggles, n.result_tiles / n.steps};
        };
        const auto energy = [&](const RunActivity& a) {  // a step; clock cycles as many as steps
          double pj = 0;
          for (const auto& [name, e] : model.netlist(kind)) {
            const ModuleActivity m = a.module(name);
            pj += m.combinational * e.combinational_pj + m.registers * e.register_pj +
                  m.clock * e.clock_pj;
          }
          return pj;
        };
        for (const auto& [net, own] : runs) {
          std::vector<MeasuredRun> others;
          for (const auto& [other, a] : runs) {
            if (other != net) others.push_back({a, drivers(other).results_a_step});
          }
          const double error = energy(estimate_activity(others, drivers(net))) / energy(own) - 1;
          CAPTURE(net, kind_name(kind), mapping_name(mapping), mode, error);
          // mnist lies beyond the others: a third of their operand bits, a tenth of their results.
          CHECK(std::abs(error) < (net == "mnist" ? 0.2 : 0.12));
        }
      }
    }
  }
}

TEST_CASE("a network's activity counts as measured if its inputs and hidden layers are the same") {
  const Technology technology(AXNN_SOURCE_DIR);
  CHECK(technology.measured("breast", net_of({30, 64, 64, 2})));
  CHECK(technology.measured("satimage", net_of({36, 64, 64, 6})));  // the paper has seven classes
  CHECK(!technology.measured("breast", net_of({30, 4, 2})));
  CHECK(!technology.measured("breast", net_of({30, 64, 32, 2})));
  CHECK(!technology.measured("mine.csv", net_of({30, 64, 64, 2})));
}

TEST_CASE("networks of one shape have each its own activity, the measured one the measured") {
  const PowerModel& model = power_model();
  for (Workload w : model.paper_workloads()) {
    CAPTURE(w.net);
    const auto pj = [&] { return model.price(w, kModeM0, 1.1).pj_per_inference.scaled; };
    CHECK(activity_name(w) == "measured");
    const double measured = pj();
    const double bits =
        model.technology().activity(w.net, w.kind, w.mapping, kModeM0).operand_toggles;
    w.shape_measured = true;
    w.operand_toggles = {bits, bits, bits};
    CHECK(activity_name(w) == "scaled");
    CHECK(pj() == Approx(measured));  // whose operands are the measured network's
    w.operand_toggles = {1.2 * bits, bits, bits};
    const double more = pj();
    w.operand_toggles = {0.8 * bits, bits, bits};
    CHECK(more > measured);
    CHECK(pj() < measured);
    w.shape_measured = false;
    CHECK(activity_name(w) == "estimated");
  }
}

TEST_CASE("the activity is of the gates that are priced, or somebody has said why not") {
  const Technology technology(AXNN_SOURCE_DIR);
  const ActivitySource& from = technology.activity_source();
  CHECK(from.measured_rtl.size() == 64);
  CAPTURE(from.rtl);
  // Red after a change of the RTL: measure again (docs/power.md), or write down in
  // constraints/tech/activity.json why the difference does not matter.
  CHECK((from.rtl == from.measured_rtl || (from.rtl == from.accepted_rtl && !from.why.empty())));
}

TEST_CASE("at the clock that the weight memory allows, an inference takes longer and leaks more") {
  const PowerModel& model = power_model();
  const PowerModel slow = model.with({WeightSram::kPhysical, true, true});
  for (const Workload& w : model.paper_workloads()) {
    const PowerResult fast = model.price(w, kModeM2, 0.4), r = slow.price(w, kModeM2, 0.4);
    CHECK(r.limit == ClockLimit::kMemory);
    CHECK(r.clock_ns.calibrated > r.feed.access_ns.calibrated);
    CHECK(r.feed.calibrated_reuse == fast.feed.calibrated_reuse);  // of the logic, not of it
    CHECK(r.pj_per_inference.calibrated > fast.pj_per_inference.calibrated);
    CHECK(r.power_mw.calibrated < fast.power_mw.calibrated);
    CHECK(r.gops.calibrated * r.clock_ns.calibrated ==
          Approx(fast.gops.calibrated * fast.clock_ns.calibrated));
  }
}

TEST_CASE("the waterfall ends at the design as it is priced, and each change saves in M2") {
  const PowerModel& model = power_model();
  const PowerModel fit = model.with({WeightSram::kPaper, true});
  WaterfallInput input;
  input.paper = input.batch = input.fused = model.paper_workloads().front();
  input.batch.mapping = input.fused.mapping = Mapping::kThroughput;
  input.fused.kind = MultiplierKind::kBooth;
  const std::vector<WaterfallStep> steps = waterfall(model, fit, input, kModeM2);
  REQUIRE(steps.size() == 6);
  const PowerResult last = model.price(input.fused, kModeM2, 1.1);
  CHECK(steps.back().pj == Approx(last.pj_per_inference.calibrated));
  CHECK(steps.back().fit_pj ==
        Approx(fit.price(input.fused, kModeM2, 1.1).pj_per_inference.calibrated));
  for (std::size_t i = 3; i < steps.size(); ++i) {
    CAPTURE(steps[i].change);
    CHECK(steps[i].pj < steps[i - 1].pj);
  }
  // In M0 there is nothing to round away or to isolate.
  const std::vector<WaterfallStep> exact = waterfall(model, fit, input, kModeM0);
  CHECK(exact[3].pj == exact[2].pj);
  CHECK(exact[4].pj == exact[3].pj);
}

TEST_CASE(
    "the fast estimate's coefficients reproduce the networks they are fitted on, class by class") {
  const PowerModel& model = power_model();
  std::vector<Workload> workloads = model.paper_workloads();
  workloads.resize(3);  // two of the fit and another
  const std::vector<EstimateRow> rows = estimate_errors(model, workloads);
  double estimate = 0, toggles = 0;
  int others = 0;
  for (const EstimateRow& r : rows) {
    others += !r.fitted;
    if (!r.fitted || r.module != "axnn_pe") continue;
    estimate += r.estimate_pj;
    toggles += r.toggles_pj;
    // The clock is not fitted: mean clock pins of the whole design for the PE's.
    CHECK(std::abs(r.error()) < 0.1);
  }
  CHECK(toggles > 0);
  CHECK(estimate == Approx(toggles).epsilon(0.1));
  CHECK(others > 0);
}

TEST_CASE("the fast estimate of the paper's design is within 15 % on all that takes over 5 %") {
  const PowerModel& model = power_model();
  int modules = 0;
  for (const EstimateRow& r : estimate_errors(model, model.paper_workloads())) {
    if (r.share <= 0.05) continue;
    CAPTURE(r.net, r.module, r.mode);
    CHECK(std::abs(r.error()) < 0.15);
    ++modules;
  }
  CHECK(modules >= 5 * kPowerModes);  // at least the PEs of each net
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
      for (const char* key :
           {"clock_ns", "chip_clock_ns", "gops", "power_mw", "pj_per_inference"}) {
        CHECK(r.at("at_chip_clock").at(key).get<double>() > 0);
      }
      const json& limit = r.at("at_chip_clock").at("limit");
      CHECK((limit == "PE" || limit == "chip" || limit == "memory"));
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
