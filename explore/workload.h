// What a network costs the hardware in cycles and memory accesses, for the power model.
#pragma once

#include <string>

#include "power/power.h"

namespace axnn {

/// The network on a design: accesses from its program, cycles from a run of the RTL on samples of
/// zeros, whose values do not matter. Throws Error if it does not fit the hardware.
Workload make_workload(const std::string& name, const IntegerNet& net, MultiplierKind kind,
                       Mapping mapping);

}  // namespace axnn
