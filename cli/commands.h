// The subcommands of `axnn`, one file each (cmd_*.cpp). A command declares its options on the
// CLI11 app and registers what to run; it holds no logic of its own.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace axnn::cli {

/// Options that every subcommand shares.
struct Common {
  bool json = false;
  std::uint64_t seed = 1;
  int threads = 0;                   ///< 0: all cores
  std::vector<std::string> command;  ///< recorded_command(), for provenance
};

/// The words of the command line, without options that no result depends on: where it goes, how
/// many threads, what is printed, whether it was interrupted; and without the folder of a file that
/// is named by an absolute path.
std::vector<std::string> recorded_command(int argc, char** argv);

/// Checks that an option's text is a number from 0 to 2^64 - 1.
CLI::Validator natural();

/// Adds --json, --seed and --threads to a subcommand.
void add_common(CLI::App& app, Common& common);

/// Threads to use: the option, or the number of cores.
int thread_count(const Common& common);

void add_data(CLI::App& app, Common& common);
void add_train(CLI::App& app, Common& common);
void add_sweep(CLI::App& app, Common& common);
void add_eval(CLI::App& app, Common& common);
void add_predict(CLI::App& app, Common& common);
void add_info(CLI::App& app, Common& common);
void add_sim(CLI::App& app, Common& common);
void add_export(CLI::App& app, Common& common);
void add_asm(CLI::App& app, Common& common);
void add_synth(CLI::App& app, Common& common);
void add_power(CLI::App& app, Common& common);
void add_explore(CLI::App& app, Common& common);
void add_faults(CLI::App& app, Common& common);
void add_import(CLI::App& app, Common& common);

}  // namespace axnn::cli
