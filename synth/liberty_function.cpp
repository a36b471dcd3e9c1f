#include "synth/liberty_function.h"

#include <cctype>

namespace axnn {

namespace {

constexpr int kMaxDepth = 32;

// Recursive descent over Liberty's Boolean syntax; each value is a truth table of 2^n bits.
//   or: xor { (+ or |) xor }   xor: and { ^ and }   and: unary { [* or &] unary }
//   unary: ! unary | primary {'}   primary: ( or ) | 0 | 1 | name
class FunctionParser {
 public:
  FunctionParser(std::string_view text, const std::vector<std::string>& inputs)
      : text_(text), inputs_(inputs), rows_(1u << inputs.size()) {}

  std::optional<std::uint64_t> parse() {
    const std::uint64_t value = parse_or(0);
    skip();
    if (!ok_ || at_ < text_.size()) return std::nullopt;
    return value & mask();
  }

 private:
  std::uint64_t mask() const { return rows_ == 64 ? ~0ull : (1ull << rows_) - 1; }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  char peek() {
    skip();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  std::uint64_t parse_or(int depth) {
    std::uint64_t v = parse_xor(depth);
    while (ok_ && (peek() == '+' || peek() == '|')) {
      ++at_;
      v |= parse_xor(depth);
    }
    return v;
  }

  std::uint64_t parse_xor(int depth) {
    std::uint64_t v = parse_and(depth);
    while (ok_ && peek() == '^') {
      ++at_;
      v ^= parse_and(depth);
    }
    return v;
  }

  static bool starts_operand(char c) {
    return c == '!' || c == '(' || c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
  }

  std::uint64_t parse_and(int depth) {
    std::uint64_t v = parse_unary(depth);
    while (ok_) {
      const char c = peek();
      if (c == '*' || c == '&') {
        ++at_;
      } else if (!starts_operand(c)) {
        break;
      }
      v &= parse_unary(depth);
    }
    return v;
  }

  std::uint64_t parse_unary(int depth) {
    if (depth > kMaxDepth) ok_ = false;
    if (!ok_) return 0;
    std::uint64_t v = 0;
    if (peek() == '!') {
      ++at_;
      return ~parse_unary(depth + 1);
    }
    if (peek() == '(') {
      ++at_;
      v = parse_or(depth + 1);
      if (peek() != ')') ok_ = false;
      ++at_;
    } else {
      v = parse_name();
    }
    while (ok_ && peek() == '\'') {
      ++at_;
      v = ~v;
    }
    return v;
  }

  std::uint64_t parse_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '_' || text_[at_] == '[' || text_[at_] == ']')) {
      ++at_;
    }
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name == "0") return 0;
    if (name == "1") return mask();
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      if (inputs_[k] != name) continue;
      std::uint64_t v = 0;
      for (unsigned i = 0; i < rows_; ++i) v |= std::uint64_t{(i >> k) & 1u} << i;
      return v;
    }
    ok_ = false;
    return 0;
  }

  std::string_view text_;
  const std::vector<std::string>& inputs_;
  unsigned rows_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace

std::optional<std::uint64_t> truth_table(std::string_view function,
                                         const std::vector<std::string>& inputs) {
  if (inputs.size() > 6 || function.size() > 4096) return std::nullopt;
  return FunctionParser(function, inputs).parse();
}

}  // namespace axnn
