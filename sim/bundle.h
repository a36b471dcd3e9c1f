// A deployable bundle: a folder with the program and memory images as hexadecimal text (one word a
// line, most significant digit first, as $readmemh reads) and the model they came from.
//   program.hex  weights.hex  biases.hex  model.axnn  bundle.json
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/mapping.h"
#include "model/model.h"
#include "model/multiplier.h"
#include "sim/program.h"

namespace axnn {

struct Bundle {
  Program program;
  Model model;
  Multiplier multiplier;
  Mapping mapping = Mapping::kLatency;
  double vdd = 1.1;  ///< of the weight memories at the program's level, V
};

/// The text of a program.hex, and what such a file holds. load_program_hex throws Error naming file
/// and line for anything malformed.
std::string program_hex(const std::vector<Instruction>& instructions);
std::vector<Instruction> load_program_hex(const std::filesystem::path& path);

/// Writes the folder whole or not at all. Throws Error if it exists already or cannot be written.
void save_bundle(const Bundle& bundle, const std::filesystem::path& folder);

/// Reads it back. Throws Error naming file and line for anything malformed.
Bundle load_bundle(const std::filesystem::path& folder);

}  // namespace axnn
