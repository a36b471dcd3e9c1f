#include "data/arff.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "model/error.h"
#include "model/text.h"

namespace axnn {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// Tokens of a line, one after the other.
class Tokens {
 public:
  Tokens(std::string_view line, const std::string& where) : line_(line), where_(where) {
    skip_blanks();
  }

  bool end() const { return at_ == line_.size(); }
  bool skip(char c) {
    if (end() || line_[at_] != c) return false;
    ++at_;
    skip_blanks();
    return true;
  }

  // Up to a blank or one of `stops`, or what stands in quotes.
  void take(std::string_view stops, std::string& token) {
    token.clear();
    const char quote = end() ? '\0' : line_[at_];
    if (quote == '"' || quote == '\'') {
      ++at_;
      while (!end() && line_[at_] != quote) {
        if (line_[at_] == '\\' && at_ + 1 < line_.size()) ++at_;
        token += line_[at_++];
      }
      if (end()) throw Error("a quote without an end", where_, "close it");
      ++at_;
      if (!end() && !is_blank(line_[at_]) && stops.find(line_[at_]) == stops.npos) {
        throw Error("text after a closing quote", where_,
                    "put a backslash before a quote that is part of the field");
      }
    } else {
      while (!end() && !is_blank(line_[at_]) && stops.find(line_[at_]) == stops.npos) {
        if (line_[at_] == '\\' && at_ + 1 < line_.size()) ++at_;
        token += line_[at_++];
      }
    }
    skip_blanks();
  }

 private:
  void skip_blanks() {
    while (!end() && is_blank(line_[at_])) ++at_;
  }

  std::string_view line_;
  const std::string& where_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_keyword(std::string_view line, std::string_view keyword) {
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  if (line.size() > keyword.size() && !is_blank(line[keyword.size()])) return false;
  return lower(line.substr(0, keyword.size())) == keyword;
}

ArffAttribute parse_attribute(std::string_view line, const std::string& where) {
  Tokens tokens(line, where);
  std::string token;
  tokens.take("", token);  // @attribute
  ArffAttribute attribute;
  tokens.take("{", attribute.name);
  if (attribute.name.empty() || tokens.end()) {
    throw Error("an @attribute without a name and a type", where, "give both");
  }
  if (tokens.skip('{')) {
    attribute.text = true;
    while (!tokens.skip('}')) {
      if (tokens.end()) throw Error("an @attribute without a closing '}'", where, "close it");
      tokens.take(",}", token);
      attribute.nominal.push_back(token);
      tokens.skip(',');
    }
    return attribute;
  }
  tokens.take("[", token);
  const std::string type = lower(token);
  if (type == "string" || type == "date") {
    attribute.text = true;
  } else if (type != "numeric" && type != "real" && type != "integer") {
    throw Error("an @attribute of type '" + printable(token) + "'", where,
                "known: numeric, real, integer, string, date and {a list of values}");
  }
  return attribute;
}

void split_arff(std::string_view line, const std::vector<ArffAttribute>& attributes,
                std::vector<std::string>& fields, const std::string& where) {
  Tokens tokens(line, where);
  std::string token;
  if (tokens.skip('{')) {
    fields.assign(attributes.size(), "0");
    for (std::size_t a = 0; a < attributes.size(); ++a) {
      if (!attributes[a].nominal.empty()) fields[a] = attributes[a].nominal.front();
    }
    while (!tokens.skip('}')) {
      tokens.take(",}", token);
      std::size_t index = attributes.size();
      const char* const end = token.data() + token.size();
      if (std::from_chars(token.data(), end, index).ptr != end || index >= attributes.size() ||
          tokens.end()) {
        throw Error("a sparse row that is no list of numbers of columns and values", where,
                    "write {NUMBER VALUE, ...}, columns counted from 0");
      }
      tokens.take(",}", token);
      fields[index] = token;
      tokens.skip(',');
    }
    return;
  }
  std::size_t count = 0;
  while (true) {
    if (count == fields.size()) fields.emplace_back();
    tokens.take(",", fields[count++]);
    if (!tokens.skip(',') && tokens.end()) break;
    if (count > attributes.size()) break;
  }
  fields.resize(count);
}

}  // namespace axnn
