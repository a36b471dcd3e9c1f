// The `axnn` program: parses the command line, runs one subcommand, turns every failure into one
// line on stderr. Exit code 0: done; 1: failed; 2: the command line is wrong.

#include <charconv>
#include <exception>
#include <iostream>
#include <string_view>
#include <thread>

#include "cli/commands.h"
#include "model/version.h"

namespace axnn::cli {

CLI::Validator natural() {
  return {[](const std::string& text) {
            std::uint64_t value = 0;
            const char* const end = text.data() + text.size();
            const auto result = std::from_chars(text.data(), end, value);
            const bool right = result.ec == std::errc() && result.ptr == end;
            return right ? std::string() : text + " is not a number from 0 to 2^64 - 1";
          },
          "UINT"};
}

void add_common(CLI::App& app, Common& common) {
  app.add_flag("--json", common.json, "Print JSON instead of a table");
  app.add_option("--seed", common.seed, "Seed of all random choices")
      ->check(natural())
      ->capture_default_str();
  app.add_option("--threads", common.threads, "Worker threads; 0 takes all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

int thread_count(const Common& common) {
  const unsigned cores = std::thread::hardware_concurrency();
  return common.threads > 0 ? common.threads : static_cast<int>(cores == 0 ? 1 : cores);
}

}  // namespace axnn::cli

int main(int argc, char** argv) {
  using namespace axnn::cli;
  Common common;
  common.command = "axnn";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--threads") ++i;
    if (word.starts_with("--threads")) continue;  // no result depends on it
    common.command += ' ';
    common.command += word;
  }
  CLI::App app{"axnn: an accuracy-scalable neural-network accelerator, from training to gates"};
  app.set_version_flag("--version", axnn::kVersion);
  app.require_subcommand(1);
  add_data(app, common);
  add_train(app, common);
  add_sweep(app, common);
  add_eval(app, common);
  add_info(app, common);
  add_sim(app, common);
  add_export(app, common);
  add_asm(app, common);
  add_synth(app, common);
  add_power(app, common);
  add_explore(app, common);
  add_faults(app, common);
  add_import(app, common);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForAllHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForVersion& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::cerr << "axnn: " << e.what() << "; see axnn --help\n";
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "axnn: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
