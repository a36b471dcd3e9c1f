// Failed tests end with 1: Catch's own code is their number, and 4 is a skipped test (tests/skip.h).
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

int main(int argc, char** argv) { return Catch::Session().run(argc, argv) == 0 ? 0 : 1; }
