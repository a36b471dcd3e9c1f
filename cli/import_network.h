// axnn import of a network: an ONNX file, put on the accelerator's grids.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "model/model.h"

namespace axnn::cli {

/// Their group in the help.
inline constexpr const char* kNetwork = "A network (ONNX)";

struct NetworkOptions {
  std::string data;
  std::shared_ptr<TableOptions> table;
  std::uint64_t split = 0;
  std::string output;
  std::string scaling = "none";
  std::string offset;
  std::string gain;
  std::vector<std::string> classes;
  std::string multiplier = "fig8";
  std::string out;
};

/// Its options, in a group of their own in the help.
void add_network_options(CLI::App& sub, NetworkOptions& options);

/// True if the files are for import_network(): a network's name or bytes, or --data was given.
bool is_network(const std::vector<std::string>& files, const NetworkOptions& options);

void import_network(const std::string& file, const NetworkOptions& options, const Common& common);

}  // namespace axnn::cli
