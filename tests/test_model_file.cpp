// The model file: exact round trip, and refusal of everything that is not a whole, valid file.

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "model/error.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "model/sha256.h"
#include "tests/random_net.h"

using namespace axnn;
using Json = nlohmann::json;

namespace {

constexpr std::size_t kStart = 12;  // bytes of "AXNNMODEL 1\n"

Model small_model() {
  Model m;
  m.scaling = {{0.1f, -3.4e38f, 1e-45f}, {1.0f / 3, 0.0f, 2.5f}, -4, 4, 7};
  const IntegerNet net = random_net(5, {3, 4, 2}, Codes::kUniform);
  for (const IntegerLayer& integer : net.layers) {
    ModelLayer layer;
    layer.inputs = integer.inputs;
    layer.outputs = integer.outputs;
    for (Code c : integer.weights) layer.weights.push_back(static_cast<float>(c) / 3000.0f);
    for (std::int32_t b : integer.bias) layer.bias.push_back(static_cast<float>(b) * 1e-7f);
    layer.weights[0] = -0.0f;
    layer.input_fraction = 7;
    layer.weight_fraction = 12;
    layer.output_fraction = -2;
    layer.integer = integer;
    m.layers.push_back(layer);
  }
  m.classes = {"yes \"quoted\"\n", "n\xC3\xB6"};
  TableOptions table{"kind"};
  table.header = TableOptions::Header::kNo;
  table.drop = {"id", "3"};
  m.provenance = {"0.1.0",
                  {"axnn", "train", "--data", "a 'b'"},
                  "some/x.csv",
                  table,
                  std::string(64, 'a'),
                  "pas",
                  "booth",
                  true,
                  "digest",
                  std::numeric_limits<std::uint64_t>::max(),
                  3};
  return m;
}

// A file with the given header and blobs and a right checksum.
std::string file_of(const std::string& header, const std::string& blobs) {
  std::string bytes = "AXNNMODEL 1\n";
  for (std::size_t i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xFF);
  bytes += header + blobs;
  return bytes + sha256(bytes);
}

struct Parts {
  std::string header;
  std::string blobs;
};

Parts parts_of(const std::string& bytes) {
  std::size_t length = 0;
  for (std::size_t i = 8; i-- > 0;) {
    length = length << 8 | static_cast<unsigned char>(bytes[kStart + i]);
  }
  const std::size_t blobs = kStart + 8 + length;
  return {bytes.substr(kStart + 8, length), bytes.substr(blobs, bytes.size() - blobs - 64)};
}

// The message of the Error that decoding must throw; fails the test for anything else.
std::string refusal(const std::string& bytes) {
  try {
    decode_model(bytes, "file");
  } catch (const Error& e) {
    return e.what();
  }
  FAIL("accepted");
  return "";
}

}  // namespace

TEST_CASE("a model is read back exactly") {
  const Model m = small_model();
  const std::string bytes = encode_model(m);
  const Model r = decode_model(bytes, "file");
  CHECK(r.scaling.offset == m.scaling.offset);
  CHECK(r.scaling.gain == m.scaling.gain);
  CHECK(r.scaling.low == m.scaling.low);
  CHECK(r.scaling.high == m.scaling.high);
  CHECK(r.scaling.fraction == m.scaling.fraction);
  CHECK(r.classes == m.classes);
  CHECK(r.provenance.version == m.provenance.version);
  CHECK(r.provenance.command == m.provenance.command);
  CHECK(r.provenance.dataset == m.provenance.dataset);
  CHECK(r.provenance.table.label == m.provenance.table.label);
  CHECK(r.provenance.table.header == m.provenance.table.header);
  CHECK(r.provenance.table.drop == m.provenance.table.drop);
  CHECK(r.provenance.data_sha256 == m.provenance.data_sha256);
  CHECK(r.provenance.training == m.provenance.training);
  CHECK(r.provenance.multiplier == m.provenance.multiplier);
  CHECK(r.provenance.held_out == m.provenance.held_out);
  CHECK(r.provenance.job == m.provenance.job);
  CHECK(r.provenance.seed == m.provenance.seed);
  CHECK(r.provenance.split == m.provenance.split);
  REQUIRE(r.layers.size() == m.layers.size());
  for (std::size_t l = 0; l < m.layers.size(); ++l) {
    CHECK(r.layers[l].inputs == m.layers[l].inputs);
    CHECK(r.layers[l].outputs == m.layers[l].outputs);
    CHECK(r.layers[l].weights == m.layers[l].weights);
    CHECK(std::signbit(r.layers[l].weights[0]));
    CHECK(r.layers[l].bias == m.layers[l].bias);
    CHECK(r.layers[l].input_fraction == m.layers[l].input_fraction);
    CHECK(r.layers[l].weight_fraction == m.layers[l].weight_fraction);
    CHECK(r.layers[l].output_fraction == m.layers[l].output_fraction);
    CHECK(r.layers[l].integer == m.layers[l].integer);
  }
  CHECK(encode_model(r) == bytes);
}

TEST_CASE("the blobs are little-endian where model_file.h says") {
  Model m = small_model();
  m.layers[0].weights[0] = 1.0f;        // 0x3F800000
  m.layers[0].integer.weights[0] = -2;  // 0xFFFE
  const std::string blobs = parts_of(encode_model(m)).blobs;
  CHECK(blobs.substr(0, 4) == std::string("\x00\x00\x80\x3F", 4));
  CHECK(blobs.substr(4 * (12 + 4), 2) == "\xFE\xFF");  // after 12 weights and 4 biases
}

TEST_CASE("a model file with any one bit changed is refused") {
  const std::string bytes = encode_model(small_model());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string altered = bytes;
      altered[i] = static_cast<char>(altered[i] ^ (1 << bit));
      REQUIRE_THROWS_AS(decode_model(altered, "file"), Error);
    }
  }
}

TEST_CASE("a model file cut at any length or made longer is refused") {
  const std::string bytes = encode_model(small_model());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    REQUIRE_THROWS_AS(decode_model(bytes.substr(0, n), "file"), Error);
  }
  CHECK_THROWS_AS(decode_model(bytes + "x", "file"), Error);
  CHECK_THROWS_AS(decode_model(bytes + bytes, "file"), Error);
}

TEST_CASE("any changed byte under a right checksum gives a model or an Error, nothing else") {
  const std::string bytes = encode_model(small_model());
  const std::string body = bytes.substr(0, bytes.size() - 64);
  int accepted = 0;
  for (std::size_t i = kStart; i < body.size(); ++i) {
    for (int change : {0x01, 0x80, 0xFF}) {
      std::string altered = body;
      altered[i] = static_cast<char>(altered[i] ^ change);
      try {
        validate(decode_model(altered + sha256(altered), "file").integer_net());
        ++accepted;
      } catch (const Error&) {
      }
    }
  }
  CHECK(accepted > 0);  // a changed weight is another valid model
}

TEST_CASE("a header that lies is refused before it costs memory") {
  const Parts good = parts_of(encode_model(small_model()));
  REQUIRE_NOTHROW(decode_model(file_of(good.header, good.blobs), "file"));
  const auto refuses = [&](auto damage) {
    Json header = Json::parse(good.header);
    damage(header);
    INFO(header.dump());
    CHECK(refusal(file_of(header.dump(), good.blobs)).find('\n') == std::string::npos);
  };
  refuses([](Json& h) { h["layers"][0]["inputs"] = 1000000000; });
  refuses([](Json& h) { h["layers"][0]["inputs"] = 18446744073709551615u; });
  refuses([](Json& h) { h["layers"][0]["inputs"] = 3.0; });
  refuses([](Json& h) { h["layers"][0]["inputs"] = "3"; });
  refuses([](Json& h) { h["layers"][0]["outputs"] = 1024; });
  refuses([](Json& h) { h["layers"][0]["outputs"] = -4; });
  refuses([](Json& h) { h["layers"][0]["shift"] = 32; });
  refuses([](Json& h) { h["layers"][0]["activation"] = 4; });
  refuses([](Json& h) { h["layers"][0]["activation"] = 0; });  // raw in the middle
  refuses([](Json& h) { h["layers"][0].erase("weight_fraction"); });
  refuses([](Json& h) { h["layers"] = Json::array(); });
  refuses([](Json& h) { h["layers"] = 5; });
  refuses([](Json& h) { h["layers"].push_back(h["layers"][1]); });
  refuses([](Json& h) { h["layers"].erase(1); });
  refuses([](Json& h) { h["classes"].push_back("third"); });
  refuses([](Json& h) { h["classes"] = "yes"; });
  refuses([](Json& h) { h["scaling"]["offset"].push_back(1); });
  refuses([](Json& h) { h["scaling"]["gain"][0] = nullptr; });
  refuses([](Json& h) { h["scaling"]["gain"][0] = 1e300; });
  refuses([](Json& h) { h["scaling"]["low"] = 5; });
  refuses([](Json& h) { h["scaling"]["fraction"] = 100000; });
  refuses([](Json& h) { h["provenance"]["seed"] = -1; });
  refuses([](Json& h) { h["provenance"]["dataset"] = 7; });
  refuses([](Json& h) { h = Json::array({1, 2}); });
  CHECK_THROWS_AS(decode_model(file_of("", ""), "file"), Error);
  CHECK_THROWS_AS(decode_model(file_of(std::string(100000, '['), ""), "file"), Error);
  CHECK_THROWS_AS(decode_model(file_of(good.header.substr(1), good.blobs), "file"), Error);
  CHECK_THROWS_AS(decode_model(file_of(good.header, good.blobs.substr(1)), "file"), Error);
  CHECK_THROWS_AS(decode_model(file_of(good.header, good.blobs + "x"), "file"), Error);
}

TEST_CASE("weights that are not finite and codes that are too large are refused") {
  const auto refuses = [](auto damage) {
    Model m = small_model();
    damage(m);
    CHECK_THROWS_AS(decode_model(encode_model(m), "file"), Error);
  };
  refuses([](Model& m) { m.layers[0].weights[3] = std::numeric_limits<float>::quiet_NaN(); });
  refuses([](Model& m) { m.layers[1].bias[0] = std::numeric_limits<float>::infinity(); });
  refuses([](Model& m) { m.scaling.offset[0] = std::numeric_limits<float>::infinity(); });
  refuses([](Model& m) { m.layers[0].integer.weights[0] = 512; });
  refuses([](Model& m) { m.layers[0].integer.bias[0] = kBiasMax + 1; });
}

TEST_CASE("a class name that is not UTF-8 is refused when writing") {
  Model m = small_model();
  m.classes[0] = "\xFF";
  CHECK_THROWS_AS(encode_model(m), Error);
}

TEST_CASE("what the reader refuses is not written") {
  // 65 layers; one too wide; exponents and numbers out of bounds.
  const auto refused = [](const std::function<void(Model&)>& spoil) {
    Model m = small_model();
    spoil(m);
    CHECK_THROWS_AS(encode_model(m), Error);
  };
  const auto deepen = [](Model& m, std::size_t depth) {
    ModelLayer square = m.layers[0];
    square.inputs = square.outputs = square.integer.inputs = square.integer.outputs = 1;
    square.weights = {0.5f};
    square.bias = {0};
    square.integer.weights = {1};
    square.integer.bias = {0};
    square.integer.activation = Activation::kRelu;
    m.layers.assign(depth, square);
    m.scaling.offset.resize(1);
    m.scaling.gain.resize(1);
    m.classes.resize(1);
  };
  Model deep = small_model();
  deepen(deep, kMaxLayers);
  CHECK(decode_model(encode_model(deep), "x").layers.size() == kMaxLayers);
  refused([&](Model& m) { deepen(m, kMaxLayers + 1); });
  refused([](Model& m) { m.classes.pop_back(); });
  refused([](Model& m) { m.layers[0].weight_fraction = 1001; });
  refused([](Model& m) { m.layers[0].weights[0] = std::numeric_limits<float>::infinity(); });
  refused([](Model& m) { m.layers[0].integer.shift = 32; });
  refused([](Model& m) { m.scaling.low = 2 * m.scaling.high + 1; });
  refused([](Model& m) { m.classes[0].assign(std::size_t{1} << 23, 'x'); });
}

TEST_CASE("a command of an older model file, words joined by blanks, is read") {
  Model m = small_model();
  std::string bytes = encode_model(m);
  const std::string list = R"(["axnn","train","--data","a 'b'"])";
  const std::string text = R"("axnn train --data x.csv --rho 1")";
  std::string body = bytes.substr(0, bytes.size() - 64);
  const std::size_t at = body.find(list);
  REQUIRE(at != std::string::npos);
  body.replace(at, list.size(), text);
  const std::size_t length = body.find("AXNN") == 0 ? body.find('\n') + 1 : 0;
  body[length] =
      static_cast<char>(static_cast<unsigned char>(body[length]) - (list.size() - text.size()));
  const Model old = decode_model(body + sha256(body), "x");
  CHECK(old.provenance.command ==
        std::vector<std::string>{"axnn", "train", "--data", "x.csv", "--rho", "1"});
}

TEST_CASE("saving and loading a file keeps its bytes") {
  const auto path = std::filesystem::temp_directory_path() / "axnn_test_model_file.axnn";
  save_model(small_model(), path);
  CHECK(encode_model(load_model(path)) == encode_model(small_model()));
  std::filesystem::remove(path);
  CHECK_THROWS_AS(load_model(path), Error);
}
