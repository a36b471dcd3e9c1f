#include "synth/liberty_files.h"

#include <map>

#include "model/error.h"
#include "model/gzip.h"
#include "model/text.h"

namespace axnn {

namespace {

constexpr std::uintmax_t kMaxBytes = std::uintmax_t{256} << 20;

bool is_template(const LibertyGroup& g) { return g.type.ends_with("_template"); }

std::string_view text_of(const LibertyGroup& g, const LibertyFile& file) {
  return std::string_view(file.text).substr(g.begin, g.end - g.begin);
}

std::vector<std::string> attribute(const LibertyFile& file, std::string_view name) {
  for (const auto& [key, values] : file.group.attributes) {
    if (key == name) return values;
  }
  return {};
}

}  // namespace

std::vector<LibertyFile> read_liberty_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<LibertyFile> files;
  for (const std::filesystem::path& path : paths) {
    LibertyFile f;
    f.where = path.string();
    f.text = read_unpacked(path, kMaxBytes, "is it a Liberty file?", &f.packed);
    f.group = parse_liberty(f.text, f.where);
    files.push_back(std::move(f));
  }
  return files;
}

std::string merged_liberty(const std::vector<LibertyFile>& files) {
  const LibertyFile& first = files.front();
  // From the group's first byte, so without a byte order mark, to its last brace.
  std::string out(text_of(first.group, first).substr(0, first.group.end - first.group.begin - 1));
  std::map<std::string, std::pair<const LibertyGroup*, const LibertyFile*>> templates;
  for (const LibertyFile& f : files) {
    for (const char* unit :
         {"time_unit", "capacitive_load_unit", "voltage_unit", "leakage_power_unit"}) {
      if (attribute(f, unit) != attribute(first, unit)) {
        throw Error(std::string(unit) + " differs from that of " + first.where, f.where,
                    "name the files of one library and corner");
      }
    }
    for (const LibertyGroup& g : f.group.groups) {
      if (is_template(g) && !g.arguments.empty()) {
        const auto [at, added] = templates.try_emplace(g.arguments.front(), &g, &f);
        const auto& [known, known_file] = at->second;
        if (!added) {
          if (known->attributes == g.attributes) continue;
          throw Error("template " + printable(g.arguments.front()) + " differs from that of " +
                          known_file->where,
                      f.where + ":" + std::to_string(g.line), "rename one of them");
        }
      } else if (g.type != "cell") {
        continue;
      }
      if (&f != &first) out.append("\n").append(text_of(g, f));
    }
  }
  return out + "\n}\n";
}

}  // namespace axnn
