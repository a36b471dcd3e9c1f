// Combinational gates, 64 input patterns at a time: for comparing a circuit with its definition
// over all its inputs. No delays and no memory; gate_sim.h has both.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "synth/liberty.h"
#include "synth/netlist.h"

namespace axnn {

class Combinational {
 public:
  /// One module without modules below it, of Yosys's gates ($_AND_ ...) and, if there is a library,
  /// of its cells. Throws Error, naming the line of Verilog if it is known: a register, a latch or
  /// a memory, a loop of gates, a cell of unknown function.
  Combinational(const Netlist& netlist, const Library* library, std::string_view module);

  /// Places of a port's bits in `values`, bit 0 first. Throws Error if there is no such port.
  std::vector<int> port(std::string_view name) const;

  /// A word a net, with bit k of pattern k: the caller writes those of the input ports.
  std::vector<std::uint64_t> make_values() const;
  /// Sets all other nets.
  void evaluate(std::vector<std::uint64_t>& values) const;

  std::size_t gates() const { return gates_.size(); }

 private:
  struct Gate {
    std::uint64_t table = 0;  // over the inputs, as truth_table()
    int inputs[6] = {};
    int count = 0;
    int output = 0;
  };
  struct Builder;

  std::string module_;
  std::vector<Gate> gates_;  // each after those it reads
  std::vector<std::pair<std::string, std::vector<int>>> ports_;
  std::size_t nets_ = 0;
};

/// Integers to patterns and back: bit k of out[i] is bit i of numbers[k]. At most 64 numbers.
void to_patterns(std::span<const std::uint64_t> numbers, std::span<const int> places,
                 std::vector<std::uint64_t>& values);
/// Number k from bit k of the words at `places`, bit 0 first.
void from_patterns(std::span<const std::uint64_t> values, std::span<const int> places,
                   std::span<std::uint64_t> numbers);

}  // namespace axnn
