#include "synth/multiplier_wrapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "model/fixed_point.h"

namespace axnn {
namespace {

constexpr int kW = kDataW;

// {from..., below} of a bus: "x[9:2]", "x[3]" if it is one bit.
std::string slice(const char* bus, int high, int low) {
  return high == low ? fmt::format("{}[{}]", bus, high) : fmt::format("{}[{}:{}]", bus, high, low);
}

std::string range(int width) { return fmt::format("[{}:0]", width - 1); }

// The operand `x` of `width` bits from the port x_i.
std::string operand_text(const WordRule& rule, char x, int width) {
  const int drop = rule.exponent(width);
  std::string out = fmt::format("\n  logic {} {};\n", range(width), x);
  const std::string word = rule.is_signed ? fmt::format("{}_i", x) : fmt::format("{}_magnitude", x);
  if (!rule.is_signed) {
    out += fmt::format(
        "  logic [{0}:0] {1}_magnitude;  // of -{2} too\n"
        "  assign {1}_magnitude = ({1}_i ^ {{{3}{{{1}_i[{0}]}}}}) + {3}'({1}_i[{0}]);\n",
        kW - 1, x, 1 << (kW - 1), kW);
  }
  if (drop <= 0) {
    out += drop == 0 ? fmt::format("  assign {} = {};\n", x, word)
                     : fmt::format("  assign {} = {{{}, {}'d0}};\n", x, word, -drop);
    if (drop == 0 && width < kW) {  // unsigned, one bit less than a word
      out.resize(out.rfind("  assign"));
      out += fmt::format("  assign {0} = {1}[{2}] ? {3}'d{4} : {5};\n", x, word, kW - 1, width,
                         (1 << width) - 1, slice(word.c_str(), width - 1, 0));
    }
    return out;
  }
  // Half of the last kept bit is added, with one bit more for the carry.
  const std::string name = fmt::format("{}_rounded", x);
  const std::string top = rule.is_signed ? fmt::format("{}[{}]", word, kW - 1) : "1'b0";
  out += fmt::format("  logic [{0}:0] {1};\n  assign {1} = {{{2}, {3}}} + {4}'d{5};\n", kW, name,
                     top, word, kW + 1, 1 << (drop - 1));
  const std::string kept = slice(name.c_str(), drop + width - 1, drop);
  if (rule.is_signed) {
    out += fmt::format("  assign {0} = {1}[{2}:{3}] == 2'b01 ? {4}'d{5} : {6};\n", x, name, kW,
                       kW - 1, width, (1 << (width - 1)) - 1, kept);
  } else {
    out += fmt::format("  assign {0} = {1} != 2'd0 ? {2}'d{3} : {4};\n", x,
                       slice(name.c_str(), kW, kW - 1), width, (1 << width) - 1, kept);
  }
  return out;
}

std::string connect(const BusPort& port, const std::string& net) {
  if (!port.split()) return fmt::format(".{}({})", verilog_name(port.pieces[0]), net);
  std::string out;
  for (std::size_t k = 0; k < port.pieces.size(); ++k) {
    out += fmt::format("{}.{}({}[{}])", k == 0 ? "" : ", ", verilog_name(port.pieces[k]), net, k);
  }
  return out;
}

// The product shifted back, `width` bits wide.
std::string shifted(const WordRule& rule, int& width) {
  const int up = rule.product_exponent();
  width = rule.product_width + up;
  if (up == 0) return "product";
  if (up > 0) return fmt::format("{{product, {}'d0}}", up);
  return slice("product", rule.product_width - 1, -up);
}

std::string product_text(const WordRule& rule) {
  int width = 0;
  const std::string value = shifted(rule, width);
  std::string out;
  if (rule.is_signed) {
    out += fmt::format("\n  logic {} shifted;\n  assign shifted = {};\n", range(width), value);
    if (width <= kProdW) {
      out += width == kProdW ? "  assign p_o = $signed(shifted);\n"
                             : fmt::format(
                                   "  assign p_o = $signed({{{{{0}{{shifted[{1}]}}}}, "
                                   "shifted}});\n",
                                   kProdW - width, width - 1);
    } else if (!rule.saturates) {
      out += fmt::format("  assign p_o = $signed(shifted[{}:0]);\n", kProdW - 1);
    } else {
      out += fmt::format(
          "  logic fits;\n"
          "  assign fits = shifted[{0}:{1}] == {{{2}{{shifted[{0}]}}}};\n"
          "  assign p_o = fits ? $signed(shifted[{1}:0]) : $signed({{shifted[{0}], "
          "{{{1}{{!shifted[{0}]}}}}}});\n",
          width - 1, kProdW - 1, width - kProdW + 1);
    }
    return out;
  }
  // The magnitude has one bit less than the product.
  constexpr int kMagnitudeW = kProdW - 1;
  out += fmt::format("\n  logic {} shifted;\n  assign shifted = {};\n", range(width), value);
  out += fmt::format("  logic {} magnitude;\n", range(kProdW));
  if (width <= kMagnitudeW) {
    out += fmt::format("  assign magnitude = {{{}'d0, shifted}};\n", kProdW - width);
  } else if (!rule.saturates || width == kProdW) {
    out += fmt::format("  assign magnitude = {};\n",
                       !rule.saturates ? fmt::format("{{1'b0, shifted[{}:0]}}", kMagnitudeW - 1)
                                       : fmt::format("shifted[{0}] ? {1}'d{2} : shifted",
                                                     kProdW - 1, kProdW, (1 << kMagnitudeW) - 1));
  } else {
    out += fmt::format(
        "  assign magnitude = shifted[{}:{}] != {}'d0 ? {}'d{} : {{1'b0, shifted[{}:0]}};\n",
        width - 1, kMagnitudeW, width - kMagnitudeW, kProdW, (1 << kMagnitudeW) - 1,
        kMagnitudeW - 1);
  }
  out += fmt::format(
      "  logic negative;\n"
      "  assign negative = a_i[{0}] ^ b_i[{0}];\n"
      "  assign p_o = $signed((magnitude ^ {{{1}{{negative}}}}) + {1}'(negative));\n",
      kW - 1, kProdW);
  return out;
}

std::string operand_rule(const WordRule& rule, int width) {
  const int drop = rule.exponent(width);
  const char* what = rule.is_signed ? "word" : "magnitude";
  if (drop > 0) return fmt::format("the {} rounded to {} bits", what, width);
  return drop == 0 ? fmt::format("the {}", what)
                   : fmt::format("the {}, shifted left by {}", what, -drop);
}

}  // namespace

int WordRule::exponent(int width) const {
  if (width >= kW) return kW - width;
  return (is_signed ? kW : kW - 1) - width;
}

std::uint64_t WordRule::operand(int code, int width) const {
  const int drop = exponent(width);
  const int largest = is_signed ? (1 << (width - 1)) - 1 : (1 << width) - 1;
  const int word = is_signed ? code : std::abs(code);
  const int value = drop > 0    ? std::min((word + (1 << (drop - 1))) >> drop, largest)
                    : drop == 0 ? std::min(word, largest)
                                : word * (1 << -drop);
  return static_cast<std::uint64_t>(value) & ((std::uint64_t{1} << width) - 1);
}

std::int64_t WordRule::product(std::uint64_t bits, int a, int b) const {
  const int up = product_exponent();
  const std::int64_t raw = from_port(bits, product_width, is_signed);
  const std::int64_t value = up >= 0 ? raw * (std::int64_t{1} << up) : raw >> -up;
  return !is_signed && (a < 0) != (b < 0) ? -value : value;
}

std::int64_t from_port(std::uint64_t bits, int width, bool is_signed) {
  const auto value = static_cast<std::int64_t>(bits);
  return is_signed && (bits >> (width - 1) & 1) != 0 ? value - (std::int64_t{1} << width) : value;
}

std::int32_t WordRule::saturated(std::int64_t product) const {
  constexpr std::int64_t kMax = (std::int64_t{1} << (kProdW - 1)) - 1;
  return static_cast<std::int32_t>(std::clamp(product, is_signed ? -kMax - 1 : -kMax, kMax));
}

std::string wrapper_text(const MultiplierSource& source, const WordRule& rule,
                         const std::vector<int>& mode_values) {
  const MultiplierPorts& ports = source.ports;
  const bool moded = ports.mode.width > 0;
  std::string out = fmt::format(
      "// {0} in the place of the accelerator's multiplier, {1} x {1} bits, two's complement. "
      "Written by\n// axnn import; combinational. {2} x {3} bits{4}, a product of {5}{6}.\n"
      "//   a_i     activation: a is {7}\n"
      "//   b_i     weight: b is {8}\n"
      "//   mode_i  {9}\n"
      "//   p_o     product, shifted {10} by {11}{12}{13}\n"
      "module {14} (\n"
      "  input  logic signed [{15}:0]  a_i,\n"
      "  input  logic signed [{15}:0]  b_i,\n"
      "  input  logic        [1:0]  mode_i,\n"
      "  output logic signed [{16}:0] p_o\n"
      ");\n",
      source.top, kW, rule.a_width, rule.b_width,
      rule.is_signed ? ", signed" : ", unsigned, behind sign and magnitude", rule.product_width,
      rule.product_shift > 0 ? fmt::format(" high ones, {} left out", rule.product_shift) : "",
      operand_rule(rule, rule.a_width), operand_rule(rule, rule.b_width),
      moded ? "M0, M1, ...: chooses the value of " + ports.mode.name
            : "not used: the multiplier has no modes",
      rule.product_exponent() >= 0 ? "left" : "right", std::abs(rule.product_exponent()),
      rule.is_signed ? "" : ", with the words' sign", rule.saturates ? "; saturates" : "",
      kUserModule, kW - 1, kProdW - 1);
  out += operand_text(rule, 'a', rule.a_width);
  out += operand_text(rule, 'b', rule.b_width);
  if (moded) {
    out += fmt::format("\n  logic {} mode;\n  always_comb begin\n    case (mode_i)\n",
                       range(ports.mode.width));
    for (std::size_t m = 0; m + 1 < mode_values.size(); ++m) {
      out += fmt::format("      2'd{}: mode = {}'d{};\n", m, ports.mode.width, mode_values[m]);
    }
    out += fmt::format("      default: mode = {}'d{};\n    endcase\n  end\n", ports.mode.width,
                       mode_values.back());
  } else {
    out += "\n  logic unused_mode;\n  assign unused_mode = ^mode_i;\n";
  }
  out += fmt::format("\n  logic {} product;\n  {}", range(rule.product_width),
                     verilog_name(source.top));
  if (!source.parameters.empty()) {
    out += " #(";
    for (std::size_t k = 0; k < source.parameters.size(); ++k) {
      const auto& [name, value] = source.parameters[k];
      out += fmt::format("{}.{}({})", k == 0 ? "" : ", ", verilog_name(name), value);
    }
    out += ")";
  }
  out += fmt::format(" u_mult (\n    {},\n    {},\n", connect(ports.a, "a"), connect(ports.b, "b"));
  if (moded) out += fmt::format("    {},\n", connect(ports.mode, "mode"));
  for (const auto& [port, held] : source.constants) {
    out += fmt::format(
        "    .{}({}'d{}),\n", verilog_name(port), held.first,
        static_cast<std::uint64_t>(held.second) & ((std::uint64_t{1} << held.first) - 1));
  }
  out += fmt::format("    {}\n  );\n", connect(ports.product, "product"));
  return out + product_text(rule) + "endmodule\n";
}

}  // namespace axnn
