#include "model/model_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/bytes.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/sha256.h"

namespace axnn {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMagic = "AXNNMODEL 2\n";
constexpr std::string_view kMagicBefore = "AXNNMODEL 1\n";  // without the table's columns
static_assert(kMagic.size() == kMagicBefore.size());
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kDigestBytes = 64;
constexpr std::size_t kMaxFile = std::size_t{1} << 28;
constexpr std::size_t kMaxHeader = std::size_t{1} << 22;
constexpr int kMaxDepth = 8;
constexpr int kMaxWidth = kMaxFanIn;
constexpr int kMaxFraction = 1000;

Json table_json(const TableSchema& table) {
  Json json = {{"named", table.named},
               {"sparse", table.sparse},
               {"missing", missing_name(table.missing)},
               {"columns", Json::array()}};
  for (const TableColumn& column : table.columns) {
    Json& last = json["columns"].emplace_back();
    last = {{"name", column.name}, {"kind", column_kind_name(column.kind)}};
    if (!column.categories.empty()) last["categories"] = column.categories;
  }
  return json;
}

Json header_of(const Model& model) {
  const Provenance& p = model.provenance;
  const InputScaling& s = model.scaling;
  Json header;
  header["classes"] = model.classes;
  header["provenance"] = {{"version", p.version},
                          {"command", p.command},
                          {"dataset", p.dataset},
                          {"label", p.table.label},
                          {"data_sha256", p.data_sha256},
                          {"training", p.training},
                          {"held_out", p.held_out},
                          {"job", p.job},
                          {"seed", p.seed},
                          {"split", p.split}};
  // As it is without them: what a table needs beyond its defaults.
  Json& provenance = header["provenance"];
  if (p.table.header != TableOptions::Header::kAuto) {
    provenance["header"] = header_name(p.table.header);
  }
  if (!p.table.drop.empty()) provenance["drop"] = p.table.drop;
  if (!p.table.text.empty()) provenance["text"] = p.table.text;
  if (p.table.missing != TableOptions::Missing::kDrop) {
    provenance["missing"] = missing_name(p.table.missing);
  }
  if (!p.table.test.empty()) provenance["test"] = p.table.test;
  if (!p.multiplier.empty()) provenance["multiplier"] = p.multiplier;
  header["table"] = table_json(model.table);
  if (model.weight_format) header["weight_format"] = format_name(*model.weight_format);
  header["scaling"] = {{"offset", s.offset},
                       {"gain", s.gain},
                       {"low", s.low},
                       {"high", s.high},
                       {"fraction", s.fraction}};
  if (!s.fill.empty()) header["scaling"]["fill"] = s.fill;
  header["layers"] = Json::array();
  for (const ModelLayer& l : model.layers) {
    header["layers"].push_back({{"inputs", l.inputs},
                                {"outputs", l.outputs},
                                {"input_fraction", l.input_fraction},
                                {"weight_fraction", l.weight_fraction},
                                {"output_fraction", l.output_fraction},
                                {"shift", l.integer.shift},
                                {"activation", static_cast<int>(l.integer.activation)}});
  }
  return header;
}

// Typed access that throws for a value of another type or out of range.
int integer(const Json& object, const char* key, int low, int high) {
  const Json& value = object.at(key);
  if (!value.is_number_integer()) throw std::range_error(std::string(key) + " is not an integer");
  const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
  const auto number = value.get<std::int64_t>();
  if (huge || number < low || number > high) {
    throw std::range_error(std::string(key) + " is out of range");
  }
  return static_cast<int>(number);
}

std::uint64_t natural(const Json& object, const char* key) {
  const Json& value = object.at(key);
  if (!value.is_number_unsigned()) throw std::range_error(std::string(key) + " is not a natural");
  return value.get<std::uint64_t>();
}

float finite(const Json& value, const char* key) {
  if (!value.is_number()) throw std::range_error(std::string(key) + " is not a number");
  const auto number = value.get<float>();
  if (!std::isfinite(number)) throw std::range_error(std::string(key) + " is not finite");
  return number;
}

std::vector<float> finite_list(const Json& list, const char* key) {
  if (!list.is_array()) throw std::range_error(std::string(key) + " is not a list");
  std::vector<float> values;
  for (const Json& value : list) values.push_back(finite(value, key));
  return values;
}

void check_finite(const std::vector<float>& values) {
  for (float v : values) {
    if (!std::isfinite(v)) throw std::range_error("a weight or bias is not finite");
  }
}

Json parse_header(std::string_view text) {
  const auto limit_depth = [](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw std::length_error("the header is nested too deeply");
    return true;
  };
  return Json::parse(text, limit_depth);
}

Provenance read_provenance(const Json& from) {
  Provenance p;
  from.at("version").get_to(p.version);
  if (const Json& command = from.at("command"); command.is_string()) {
    // As versions before wrote it: words joined by blanks.
    std::istringstream words(command.get<std::string>());
    for (std::string word; words >> word;) p.command.push_back(word);
  } else {
    command.get_to(p.command);
  }
  from.at("dataset").get_to(p.dataset);
  from.at("label").get_to(p.table.label);
  if (from.contains("header")) {
    p.table.header = parse_header_kind(from.at("header").get<std::string>());
  }
  // Format 1 calls it "ignore".
  for (const char* key : {"ignore", "drop"}) {
    if (from.contains(key)) from.at(key).get_to(p.table.drop);
  }
  if (from.contains("text")) from.at("text").get_to(p.table.text);
  if (from.contains("missing")) {
    p.table.missing = parse_missing(from.at("missing").get<std::string>());
  }
  p.table.test = from.value("test", "");
  from.at("data_sha256").get_to(p.data_sha256);
  from.at("training").get_to(p.training);
  p.held_out = from.value("held_out", false);  // files of before 2026-11-27 have neither
  p.job = from.value("job", "");
  p.multiplier = from.value("multiplier", "");
  p.seed = natural(from, "seed");
  p.split = natural(from, "split");
  return p;
}

TableSchema read_table(const Json& from) {
  TableSchema table;
  from.at("named").get_to(table.named);
  from.at("sparse").get_to(table.sparse);
  table.missing = parse_missing(from.at("missing").get<std::string>());
  for (const Json& json : from.at("columns")) {
    TableColumn& column = table.columns.emplace_back();
    json.at("name").get_to(column.name);
    column.kind = parse_column_kind(json.at("kind").get<std::string>());
    if (json.contains("categories")) json.at("categories").get_to(column.categories);
    if ((column.kind == TableColumn::Kind::kText) == column.categories.empty() ||
        !std::ranges::is_sorted(column.categories)) {
      throw std::range_error("the categories of a column are wrong");
    }
  }
  return table;
}

// The table of a file of format 1 that has the names of all columns: where they are as the options
// said. No columns if that does not give `inputs` features.
TableSchema table_of_names(const std::vector<std::string>& names, const TableOptions& options,
                           std::size_t inputs) {
  using Kind = TableColumn::Kind;
  TableSchema table;
  table.named = true;
  for (const std::string& name : names) table.columns.push_back({name, Kind::kNumber});
  const auto mark = [&](const std::string& column, Kind kind) {
    const auto named = std::ranges::find(names, column);
    auto at = static_cast<std::size_t>(named - names.begin());
    if (named == names.end()) {
      const char* const end = column.data() + column.size();
      const auto [stop, error] = std::from_chars(column.data(), end, at);
      if (error != std::errc() || stop != end || at == 0 || at > names.size()) return;
      --at;
    }
    table.columns[at].kind = kind;
  };
  if (names.empty()) return {};
  mark(options.label.empty() ? std::to_string(names.size()) : options.label, Kind::kLabel);
  for (const std::string& column : options.drop) mark(column, Kind::kDropped);
  return static_cast<std::size_t>(table.inputs()) == inputs ? table : TableSchema{};
}

InputScaling read_scaling(const Json& from) {
  InputScaling s;
  s.offset = finite_list(from.at("offset"), "offset");
  s.gain = finite_list(from.at("gain"), "gain");
  if (from.contains("fill")) s.fill = finite_list(from.at("fill"), "fill");
  s.low = finite(from.at("low"), "low");
  s.high = finite(from.at("high"), "high");
  s.fraction = integer(from, "fraction", -kMaxFraction, kMaxFraction);
  if (s.low > s.high) throw std::range_error("the scaling's bounds are reversed");
  return s;
}

ModelLayer read_layer(const Json& from, ByteReader& blobs) {
  ModelLayer l;
  l.inputs = integer(from, "inputs", 1, kMaxWidth);
  l.outputs = integer(from, "outputs", 1, kMaxWidth);
  l.input_fraction = integer(from, "input_fraction", -kMaxFraction, kMaxFraction);
  l.weight_fraction = integer(from, "weight_fraction", -kMaxFraction, kMaxFraction);
  l.output_fraction = integer(from, "output_fraction", -kMaxFraction, kMaxFraction);
  l.integer.inputs = l.inputs;
  l.integer.outputs = l.outputs;
  l.integer.shift = integer(from, "shift", 0, (1 << kShiftW) - 1);
  l.integer.activation = static_cast<Activation>(integer(from, "activation", kActRaw, kActSigmoid));
  const auto outputs = static_cast<std::size_t>(l.outputs);
  const std::size_t weights = outputs * static_cast<std::size_t>(l.inputs);
  l.weights = blobs.take<float>(weights);
  l.bias = blobs.take<float>(outputs);
  l.integer.weights = blobs.take<Code>(weights);
  l.integer.bias = blobs.take<std::int32_t>(outputs);
  check_finite(l.weights);
  check_finite(l.bias);
  return l;
}

Model read_body(std::string_view body) {
  ByteReader blobs(body);
  const auto length = blobs.take<std::uint64_t>();
  if (length > kMaxHeader || length > blobs.left().size()) {
    throw std::length_error("the header's length is wrong");
  }
  const Json header = parse_header(blobs.take_bytes(length));
  Model model;
  header.at("classes").get_to(model.classes);
  model.provenance = read_provenance(header.at("provenance"));
  if (header.contains("weight_format")) {
    model.weight_format = parse_format(header.at("weight_format").get<std::string>());
  }
  model.scaling = read_scaling(header.at("scaling"));
  if (header.contains("table")) {
    model.table = read_table(header.at("table"));
  } else if (const Json& p = header.at("provenance"); p.contains("columns")) {
    model.table = table_of_names(p.at("columns").get<std::vector<std::string>>(),
                                 model.provenance.table, model.scaling.offset.size());
  }
  const Json& layers = header.at("layers");
  if (!layers.is_array() || layers.empty() || layers.size() > kMaxLayers) {
    throw std::range_error("the number of layers is wrong");
  }
  for (const Json& layer : layers) model.layers.push_back(read_layer(layer, blobs));
  if (!blobs.left().empty()) throw std::length_error("bytes are left over");
  const auto inputs = static_cast<std::size_t>(model.layers.front().inputs);
  const auto outputs = static_cast<std::size_t>(model.layers.back().outputs);
  if (model.scaling.offset.size() != inputs || model.scaling.gain.size() != inputs) {
    throw std::range_error("the scaling does not fit the first layer");
  }
  if (!model.scaling.fill.empty() && model.scaling.fill.size() != inputs) {
    throw std::range_error("the scaling's fill does not fit the first layer");
  }
  if (!model.table.columns.empty() && std::size_t(model.table.inputs()) != inputs) {
    throw std::range_error("the table's columns do not fit the first layer");
  }
  if (model.table.missing == TableOptions::Missing::kMean && model.scaling.fill.empty()) {
    throw std::range_error("nothing fills in missing values");
  }
  if (model.classes.size() != outputs) {
    throw std::range_error("the classes do not fit the last layer");
  }
  validate(model.integer_net());
  return model;
}

}  // namespace

std::string encode_model(const Model& model) {
  std::string header;
  try {
    header = header_of(model).dump();
  } catch (const Json::exception&) {
    throw Error("a class name or path is not UTF-8 text", model.provenance.dataset,
                "convert the file to UTF-8");
  }
  std::string bytes(kMagic);
  put(bytes, std::uint64_t{header.size()});
  bytes += header;
  for (const ModelLayer& l : model.layers) {
    put(bytes, std::span(l.weights));
    put(bytes, std::span(l.bias));
    put(bytes, std::span(l.integer.weights));
    put(bytes, std::span(l.integer.bias));
  }
  // What is written can be read: the reader's limits are the writer's.
  try {
    read_body(std::string_view(bytes).substr(kMagic.size()));
  } catch (const std::exception& e) {
    throw Error(std::string("no model file can hold this network: ") + e.what(), "");
  }
  return bytes + sha256(bytes);
}

Model decode_model(std::string_view bytes, const std::string& where) {
  constexpr const char* mend = "train or copy it again";
  if (!bytes.starts_with(kMagic) && !bytes.starts_with(kMagicBefore)) {
    throw Error("not an axnn model file of format 1 or 2", where, "axnn train makes one");
  }
  if (bytes.size() < kMagic.size() + kLengthBytes + kDigestBytes) {
    throw Error("the model file is truncated", where, mend);
  }
  const std::string_view signed_part = bytes.substr(0, bytes.size() - kDigestBytes);
  if (sha256(signed_part) != bytes.substr(signed_part.size())) {
    throw Error("the model file is truncated or altered (its checksum differs)", where, mend);
  }
  try {
    return read_body(signed_part.substr(kMagic.size()));
  } catch (const Json::exception&) {
    throw Error("the model file's header is damaged", where, mend);
  } catch (const std::exception& e) {
    throw Error(std::string("the model file is damaged: ") + e.what(), where, mend);
  }
}

void save_model(const Model& model, const std::filesystem::path& path) {
  write_file(path, encode_model(model));
}

Model load_model(const std::filesystem::path& path) {
  return decode_model(read_file(path, kMaxFile), path.string());
}

}  // namespace axnn
