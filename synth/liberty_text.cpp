#include "synth/liberty_text.h"

#include <cctype>

#include "model/error.h"
#include "model/text.h"

namespace axnn {

namespace {

constexpr int kMaxDepth = 32;

class Parser {
 public:
  Parser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  LibertyGroup parse() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // a byte order mark
    skip();
    LibertyGroup holder;
    statement(holder, 0);
    if (holder.groups.size() != 1) fail("not a Liberty library");
    skip();
    if (at_ < text_.size()) fail("text after the end of the library");
    return std::move(holder.groups.front());
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(what, where_ + ":" + std::to_string(line_), "is this a Liberty file?");
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void advance() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }

  // White space, comments and line continuations; stops at a line's end if `in_line`.
  void skip(bool in_line = false) {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' && in_line) return;
      if (std::isspace(static_cast<unsigned char>(c)) != 0) {
        advance();
      } else if (c == '\\') {
        std::size_t next = at_ + 1;
        while (next < text_.size() &&
               (text_[next] == ' ' || text_[next] == '\t' || text_[next] == '\r')) {
          ++next;
        }
        if (next >= text_.size() || text_[next] != '\n') fail("stray backslash");
        while (at_ <= next) advance();
      } else if (text_.substr(at_, 2) == "/*") {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) fail("comment without end");
        while (at_ < end + 2) advance();
      } else if (text_.substr(at_, 2) == "//") {
        while (at_ < text_.size() && text_[at_] != '\n') advance();
      } else {
        return;
      }
    }
  }

  static bool word_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_.+-*/!&|^'[]:<>=%$@#").find(c) != std::string_view::npos;
  }

  std::string quoted() {
    advance();
    std::string out;
    while (peek() != '"') {
      if (at_ >= text_.size()) fail("the file ends inside a string");
      if (peek() == '\\' && at_ + 1 < text_.size()) {
        advance();
        if (peek() == '\r') advance();
        if (peek() != '\n') out += peek();
      } else {
        out += peek();
      }
      advance();
    }
    advance();
    return out;
  }

  // A name or number; a name stops at ':', which stands inside values only.
  std::string word(bool name) {
    if (peek() == '"') return quoted();
    const std::size_t begin = at_;
    while (at_ < text_.size() && word_char(peek()) && !(name && peek() == ':') &&
           text_.substr(at_, 2) != "/*") {
      advance();
    }
    if (at_ == begin) {
      if (at_ >= text_.size()) fail("the file ends in the middle of the library");
      fail("unexpected character");
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  void statement(LibertyGroup& parent, int depth) {
    if (depth > kMaxDepth) fail("groups nested deeper than " + std::to_string(kMaxDepth));
    const int line = line_;
    const std::size_t begin = at_;
    std::string name = word(true);
    skip(true);
    if (peek() == ':') {
      advance();
      simple_value(parent, std::move(name));
      return;
    }
    skip();
    if (peek() != '(') fail("expected ':' or '(' after \"" + printable(name) + "\"");
    advance();
    std::vector<std::string> arguments;
    for (skip(); peek() != ')'; skip()) {
      arguments.push_back(word(false));
      skip();
      if (peek() == ',') advance();
    }
    advance();
    skip();
    if (peek() != '{') {
      if (peek() == ';') advance();
      parent.attributes.emplace_back(std::move(name), std::move(arguments));
      return;
    }
    advance();
    LibertyGroup group;
    group.type = std::move(name);
    group.arguments = std::move(arguments);
    group.line = line;
    for (skip(); peek() != '}'; skip()) {
      if (at_ >= text_.size()) fail("the file ends inside group \"" + printable(group.type) + "\"");
      if (peek() == ';') {
        advance();
      } else {
        statement(group, depth + 1);
      }
    }
    advance();
    group.begin = begin;
    group.end = at_;
    parent.groups.push_back(std::move(group));
  }

  // Words up to ';', or up to the end of the line, as some libraries leave the ';' out.
  void simple_value(LibertyGroup& parent, std::string name) {
    std::string value;
    for (skip(true); peek() != ';' && peek() != '\n' && peek() != '}'; skip(true)) {
      if (at_ >= text_.size()) fail("the file ends in the middle of an attribute");
      if (!value.empty()) value += ' ';
      if (peek() == '(' || peek() == ')' || peek() == ',') {
        value += peek();
        advance();
      } else {
        value += word(false);
      }
    }
    if (peek() == ';') advance();
    parent.attributes.emplace_back(std::move(name), std::vector<std::string>{std::move(value)});
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

const std::string* LibertyGroup::find(std::string_view name) const {
  for (const auto& [key, values] : attributes) {
    if (key == name && !values.empty()) return &values.front();
  }
  return nullptr;
}

LibertyGroup parse_liberty(std::string_view text, const std::string& where) {
  return Parser(text, where).parse();
}

}  // namespace axnn
