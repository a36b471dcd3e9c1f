// axnn_column against what its head says, with controls at random: each register one cycle late, the chain of
// valid and first bits, enables that let addresses rest. For scripts/machine_mutants.py: a step too many in
// a column only costs energy, so no result of the machine shows it.
#include <catch2/catch.hpp>
#include <memory>
#include <random>

#include "Vcolumn.h"
#include "axnn_pkg.h"

using namespace axnn;

TEST_CASE("a column passes on its step, its addresses and its local reads a cycle late") {
  const auto context = std::make_unique<VerilatedContext>();
  Vcolumn top(context.get());
  std::mt19937 random(3);
  const auto draw = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  struct State {
    unsigned batch, step, valid, read, load, take;                          // reset
    unsigned first, first1, first2, first3, keep, local, split, neuron, weight;  // not reset
  } now{}, next{};
  int known = 0;  // cycles since the first one, for what is not reset
  bool split_known = false, addresses_known = false;
  bool batch = false;
  for (int cycle = 0; cycle < 20000; ++cycle) {
    if (draw(20) == 0) batch = draw(2) != 0;
    top.clk_i = 0;
    top.rst_ni = cycle > 1 && draw(500) != 0;
    top.batch_i = batch;
    top.load_i = !batch && draw(4) == 0;
    top.step_i = !top.load_i && draw(3) != 0;
    top.first_i = draw(2) != 0;
    top.keep_i = draw(2) != 0;
    // Loads and local reads never meet in the cycle after.
    top.local_i = draw(2) != 0;
    top.mine_i = draw(2) != 0;
    top.neuron_addr_i = draw(kLocalDepth);
    top.weight_addr_i = draw(kLocalDepth);
    top.load_addr_i = draw(kLocalDepth);
    top.step_before_i = draw(2) != 0;
    top.first_before_i = draw(2) != 0;
    top.split_before_i = draw(3);
    top.eval();
    if (!top.rst_ni) now.batch = now.step = now.valid = now.read = now.load = now.take = 0;
    CAPTURE(cycle);
    const auto check = [](unsigned got, unsigned want) {
      if (got != want) REQUIRE(got == want);
    };
    if (cycle > 1) {
      check(top.batch_o, now.batch);
      check(top.step_o, now.step);
      check(top.valid_o, now.valid);
      check(top.read_o, now.read);
      check(top.load_o, now.load);
      check(top.take_o, now.take);
    }
    if (known > 4) {
      check(top.first_o, now.first);
      check(top.first1_o, now.first1);
      check(top.first3_o, now.first3);
      check(top.keep_o, now.keep);
      check(top.local_o, now.local);
    }
    if (split_known) check(top.split_o, now.split);
    if (addresses_known) {
      check(top.neuron_addr_o, now.neuron);
      check(top.weight_addr_o, now.weight);
    }
    next = now;
    if (top.rst_ni) {
      next.batch = top.batch_i;
      next.step = batch ? top.step_before_i : top.step_i;
      next.valid = (now.valid << 1 | now.step) & 7;
      next.read = top.step_i && top.local_i && (!batch || top.mine_i);
      next.load = top.load_i;
      next.take = top.step_i && batch && top.mine_i;
    }
    next.first = batch ? top.first_before_i : top.first_i;
    next.first1 = now.first;
    next.first2 = now.first1;
    next.first3 = now.first2;
    next.keep = top.keep_i && !batch;
    next.local = top.local_i;
    if (batch) {
      next.split = top.split_before_i;
      split_known = true;
    }
    if (top.step_i || top.load_i) {
      next.neuron = top.neuron_addr_i;
      next.weight = top.load_i ? top.load_addr_i : top.weight_addr_i;
      addresses_known = true;
    }
    top.clk_i = 1;
    top.eval();
    now = next;
    ++known;
  }
  top.final();
}
