// Multipliers as tables of products: the file, the factors, and the golden model on them.

#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/file_io.h"
#include "model/golden.h"
#include "model/lut.h"
#include "model/sha256.h"
#include "tests/random_net.h"

using namespace axnn;

namespace {

template <typename F>
std::vector<std::int32_t> table_of(F product) {
  std::vector<std::int32_t> products;
  for (int a = -512; a <= 511; ++a) {
    for (int b = -512; b <= 511; ++b) products.push_back(product(a, b));
  }
  return products;
}

// Drops the product's low six bits: no function of a times one of b.
int truncated(int a, int b) { return (a * b) >> 6 << 6; }

Multiplier lut(std::vector<std::int32_t> products) {
  return {MultiplierKind::kLut, 0,
          std::make_shared<const ProductTable>("test", std::move(products))};
}

// Numbers of a golden run that differ from sums of `product`, biases and one rounding apart.
template <typename F>
int wrong(const Multiplier& m, F product) {
  const IntegerNet net = random_net(3, {37, 21, 5}, Codes::kUniform);
  const int samples = 9;
  const std::vector<Code> x = random_samples(4, samples, 37, Codes::kUniform);
  std::vector<BatchOutput> batch;
  const GoldenModel golden(net, m);
  golden.run_batch(x, batch);
  int errors = 0;
  std::vector<LayerOutput> alone;
  for (int n = 0; n < samples; ++n) {
    golden.run(std::span(x).subspan(std::size_t(n) * 37, 37), alone);
    for (std::size_t l = 0; l < 2; ++l) {
      const IntegerLayer& layer = net.layers[l];
      for (int o = 0; o < layer.outputs; ++o) {
        std::int64_t sum = layer.bias[std::size_t(o)];
        for (int i = 0; i < layer.inputs; ++i) {
          const Code a = l == 0 ? x[std::size_t(n * 37 + i)] : alone[0].codes[std::size_t(i)];
          sum += product(a, layer.weights[std::size_t(o * layer.inputs + i)]);
        }
        errors += alone[l].accumulators[std::size_t(o)] != sum;
        errors += batch[l].accumulators[std::size_t(n * layer.outputs + o)] != sum;
      }
    }
  }
  return errors;
}

}  // namespace

TEST_CASE("a product table comes back from its file bit for bit") {
  const ProductTable table("trunc_6.v-2", table_of(truncated));
  const std::string bytes = encode_table(table);
  CHECK(bytes == encode_table(table));
  const ProductTable back = decode_table(bytes, "test");
  CHECK(back.name() == "trunc_6.v-2");
  CHECK(back.products() == table.products());
  CHECK(back.product(-512, 511) == truncated(-512, 511));
  CHECK(back.product(7, -3) == -64);
}

TEST_CASE("a damaged, cut or foreign table file is refused") {
  const std::string good = encode_table(ProductTable("t", table_of(truncated)));
  const auto refuses = [](const std::string& bytes) {
    CHECK_THROWS_AS(decode_table(bytes, "test"), Error);
  };
  refuses("");
  refuses("AXNNLUT 1\n");
  refuses("AXNNLUT 1\nt\n");
  refuses(std::string("AXNNLUT 1\n") + std::string(200, 'x'));
  refuses("AXNNMODEL 1\n" + good.substr(10));
  for (const std::size_t keep :
       {std::size_t{5}, std::size_t{11}, std::size_t{1000}, good.size() - 64, good.size() - 1}) {
    refuses(good.substr(0, keep));
  }
  refuses(good + "x");
  for (const std::size_t at : {std::size_t{0}, std::size_t{10}, std::size_t{11}, std::size_t{12},
                               good.size() / 2, good.size() - 64, good.size() - 1}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    refuses(bad);
  }
  // A right checksum over wrong contents: a product of 21 bits, a name with a space, none at all.
  const auto sealed = [](std::string body) { return body + sha256(body); };
  std::string large = good.substr(0, good.size() - 64);
  large[12 + 2] = 0x08;  // the first product gets bit 19
  large[12 + 3] = 0x00;
  refuses(sealed(large));
  const std::string blob = good.substr(12, good.size() - 64 - 12);
  refuses(sealed("AXNNLUT 1\na b\n" + blob));
  refuses(sealed("AXNNLUT 1\n\n" + blob));
  refuses(sealed("AXNNLUT 1\n" + std::string(65, 'n') + "\n" + blob));
  CHECK_NOTHROW(decode_table(sealed("AXNNLUT 1\n" + std::string(64, 'n') + "\n" + blob), "test"));
}

TEST_CASE("a table of the wrong size or with products too wide is refused") {
  CHECK_THROWS_AS(ProductTable("t", std::vector<std::int32_t>(1024)), Error);
  std::vector<std::int32_t> products = table_of(truncated);
  products[77] = 1 << 19;
  CHECK_THROWS_AS(ProductTable("t", products), Error);
  products[77] = -(1 << 19) - 1;
  CHECK_THROWS_AS(ProductTable("t", products), Error);
  products[77] = -(1 << 19);
  CHECK_NOTHROW(ProductTable("t", products));
}

TEST_CASE("tables of operand transforms factor, a truncated product and one odd entry do not") {
  const auto factors = [](std::vector<std::int32_t> products) {
    return ProductTable("t", std::move(products)).factors().has_value();
  };
  CHECK(factors(table_of([](int a, int b) { return a * b; })));
  CHECK(factors(table_of([](int a, int b) { return (a >> 6) * (b >> 6) * 4096; })));
  CHECK(factors(table_of([](int, int) { return 0; })));
  CHECK(factors(table_of([](int a, int) { return a; })));
  CHECK(factors(table_of([](int a, int b) { return (6 * (a % 3)) * (b % 5) * 35; })));
  CHECK_FALSE(factors(table_of(truncated)));
  CHECK_FALSE(factors(table_of([](int a, int b) { return a + b; })));
  CHECK_FALSE(factors(table_of([](int a, int b) { return a * b + (a == 511 && b == 510); })));
  // A factor of more than 16 bits stays a table.
  CHECK_FALSE(factors(table_of([](int a, int) { return a * 1023 + 7; })));
}

TEST_CASE("the golden model sums exactly the products of a table, with factors and without") {
  CHECK(wrong(lut(table_of(truncated)), truncated) == 0);
  const auto rough = [](int a, int b) { return (a >> 6) * 64 * b; };
  CHECK(wrong(lut(table_of(rough)), rough) == 0);
  const auto wide = [](int a, int b) { return (a > 0) == (b > 0) ? 524287 : -524288; };
  CHECK(wrong(lut(table_of(wide)), wide) == 0);
}

TEST_CASE("a table is a multiplier by the name lut:FILE, which the hardware does not have") {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "axnn_test_lut.lut";
  save_table(ProductTable("trunc6", table_of(truncated)), path);
  const std::string name = "lut:" + path.string();
  const Multiplier m = parse_multiplier(name, "all");
  CHECK(kind_name(m.kind) == "lut");
  CHECK(mode_name(m) == "trunc6");
  CHECK(parse_multipliers(name, "trunc6").size() == 1);
  CHECK_FALSE(in_hardware(m));
  CHECK(wrong(m, truncated) == 0);
  CHECK_THROWS_AS(parse_multipliers(name, "M0"), Error);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(parse_multipliers(name, "all"), Error);
  CHECK_THROWS_AS(parse_multipliers("lut:", "all"), Error);
  CHECK_THROWS_AS(parse_multipliers("lut", "all"), Error);
}
