// Event-driven simulation of a gate netlist with the library's delays, for counting transitions:
// the whole accelerator, hierarchy flattened, memories included. Two-valued; ideal clocks (all
// flip-flops of an edge take what was there before it); inertial delays read at each net's load and
// one slew. Not a timing check: the clock waits until nothing moves any more.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "synth/liberty.h"
#include "synth/netlist.h"

namespace axnn {

class GateSimulator {
 public:
  /// A module instance: numbers of the simulator's nets by number of the module's own nets; those
  /// below 0 are not used. The netlist must outlive the simulator.
  struct Instance {
    std::string type;  ///< module in the netlist
    std::string path;  ///< instance names from the top, separated by '.'; empty for the top
    std::vector<int> nets;
  };

  /// Everything starts at 0. Throws Error: no such module, a cell of unknown type or with a
  /// function that is not understood, or more than six inputs.
  GateSimulator(const Netlist& netlist, const Library& library, std::string_view top);

  /// Nets of a port of the top module, bit 0 first. Throws Error if there is none.
  const std::vector<int>& port(std::string_view name) const;
  /// Nets of a signal of an instance, bit 0 first; empty if synthesis left none of that name.
  std::vector<int> signal(std::string_view instance_path, const std::string& name) const;

  bool value(int net) const { return nets_[std::size_t(net)].value != 0; }
  std::uint64_t value(const std::vector<int>& nets) const;  ///< of at most 64

  /// Drives a port from the next settle() on.
  void set(int net, bool value);
  void set(const std::vector<int>& nets, std::uint64_t value);
  /// Holds a net at a value whatever drives it.
  void force(int net, bool value);

  /// Clock edges first, then the other ports, until nothing moves.
  void settle();

  const std::vector<Instance>& instances() const { return instances_; }
  /// Transitions of each net so far: all of them, and those between settled states.
  std::vector<std::uint64_t> transitions() const;
  std::vector<std::uint64_t> settled_transitions() const;

 private:
  struct CellType;
  struct Builder;
  // What an event needs stands together; most of the time goes into waiting for memory.
  struct Net {
    std::uint8_t value = 0, pending = 0, touched = 0,
                 before = 0;  // before: in the last settled state
    bool forced = false, clock = false;
    std::uint32_t serial = 0;
    std::uint32_t fanout = 0, fanout_end = 0;  // in fanout_
    std::uint64_t transitions = 0, settled = 0;
  };
  struct Gate {
    std::uint64_t table = 0;
    int out = -1;
    std::uint16_t delay[6][2] = {};  // ticks, by input and new value
    std::uint8_t state = 0;
    bool clock = false;  // in front of a clock pin: no delay
  };
  struct Register {
    std::vector<int> inputs;
    std::uint64_t next = 0, clear = 0, preset = 0;  // truth tables over the inputs
    std::vector<std::pair<int, bool>> outputs;      // net, inverted
    std::uint16_t delay[2] = {};
    bool rising = true;
  };
  // A register on a clock. If its next state is the value of one net and that is what it holds,
  // nothing happens; data < 0: look at the register.
  struct Clocked {
    int data = -1, output = -1;
    int index = 0;  // of a register; of a memory: -1 - its index
  };
  struct Memory {
    int depth = 0, width = 0, lanes = 1;
    std::vector<int> enable, write, address, data, out;
    std::vector<std::uint8_t> words;  // a byte a bit
  };
  struct Event {
    int net;
    std::uint32_t serial;
  };

  static constexpr int kWheel = 1 << 13;

  void schedule(int net, bool value, int delay);
  void flip(int net);
  void flip_clock(int net);
  void clock_registers(int net);
  void run();
  unsigned pattern(const std::vector<int>& nets) const;
  void asynchronous(int index);
  void access(Memory& m);

  std::vector<Instance> instances_;
  std::vector<std::pair<std::string, std::vector<int>>> ports_;
  const Netlist* netlist_;

  std::vector<Net> nets_;
  std::vector<int> touched_;  // nets, since the last settled state
  std::vector<Gate> gates_;
  std::vector<Register> registers_;
  std::vector<Memory> memories_;
  std::vector<std::uint32_t> fanout_;       // gate * 8 + input
  std::vector<std::vector<int>> watchers_;  // of each net: registers with an asynchronous input
  std::vector<std::vector<Clocked>> clocked_;

  std::vector<std::pair<int, bool>> changes_;
  std::vector<std::pair<int, bool>> sampled_;  // register, next state
  std::vector<Event> wheel_[kWheel];
  std::uint64_t now_ = 0;
  std::int64_t events_ = 0;
};

}  // namespace axnn
