// The `axnn` program: parses the command line, runs one subcommand, turns every failure into one
// line on stderr. Exit code 0: done; 1: failed; 2: the command line is wrong.

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

#include "cli/commands.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/text.h"
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

namespace {

// A word that names a file by an absolute path, the file's name instead; the path may follow an '='
// or, as in lut:FILE, a ':'.
std::string portable_word(const std::string& word) {
  for (std::size_t begin = 0; begin != std::string::npos;) {
    const std::filesystem::path path = word.substr(begin);
    std::error_code ignored;
    if (path.is_absolute() && std::filesystem::exists(path, ignored)) {
      return word.substr(0, begin) + axnn::portable_path(path.string());
    }
    const std::size_t mark = word.find_first_of("=:", begin);
    begin = mark == std::string::npos ? mark : mark + 1;
  }
  return word;
}

}  // namespace

std::vector<std::string> recorded_command(int argc, char** argv) {
  constexpr std::string_view kWithValue[] = {"--threads", "--out", "--log"};
  constexpr std::string_view kFlags[] = {"--resume", "--update", "--json"};
  std::vector<std::string> words{"axnn"};
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string_view name = word.substr(0, word.find('='));
    if (std::ranges::find(kFlags, word) != std::end(kFlags)) continue;
    if (std::ranges::find(kWithValue, name) != std::end(kWithValue)) {
      if (name.size() == word.size()) ++i;
      continue;
    }
    words.push_back(portable_word(argv[i]));
  }
  return words;
}

}  // namespace axnn::cli

namespace {

using namespace axnn::cli;

// Help within kLineWidth: CLI11's own does not break lines.
class Help : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool positional) const override {
    const std::string name = "  " + make_option_name(option, positional) + make_option_opts(option);
    const std::string description = make_option_desc(option);
    const std::size_t column = get_column_width();
    if (name.size() >= column) {
      return name + "\n" + axnn::wrap(description, std::string(column, ' '));
    }
    return axnn::wrap(description, name + std::string(column - name.size(), ' '));
  }

  // An example is a line, indented, and stays one.
  std::string make_footer(const CLI::App* app) const override {
    std::istringstream lines(app->get_footer());
    std::string out, line;
    while (std::getline(lines, line)) {
      out += line.starts_with(' ') ? line + "\n" : axnn::wrap(line, "");
    }
    return out;
  }
};

// Everything that was printed has arrived: a full disk is no success.
bool printed() {
  std::cout.flush();
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
}

int fail(int code, const std::string& message) {
  std::cout.flush();
  std::cerr << "axnn: " << message << '\n';
  return code;
}

// The first word must be a subcommand: "frobnicate" is not a missing one.
void check_subcommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::string known;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->get_name() == argv[1]) return;
    known += (known.empty() ? "" : ", ") + sub->get_name();
  }
  throw axnn::UsageError("no subcommand is named '" + axnn::printable(argv[1]) + "'", "",
                         "known: " + known);
}

int run(int argc, char** argv) {
  Common common;
  common.command = recorded_command(argc, argv);
  CLI::App app{"axnn: an accuracy-scalable neural-network accelerator, from training to gates"};
  app.formatter(std::make_shared<Help>());
  app.set_version_flag("--version", axnn::kVersion);
  app.require_subcommand(1);
  add_data(app, common);
  add_train(app, common);
  add_sweep(app, common);
  add_eval(app, common);
  add_predict(app, common);
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
    check_subcommand(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForAllHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForVersion& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    return fail(2, std::string(e.what()) + "; see axnn --help");
  } catch (const axnn::UsageError& e) {
    return fail(2, e.what());
  } catch (const std::exception& e) {
    return fail(1, e.what());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int code = run(argc, argv);
  if (code == 0 && !printed()) return fail(1, "cannot write the result; is the disk full?");
  return code;
}
