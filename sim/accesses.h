// How often a program uses each memory, counted from its instructions alone. The hardware's
// counters (axnn_pkg.sv, counter_e) must agree.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/program.h"

namespace axnn {

/// Index: CounterCode. kCountCycles is the hardware's alone and stays 0 here. An access is one of
/// one macro: a PE's local memory (kDataW bits), a row's macro of the weight buffer (kWeightRowW),
/// a sub of a neuron bank (kNeuronWordW), the bias memory (kBiasWordW), the program memory
/// (kInstrW), the output FIFO (kOutWordW).
using AccessCounts = std::array<std::int64_t, kCounters>;

/// Counts of a run of so many rounds, start to halt.
AccessCounts count_accesses(const Program& program, std::int64_t rounds);

/// Counts of one round in the middle of a long run, per sample.
std::array<double, kCounters> accesses_per_sample(const Program& program);

/// What a counter counts, for tables.
std::string_view counter_name(int counter);

}  // namespace axnn
