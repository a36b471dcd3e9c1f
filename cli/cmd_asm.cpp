// axnn asm: assembler and disassembler of the accelerator's programs.

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "model/file_io.h"
#include "sim/assembler.h"
#include "sim/bundle.h"

namespace axnn::cli {
namespace {

constexpr std::size_t kMaxText = 1u << 20;

struct Options {
  std::string file;
  std::string out;
  bool back = false;
};

void run(const Options& o, const Common& common) {
  const std::vector<Instruction> code =
      o.back ? load_program_hex(o.file) : assemble(read_file(o.file, kMaxText), o.file);
  const std::string text = o.back ? disassemble(code) : program_hex(code);
  if (!o.out.empty()) write_file(o.out, text);
  if (common.json) {
    nlohmann::ordered_json json = {{"instructions", code.size()}};
    for (const Instruction i : code) {
      json["program"].push_back({{"word", fmt::format("{:016x}", i)}, {"text", describe(i)}});
    }
    fmt::print("{}\n", json.dump(2));
  } else if (o.out.empty()) {
    fmt::print("{}", text);
  } else {
    fmt::print("{}: {} instructions of {}\n", o.out, code.size(), kProgDepth);
  }
}

}  // namespace

void add_asm(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("asm", "Assemble a program, or print one as text");
  auto o = std::make_shared<Options>();
  sub->add_option("file", o->file, "Program text; with --disassemble a program.hex")->required();
  sub->add_option("--out,-o", o->out, "File to write (default: standard output)");
  sub->add_flag("--disassemble,-d", o->back, "From hexadecimal words to text");
  add_common(*sub, common);
  sub->footer(
      "The text is what axnn export prints; docs/isa.md has every field.\nExample:\n"
      "  axnn asm --disassemble breast-m1/program.hex --out breast.s\n"
      "  axnn asm breast.s --out program.hex");
  sub->callback([o, &common] { run(*o, common); });
}

}  // namespace axnn::cli
