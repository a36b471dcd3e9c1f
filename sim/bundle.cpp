#include "sim/bundle.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "model/error.h"
#include "model/file_io.h"
#include "model/flip_curve.h"
#include "model/model_file.h"

namespace axnn {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 2;

// Hexadecimal text of words of `fields` two's complement values of `width` bits, field 0 lowest.
template <class T>
std::string to_hex(const std::vector<T>& values, int fields, int width) {
  const int digits = (fields * width + 3) / 4;
  std::string text;
  for (std::size_t word = 0; word * std::size_t(fields) < values.size(); ++word) {
    std::string line(static_cast<std::size_t>(digits), '0');
    std::vector<bool> bits(static_cast<std::size_t>(digits) * 4);
    for (int f = 0; f < fields; ++f) {
      const auto v =
          static_cast<std::uint64_t>(values[word * std::size_t(fields) + std::size_t(f)]);
      for (int b = 0; b < width; ++b) bits[std::size_t(f * width + b)] = (v >> b) & 1;
    }
    for (int d = 0; d < digits; ++d) {
      int nibble = 0;
      for (int b = 0; b < 4; ++b) nibble |= int{bits[std::size_t(4 * d + b)]} << b;
      line[std::size_t(digits - 1 - d)] = "0123456789abcdef"[nibble];
    }
    text += line + '\n';
  }
  return text;
}

template <class T>
std::vector<T> from_hex(const fs::path& path, int fields, int width, int depth) {
  const std::string text = read_file(path, 1u << 24);
  const int digits = (fields * width + 3) / 4;
  std::vector<T> values;
  std::size_t at = 0;
  for (int line_number = 1; at < text.size(); ++line_number) {
    const std::string where = fmt::format("{} line {}", path.string(), line_number);
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line(text.data() + at, end - at);
    at = end + 1;
    if (line_number > depth) {
      throw Error(fmt::format("more words than the memory holds ({})", depth), where);
    }
    if (line.size() != std::size_t(digits)) {
      throw Error(fmt::format("{} digits where a word has {}", line.size(), digits), where,
                  "write the bundle again with axnn export");
    }
    std::vector<bool> bits(static_cast<std::size_t>(digits) * 4);
    for (int d = 0; d < digits; ++d) {
      const char c = line[std::size_t(digits - 1 - d)];
      const std::size_t nibble = std::string_view("0123456789abcdefABCDEF").find(c);
      if (nibble == std::string_view::npos) {
        throw Error("not a hexadecimal digit", where, "write the bundle again with axnn export");
      }
      const std::size_t value = nibble < 16 ? nibble : nibble - 6;
      for (std::size_t b = 0; b < 4; ++b) bits[4 * std::size_t(d) + b] = (value >> b) & 1;
    }
    for (int f = 0; f < fields; ++f) {
      std::uint64_t v = 0;
      for (int b = 0; b < width; ++b) {
        v |= static_cast<std::uint64_t>(bits[std::size_t(f * width + b)]) << b;
      }
      // Sign-extend: instructions are 64 bits wide already.
      const auto top = static_cast<std::int64_t>(v << (64 - width));
      values.push_back(static_cast<T>(top >> (64 - width)));
    }
  }
  return values;
}

// How a program maps its layers: batches, two samples in flight, or one.
Mapping mapping_of(const Program& program) {
  for (const Instruction w : program.instructions) {
    if (opcode(w) == kOpBatch) return Mapping::kThroughput;
  }
  return program.round_samples > 1 ? Mapping::kPipelined : Mapping::kLatency;
}

// What bundle.json says must be what the program does.
void check_description(Bundle& bundle, Mapping said, const std::string& where) {
  constexpr const char* kMend = "write the bundle again with axnn export";
  bundle.mapping = mapping_of(bundle.program);
  if (said != bundle.mapping) {
    throw Error(fmt::format("says {} mapping, its program is of {}", mapping_name(said),
                            mapping_name(bundle.mapping)),
                where, kMend);
  }
  check_vdd(bundle.vdd, where);
  for (const Instruction w : bundle.program.instructions) {
    if (opcode(w) == kOpSetMode && set_mode(w) != hardware_mode(bundle.multiplier)) {
      throw Error(
          fmt::format("says {}, its program sets M{}", mode_name(bundle.multiplier), set_mode(w)),
          where, kMend);
    }
  }
  const auto layers = static_cast<int>(bundle.model.layers.size());
  for (const LayerTag& t : bundle.program.tags) {
    if (t.layer < 0 || t.layer >= layers || t.sample < 0 ||
        t.sample >= bundle.program.round_samples) {
      throw Error(fmt::format("layer {} of sample {} is none of the network's", t.layer, t.sample),
                  where, kMend);
    }
  }
}

}  // namespace

std::string program_hex(const std::vector<Instruction>& instructions) {
  return to_hex(instructions, 1, kInstrW);
}

std::vector<Instruction> load_program_hex(const fs::path& path) {
  return from_hex<Instruction>(path, 1, kInstrW, kProgDepth);
}

void save_bundle(const Bundle& bundle, const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error)) {
    throw Error("exists already", folder.string(), "remove it or name another folder");
  }
  const fs::path temporary = folder.string() + ".tmp" + std::to_string(::getpid());
  try {
    if (!fs::create_directory(temporary, error)) {
      throw Error("cannot make the folder: " + error.message(), folder.string(),
                  "is its parent there and writable?");
    }
    write_file(temporary / "program.hex", program_hex(bundle.program.instructions));
    write_file(temporary / "weights.hex", to_hex(bundle.program.weights, kPes, kDataW));
    write_file(temporary / "biases.hex", to_hex(bundle.program.biases, kRows, kAccW));
    save_model(bundle.model, temporary / "model.axnn");
    nlohmann::json json = {{"format", kFormat},
                           {"multiplier", kind_name(bundle.multiplier.kind)},
                           {"mode", mode_name(bundle.multiplier)},
                           {"weight_format", format_name(bundle.program.format)},
                           {"mapping", mapping_name(bundle.mapping)},
                           {"weight_memory_v", bundle.vdd},
                           {"round_samples", bundle.program.round_samples}};
    for (const LayerTag& t : bundle.program.tags) {
      json["layers"].push_back({{"address", t.address}, {"layer", t.layer}, {"sample", t.sample}});
    }
    write_file(temporary / "bundle.json", json.dump(2) + "\n");
    fs::rename(temporary, folder, error);
    if (error) throw Error("cannot write: " + error.message(), folder.string());
  } catch (...) {
    fs::remove_all(temporary, error);
    throw;
  }
}

Bundle load_bundle(const fs::path& folder) {
  Bundle bundle;
  Mapping mapping = Mapping::kLatency;
  const fs::path json_path = folder / "bundle.json";
  try {
    const nlohmann::json json = nlohmann::json::parse(read_file(json_path, 1u << 16));
    if (json.at("format") != kFormat) throw Error("unknown bundle format", json_path.string());
    bundle.multiplier = parse_multiplier(json.at("multiplier").get<std::string>(),
                                         json.at("mode").get<std::string>());
    bundle.program.format = parse_format(json.at("weight_format").get<std::string>());
    mapping = parse_mapping(json.at("mapping").get<std::string>());
    bundle.vdd = json.at("weight_memory_v").get<double>();
    bundle.program.round_samples = json.at("round_samples").get<int>();
    for (const nlohmann::json& t : json.at("layers")) {
      bundle.program.tags.push_back(
          {t.at("address").get<int>(), t.at("layer").get<int>(), t.at("sample").get<int>()});
    }
  } catch (const nlohmann::json::exception&) {
    throw Error("not a bundle description", json_path.string(),
                "write the bundle again with axnn export");
  }
  bundle.program.instructions = load_program_hex(folder / "program.hex");
  bundle.program.weights = from_hex<Code>(folder / "weights.hex", kPes, kDataW, kWeightDepth);
  bundle.program.biases = from_hex<std::int32_t>(folder / "biases.hex", kRows, kAccW, kBiasDepth);
  bundle.model = load_model(folder / "model.axnn");
  validate(bundle.program);
  check_description(bundle, mapping, json_path.string());
  return bundle;
}

}  // namespace axnn
