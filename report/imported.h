// What axnn import found out about a multiplier, for people.
#pragma once

#include <string>

#include "synth/import_multiplier.h"

namespace axnn {

std::string to_text(const ImportReport& report);

}  // namespace axnn
