// What a network costs the hardware in cycles and memory accesses, for the power model.
#pragma once

#include <span>
#include <string>

#include "power/power.h"

namespace axnn {

/// The network on a design: accesses from its program, cycles from a run of the RTL on samples of
/// zeros, whose values do not matter. Throws Error if it does not fit the hardware.
Workload make_workload(const std::string& name, const IntegerNet& net, MultiplierKind kind,
                       Mapping mapping);

/// The same with what its activity can be estimated from, if that was not measured; `samples` are
/// its own (N x I codes, row-major).
Workload make_workload(const std::string& name, const IntegerNet& net, MultiplierKind kind,
                       Mapping mapping, const Technology& technology,
                       std::span<const Code> samples);

/// Says so, for people, of a network whose activity is estimated.
std::string estimate_note(const std::string& name, const IntegerNet& net);

}  // namespace axnn
