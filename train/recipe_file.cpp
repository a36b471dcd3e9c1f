#include "train/recipe_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <map>

#include "data/embedded.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/rng.h"
#include "train/sweep.h"

namespace axnn {
namespace {

constexpr const char* kOwnFile = "data/recipes.toml";
constexpr std::string_view kOther = "other";
constexpr std::string_view kPas = "pas";
constexpr std::string_view kPasCoarse = "pas-coarse";

Json value_of(const toml::node& node) {
  if (const auto* v = node.as_string()) return v->get();
  if (const auto* v = node.as_integer()) return v->get();
  if (const auto* v = node.as_floating_point()) return v->get();
  if (const auto* v = node.as_boolean()) return v->get();
  if (const auto* list = node.as_array()) {
    Json all = Json::array();
    for (const toml::node& item : *list) all.push_back(value_of(item));
    return all;
  }
  return {};
}

toml::table parse_toml(std::string_view text, const std::string& where) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& e) {
    std::string what(e.description());
    for (char& c : what) c = c == '\n' ? ' ' : c;
    throw Error(fmt::format("not TOML: {}", what),
                fmt::format("{}, line {}", where, e.source().begin.line));
  }
}

std::string place(const std::string& where, const toml::node& node) {
  return fmt::format("{}, line {}", where, node.source().begin.line);
}

const toml::table& table_of(const toml::node& node, std::string_view name,
                            const std::string& where) {
  if (const toml::table* table = node.as_table()) return *table;
  throw Error(fmt::format("{} is a table", name), place(where, node));
}

// The settings of one table, but for the tables in it that `inner` names.
Json settings_of(const toml::table& table, std::initializer_list<std::string_view> inner,
                 const std::string& where) {
  Json found = Json::object();
  for (const auto& [key, node] : table) {
    if (std::ranges::count(inner, key.str()) > 0) {
      table_of(node, key.str(), where);
      continue;
    }
    const Setting* setting = find_setting(key.str());
    if (setting == nullptr) {
      throw Error(fmt::format("unknown key '{}'", key.str()), place(where, node),
                  "axnn train --help lists them");
    }
    found[setting->name] = value_of(node);
    check_setting(*setting, found[setting->name], place(where, node));
  }
  return found;
}

Json recipe_of(const toml::table& table, std::string_view dataset, const std::string& where) {
  Json found = settings_of(table, {"data"}, where);
  const toml::table* sets = table["data"].as_table();
  if (sets == nullptr) return found;
  for (const auto& [name, node] : *sets) {
    const Json own = settings_of(table_of(node, name.str(), where), {}, where);
    if (name.str() == dataset) found.update(own);
  }
  return found;
}

struct Book {
  toml::table file;
  std::map<std::string, Json, std::less<>> sets;  // name, name.pas, name.pas-coarse -> settings
};

Book read_book() {
  Book book{parse_toml(embedded_recipes(), kOwnFile), {}};
  for (const auto& [key, node] : book.file) {
    const toml::table& table = table_of(node, key.str(), kOwnFile);
    if (key.str() == "recipe") {
      for (const auto& [name, inner] : table) {
        recipe_of(table_of(inner, name.str(), kOwnFile), "", kOwnFile);  // complains
      }
    } else if (key.str() == "data") {
      for (const auto& [name, inner] : table) {
        const toml::table& set = table_of(inner, name.str(), kOwnFile);
        book.sets[std::string(name.str())] = settings_of(set, {kPas, kPasCoarse}, kOwnFile);
        for (const std::string_view part : {kPas, kPasCoarse}) {
          if (const toml::table* more = set[part].as_table()) {
            book.sets[fmt::format("{}.{}", name.str(), part)] = settings_of(*more, {}, kOwnFile);
          }
        }
      }
    } else {
      throw Error(fmt::format("unknown table '{}'", key.str()), place(kOwnFile, node));
    }
  }
  return book;
}

const Book& book() {
  static const Book one = read_book();
  return one;
}

// All combinations of the values that a grid lists for its settings, the last setting fastest.
std::vector<Json> combinations(const toml::table& grid, const std::string& where) {
  std::vector<Json> all = {Json::object()};
  for (const auto& [key, node] : grid) {
    const Setting* setting = find_setting(key.str());
    const toml::array* values = node.as_array();
    if (setting == nullptr || values == nullptr || values->empty()) {
      throw Error(fmt::format("grid.{} is not a setting with a list of values", key.str()),
                  place(where, node));
    }
    std::vector<Json> more;
    for (const Json& one : all) {
      for (const toml::node& value : *values) {
        more.push_back(one);
        more.back()[setting->name] = value_of(value);
        check_setting(*setting, more.back()[setting->name], place(where, value));
      }
    }
    all = std::move(more);
  }
  if (grid.empty()) all.clear();
  return all;
}

void apply(Recipe& recipe, const Json& given) {
  for (const Setting& s : settings()) {
    if (given.contains(s.name) && !given[s.name].is_null()) s.set(recipe, given[s.name]);
  }
}

template <typename T>
T given_or(const Json& given, const char* name, const T& otherwise) {
  return given.contains(name) ? given[name].get<T>() : otherwise;
}

// The modes named, or those that the accelerator has; of drum the k named or all.
std::vector<Multiplier> modes_of(const Json& given) {
  const auto kind = given_or<std::string>(given, "multiplier", "fig8");
  std::vector<Multiplier> modes;
  for (const auto& mode : given_or<std::vector<std::string>>(given, "modes", {})) {
    modes.push_back(parse_multiplier(kind, mode));
  }
  if (!modes.empty()) return modes;
  modes = parse_multipliers(kind, "all");
  std::erase_if(
      modes, [](Multiplier m) { return m.kind == MultiplierKind::kBooth && m.mode == kBoothM3; });
  return modes;
}

}  // namespace

Json parse_recipe(std::string_view toml, std::string_view dataset, const std::string& where) {
  return recipe_of(parse_toml(toml, where), dataset, where);
}

Json named_recipe(const std::string& name_or_path, std::string_view dataset) {
  if (is_path(name_or_path)) return parse_recipe(read_file(name_or_path), dataset, name_or_path);
  const toml::table* recipes = book().file["recipe"].as_table();
  const auto found = recipes->find(name_or_path);
  if (found != recipes->end()) return recipe_of(*found->second.as_table(), dataset, kOwnFile);
  std::string known;
  for (const auto& [name, node] : *recipes) known += fmt::format(" {}", name.str());
  throw UsageError(fmt::format("unknown recipe '{}'", name_or_path), "--recipe",
                   fmt::format("known:{}, or the path of a TOML file", known));
}

std::vector<Candidate> read_candidates(std::string_view toml, std::string_view dataset,
                                       const Json& given, std::uint64_t seed,
                                       const std::string& where) {
  toml::table file = parse_toml(toml, where);
  const std::int64_t most = file["candidates"].value_or(std::int64_t{0});
  // Moved, not copied: a copy forgets its line.
  const toml::table grid =
      file["grid"].is_table() ? std::move(*file["grid"].as_table()) : toml::table();
  const toml::array own =
      file["candidate"].is_array() ? std::move(*file["candidate"].as_array()) : toml::array();
  for (const char* key : {"candidates", "grid", "candidate"}) file.erase(key);
  Json shared = recipe_of(file, dataset, where);
  shared.update(given);
  std::vector<Json> all = combinations(grid, where);
  if (most > 0 && static_cast<std::size_t>(most) < all.size()) {
    const std::vector<int> order =
        Rng(seed, Purpose::kSweep).permutation(static_cast<int>(all.size()));
    std::vector<Json> drawn;
    for (std::int64_t i = 0; i < most; ++i)
      drawn.push_back(all[std::size_t(order[std::size_t(i)])]);
    all = std::move(drawn);
  }
  all.insert(all.begin(), Json::object());
  for (const toml::node& node : own) {
    all.push_back(settings_of(table_of(node, "candidate", where), {}, where));
  }
  std::vector<Candidate> candidates;
  for (const Json& settings : all) {
    Json merged = shared;
    merged.update(settings);
    candidates.push_back({settings, resolve_recipe(dataset, merged)});
  }
  return candidates;
}

Recipe default_recipe(std::string_view dataset, Method method, MultiplierKind kind) {
  Recipe recipe;
  const auto take = [&](const std::string& table) {
    const auto found = book().sets.find(table);
    if (found != book().sets.end()) apply(recipe, found->second);
  };
  const bool own = book().sets.contains(dataset);
  take(own ? std::string(dataset) : std::string(kOther));
  recipe.ax.method = method;
  if (!has_pas(method)) return recipe;
  take(fmt::format("{}.{}", dataset, kPas));
  if (kind == MultiplierKind::kFig8 || kind == MultiplierKind::kBooth) {
    take(fmt::format("{}.{}", dataset, kPasCoarse));
  }
  return recipe;
}

Recipe resolve_recipe(std::string_view dataset, const Json& given) {
  const std::vector<Multiplier> modes = modes_of(given);
  const Method method = parse_method(given_or<std::string>(given, "method", "bp"));
  Recipe r = default_recipe(dataset, method, modes.front().kind);
  AxOptions& ax = r.ax;
  // The default of pas's epochs is meant for the default of those before, and so is their choice.
  if (given.contains("epochs")) {
    ax.pas_epochs.reset();
    ax.stopping.folds = 0;
  }
  apply(r, given);
  ax.modes = modes;
  if (r.options.output == OutputKind::kSoftmax && ax.sensitivity == SensitivityOf::kOutputs) {
    throw UsageError("S of outputs is of sigmoid outputs", "--sensitivity",
                     "add --output sigmoid, or take logits");
  }
  const std::size_t halvings = ax.halvings.activations.size() + ax.halvings.weights.size();
  const std::size_t layers = r.hidden.size() + 1;
  if (halvings > 0 && (halvings != 2 * layers || ax.halvings.weights.size() != layers)) {
    throw UsageError(fmt::format("{} numbers for {} layers", halvings, layers), "--halvings",
                     "give one a layer for activations, then one a layer for weights");
  }
  if (halvings > 0) ax.search.candidates = 0;
  if (chooses_neurons(method)) {
    ax.search.candidates = 0;
    if (ax.modes.size() != 1) {
      throw UsageError(fmt::format("{} approximates neurons in one mode", method_name(method)),
                       "--modes", "name one, e.g. --modes M2");
    }
    if (ax.operands == PasOperands::kTransformed) {
      throw UsageError(fmt::format("{} takes no --operands transformed", method_name(method)),
                       "--operands", "leave it out");
    }
  }
  return r;
}

Json recipe_json(const Recipe& recipe) {
  Json all = Json::object();
  for (const Setting& s : settings()) all[s.name] = s.get(recipe);
  return all;
}

}  // namespace axnn
