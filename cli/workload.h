// What a network costs the hardware in cycles and memory accesses, for the power model.
#pragma once

#include <string>

#include "power/power.h"

namespace axnn::cli {

/// The network on a design. Throws Error if it does not fit the hardware.
Workload make_workload(const std::string& name, const IntegerNet& net, MultiplierKind kind,
                       Mapping mapping);

/// Mappings that there is a program for.
std::vector<Mapping> mappings();

}  // namespace axnn::cli
