// axnn faults: what a chip's fault map flips at a voltage, memory by memory and bit by bit.

#include <fmt/format.h>

#include <bit>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands.h"
#include "model/error.h"
#include "model/faults.h"
#include "model/flip_curve.h"
#include "model/model_file.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::uint64_t chip = 1;
  std::optional<double> vdd;
  std::optional<double> rate;
  std::string curve = "paper";
  std::string model;
  std::string format = "guarded";
};

// Flips of one memory, by bit of the weight.
std::vector<int> flips_by_bit(const FaultMap& map, int memory) {
  const bool local = memory < kPes;
  const int words = local ? kLocalDepth : kWeightDepth;
  const int weights = local ? 1 : kCols;
  std::vector<std::uint16_t> masks(std::size_t(words) * std::size_t(weights));
  map.masks(memory, words, weights * kDataW, 0, masks);
  std::vector<int> flips(kDataW);
  for (const std::uint16_t mask : masks) {
    for (int bit = 0; bit < kDataW; ++bit) flips[std::size_t(bit)] += mask >> bit & 1;
  }
  return flips;
}

Json memory_json(const FaultMap& map, int memory) {
  const std::vector<int> by_bit = flips_by_bit(map, memory);
  const bool local = memory < kPes;
  const int bits = local ? kLocalDepth * kDataW : kWeightDepth * kWeightRowW;
  int flips = 0;
  for (const int n : by_bit) flips += n;
  return {{"memory", memory},
          {"name", local ? fmt::format("PE {},{}", memory / kCols, memory % kCols)
                         : fmt::format("buffer row {}", memory - kPes)},
          {"bits", bits},
          {"flips", flips},
          {"expected", bits * map.rate()},
          {"by_bit", by_bit}};
}

// What the map does to a model's weights, stored in a format.
Json model_json(const Options& o, const FaultMap& map) {
  const IntegerNet net = load_model(o.model).integer_net();
  const WeightFormat format = parse_format(o.format);
  const WeightLayout layout(net);
  const FlipMasks masks = flip_masks(layout, map);
  const IntegerNet faulty = apply_faults(net, format, map);
  Json json = {{"model", o.model},
               {"format", format_name(format)},
               {"memories", layout.local() ? "local" : "buffer"},
               {"words", layout.words()}};
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const std::vector<Code>& weights = net.layers[l].weights;
    int flips = 0;
    int hit = 0;
    double squares = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      flips += std::popcount(masks[l][k]);
      hit += masks[l][k] != 0;
      const double error = faulty.layers[l].weights[k] - weights[k];
      squares += error * error;
    }
    json["layers"].push_back({{"weights", weights.size()},
                              {"flips", flips},
                              {"weights_hit", hit},
                              {"rms_error", std::sqrt(squares / double(weights.size()))}});
  }
  return json;
}

void print(const Json& json) {
  fmt::print("chip {}, flip rate {:.4g}", json["chip"].dump(), json["rate"].get<double>());
  if (json.contains("vdd")) {
    fmt::print(" at {:.3f} V (curve {})", json["vdd"].get<double>(),
               json["curve"].get<std::string>());
  }
  fmt::print("\n\n{:<14} {:>9} {:>8} {:>10}   flips by bit of the weight, 9 (sign) to 0\n",
             "memory", "bits", "flips", "expected");
  const auto row = [](const std::string& name, const Json& m) {
    fmt::print("{:<14} {:>9} {:>8} {:>10.1f}  ", name, m["bits"].get<int>(), m["flips"].get<int>(),
               m["expected"].get<double>());
    for (int bit = kDataW; bit-- > 0;)
      fmt::print(" {:>5}", m["by_bit"][std::size_t(bit)].get<int>());
    fmt::print("\n");
  };
  for (const Json& m : json["memories"]) row(m["name"].get<std::string>(), m);
  row("all PEs", json["local"]);
  row("all rows", json["buffer"]);
  if (!json.contains("network")) return;
  const Json& network = json["network"];
  fmt::print("\n{}: {} words, read from the {} memories, stored as {}\n",
             network["model"].get<std::string>(), network["words"].get<int>(),
             network["memories"].get<std::string>(), network["format"].get<std::string>());
  fmt::print("layer   weights     flips       hit   rms error (codes)\n");
  int number = 0;
  for (const Json& l : network["layers"]) {
    fmt::print("{:5} {:>9} {:>9} {:>9} {:>19.2f}\n", ++number, l["weights"].get<int>(),
               l["flips"].get<int>(), l["weights_hit"].get<int>(), l["rms_error"].get<double>());
  }
}

void run(const Options& o, const Common& common) {
  const double rate = o.rate ? *o.rate : flip_rate(load_flip_curve(o.curve), *o.vdd);
  const FaultMap map(o.chip, rate);
  Json json = {{"chip", o.chip}, {"rate", rate}};
  if (o.vdd) {
    json["vdd"] = *o.vdd;
    json["curve"] = o.curve;
  }
  for (const char* part : {"local", "buffer"}) {
    json[part] = {{"bits", 0}, {"flips", 0}, {"expected", 0.0}, {"by_bit", Json::array()}};
    for (int bit = 0; bit < kDataW; ++bit) json[part]["by_bit"].push_back(0);
  }
  for (int memory = 0; memory < kWeightMemories; ++memory) {
    const Json m = memory_json(map, memory);
    Json& sum = json[memory < kPes ? "local" : "buffer"];
    for (const char* key : {"bits", "flips"}) sum[key] = sum[key].get<int>() + m[key].get<int>();
    sum["expected"] = sum["expected"].get<double>() + m["expected"].get<double>();
    for (std::size_t bit = 0; bit < kDataW; ++bit) {
      sum["by_bit"][bit] = sum["by_bit"][bit].get<int>() + m["by_bit"][bit].get<int>();
    }
    json["memories"].push_back(m);
  }
  if (!o.model.empty()) json["network"] = model_json(o, map);
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
  } else {
    print(json);
  }
}

}  // namespace

void add_faults(CLI::App& app, Common& common) {
  CLI::App* sub =
      app.add_subcommand("faults", "What flips in a chip's weight memories at a voltage");
  auto o = std::make_shared<Options>();
  sub->add_option("--chip", o->chip, "Number of the chip")
      ->check(natural())
      ->capture_default_str();
  CLI::Option* vdd = sub->add_option("--vdd", o->vdd, "Supply voltage of the weight memories, V");
  CLI::Option* rate = sub->add_option("--rate", o->rate, "Flip rate instead of a voltage")
                          ->check(CLI::Range(0.0, 1.0))
                          ->excludes(vdd);
  sub->add_option("--curve", o->curve, "Flip rate over voltage: paper, sharp, or a file")
      ->excludes(rate)
      ->capture_default_str();
  sub->add_option("--model", o->model, "Also what it does to this model's weights");
  sub->add_option("--format", o->format,
                  "How they are stored: twos-complement, sign-magnitude or guarded")
      ->capture_default_str();
  add_common(*sub, common);
  sub->footer("Example:\n  axnn faults --chip 7 --vdd 0.66 --model breast.axnn");
  sub->callback([o, vdd, rate, &common] {
    if (vdd->empty() && rate->empty()) throw CLI::RequiredError("--vdd or --rate");
    run(*o, common);
  });
}

}  // namespace axnn::cli
