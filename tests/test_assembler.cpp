// Text and words of programs: what the compiler makes survives both ways, and what is wrong is
// refused with its line.

#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "model/error.h"
#include "sim/assembler.h"
#include "sim/compiler.h"
#include "tests/random_net.h"

using namespace axnn;

namespace {

std::string message(std::string_view text) {
  try {
    assemble(text, "prog.s");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every program that the compiler makes is the same after text and back") {
  for (std::uint64_t k = 0; k < 8; ++k) {
    const IntegerNet net =
        random_net(k, {20 + static_cast<int>(k) * 9, 33, 50, 9}, Codes::kUniform);
    for (const Mapping mapping : {Mapping::kLatency, Mapping::kPipelined, Mapping::kThroughput}) {
      const Program p = compile(net, {MultiplierKind::kBooth, static_cast<int>(k % 3)},
                                {.mapping = mapping, .level = static_cast<int>(k % 4)});
      CHECK(assemble(disassemble(p.instructions), "p") == p.instructions);
    }
  }
}

TEST_CASE("words are assembled as docs/isa.md lays out the fields") {
  // Written out by hand from the table of fields.
  CHECK(assemble("halt", "p") == std::vector<Instruction>{0});
  CHECK(assemble("setmode M2 level=3", "p")[0] == 0x1000000000000302u);
  CHECK(assemble("loadw weights=5 local=7 words=104", "p")[0] == 0x2000006700070005u);
  CHECK(assemble("recv bank=2 words=30 samples=16 if-more", "p")[0] == 0x30000007001D0002u);
  CHECK(assemble("layer in=98 out=16 weights=32 bias=3 from=1 to=2 act=relu shift=13", "p")[0] ==
        (0x4000000000000000u | 97u | 15u << 10 | 32u << 17 | 3ull << 29 | 1ull << 36 | 2ull << 38 |
         2ull << 41 | 13ull << 43));
  CHECK(assemble("batch in=64 out=4 weights=local:9 bias=0 from=3 to=stream act=raw shift=0 "
                 "samples=32 split=2",
                 "p")[0] == (0x6000000000000000u | 63u | 3u << 10 | 9u << 17 | 1u << 28 |
                             3ull << 36 | 1ull << 40 | 2ull << 49 | 2ull << 51));
  CHECK(assemble("# nothing\n\n  again: setmode M0\nhalt # end\nloop again\nloop 1", "p") ==
        std::vector<Instruction>{make_set_mode(0), make_halt(), make_loop(0), make_loop(1)});
}

TEST_CASE("what is no program is refused with line and reason") {
  CHECK_THAT(message("halt\njump 3"), Catch::Contains("jump") && Catch::Contains("prog.s line 2"));
  CHECK_THAT(message("setmode"), Catch::Contains("mode is missing"));
  CHECK_THAT(message("setmode M9"),
             Catch::Contains("mode 9") && Catch::Contains("0 to 3") && Catch::Contains("line 1"));
  CHECK_THAT(message("setmode Mx"), Catch::Contains("not a whole number"));
  CHECK_THAT(message("recv bank=0"), Catch::Contains("words= is missing"));
  CHECK_THAT(message("recv bank=0 words=4 words=5"), Catch::Contains("given twice"));
  CHECK_THAT(message("recv bank=0 words=4 quickly"), Catch::Contains("'quickly' does not belong"));
  CHECK_THAT(message("recv bank=0 words=99999999999"), Catch::Contains("not a whole number"));
  CHECK_THAT(message("recv bank=0 words=4 samples=12"), Catch::Contains("12 samples"));
  CHECK_THAT(message("layer in=4 out=8 weights=0 bias=0 from=0 to=1 act=tanh shift=0"),
             Catch::Contains("tanh"));
  CHECK_THAT(message("loop nowhere"), Catch::Contains("nowhere"));
  CHECK_THAT(message("loop 64"), Catch::Contains("no instruction 64"));
  CHECK_THAT(message("loop"), Catch::Contains("no target"));
  CHECK_THAT(message("a:\na: halt"), Catch::Contains("line 2"));
  CHECK_THAT(message("1 halt"), Catch::Contains("number 0"));
  CHECK_THAT(message("0"), Catch::Contains("without an instruction"));
  std::string long_one;
  for (int i = 0; i <= kProgDepth; ++i) long_one += "halt\n";
  CHECK_THAT(message(long_one), Catch::Contains("more than 64") && Catch::Contains("line 65"));
  CHECK_THAT(message("loop 5"), Catch::Contains("no instruction 5"));
  CHECK_THAT(message("setmode M3\nhalt"), Catch::Contains("no mode M3 (prog.s line 1)"));
  CHECK_THAT(message("layer in=0 out=8 weights=0 bias=0 from=0 to=1 act=relu shift=0"),
             Catch::Contains("input words 0") && Catch::Contains("1 to 128"));
  CHECK_THAT(message("loadw weights=2047 local=0 words=2"), Catch::Contains("past a memory"));
  CHECK_THAT(message("layer in=1 out=8 weights=local:128 bias=0 from=0 to=1 act=relu shift=0"),
             Catch::Contains("local weight word 128 of 128"));
  CHECK_THAT(message("layer in=1 out=8 weights=0 bias=0 from=1 to=1 act=relu shift=0"),
             Catch::Contains("the source bank is the target"));
  for (const char* empty : {"", "\n\n", "# nothing\n"}) {
    CHECK_THAT(message(empty), Catch::Contains("no instruction (prog.s)"));
  }
  const std::string control = message(std::string("\0\x01\x1b[31m", 7));
  CHECK_THAT(control, Catch::Contains("no instruction is named '??") && Catch::Contains("halt"));
  CHECK(control.find_first_of(std::string_view("\0\x01\x1b", 3)) == std::string::npos);
}
