// model/text.h: lines that fit, numbers as long as they mean something.
#include "model/text.h"

#include <catch2/catch.hpp>

using namespace axnn;

TEST_CASE("text is broken at blanks, and a line that goes on begins below the text") {
  CHECK(wrap("one two three", "- ", 9) == "- one two\n  three\n");
  CHECK(wrap("one two three", "- ", 8) == "- one\n  two\n  three\n");
  CHECK(wrap("a-word-that-is-too-long b", "", 5) == "a-word-that-is-too-long\nb\n");
  CHECK(wrap("  one \n two ", "", 80) == "one two\n");
  CHECK(wrap("", "head", 80) == "head\n");
}

TEST_CASE("a name that is too long keeps its end") {
  CHECK(shortened("short", 5) == "short");
  CHECK(shortened("a/b/c/name.csv", 11) == "...name.csv");
}

TEST_CASE("numbers have three significant digits and no exponent") {
  CHECK(significant(0.093456) == "0.0935");
  CHECK(significant(9.3456) == "9.35");
  CHECK(significant(93.456) == "93.5");
  CHECK(significant(934.56) == "935");
  CHECK(significant(93456) == "93456");
  CHECK(significant(9.996) == "10.0");
  CHECK(significant(0) == "0");
  CHECK(significant(-1.0) == "-1.00");
}
