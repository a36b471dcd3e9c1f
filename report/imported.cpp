#include "report/imported.h"

#include <fmt/format.h>

#include <cmath>

namespace axnn {
namespace {

// Shares below this are an approximation's, not a broken sign.
constexpr double kSignAlarm = 0.001;

std::string errors(const ProductError& e, int product_bits) {
  const double full = std::ldexp(1.0, product_bits);
  return fmt::format(
      "{:>10.6g} {:>7.3f} {:>10} {:>7.3f} {:>8.3f} {:>7.2f} {:>10.4g} {:>11.5g}  {} x {}", e.mae,
      100 * e.mae / full, e.wce, 100 * static_cast<double>(e.wce) / full, 100 * e.mre,
      100 * e.error_rate, e.bias, e.mse, e.worst_a, e.worst_b);
}

std::string sign_warning(const ImportReport& report, const ProductError& e,
                         const std::string& mode) {
  const double share = e.sign_wrong_share();
  if (share < kSignAlarm) return "";
  std::string where;
  const char* names[] = {"neither operand negative", "the first negative", "the second negative",
                         "both negative"};
  for (std::size_t k = 0; k < 4; ++k) {
    if (e.sign_wrong[k] < share / 20) continue;
    where +=
        fmt::format("{}{:.1f} % {}", where.empty() ? "" : ", ", 100 * e.sign_wrong[k], names[k]);
  }
  const bool other = report.rule.is_signed && report.other_sign_mae < e.mae;
  return fmt::format("WARNING {}: sign wrong in {:.0f} % of products ({}){}\n", mode, 100 * share,
                     where,
                     other ? ": is it unsigned?" : "; the sign is not what the operands' are");
}

std::string ports(const MultiplierPorts& p) {
  std::string out = fmt::format("{} ({}), {} ({}) -> {} ({})", p.a.name, p.a.width, p.b.name,
                                p.b.width, p.product.name, p.product.width);
  if (p.mode.width > 0) out += fmt::format(", modes by {}", p.mode.name);
  return out;
}

}  // namespace

std::string to_text(const ImportReport& report) {
  const WordRule& rule = report.rule;
  std::string out =
      fmt::format("{}: {} x {} bits, {}; ports {}\n", report.name, rule.a_width, rule.b_width,
                  rule.is_signed ? "signed" : "unsigned", ports(report.ports));
  if (report.declared_signed != rule.is_signed) {
    out += fmt::format(
        "  its ports are declared {}; its products are nearer to those of {} operands\n",
        report.declared_signed ? "signed" : "without a sign",
        rule.is_signed ? "signed" : "unsigned");
  }
  if (rule.product_shift > 0) {
    out +=
        fmt::format("  its product is the high part: {} bits are left out\n", rule.product_shift);
  }
  out += fmt::format("{:<22}{:>10} {:>7} {:>10} {:>7} {:>8} {:>7} {:>10} {:>11}  {}\n", "", "MAE",
                     "MAE %", "WCE", "WCE %", "MRE %", "wrong %", "bias", "MSE", "worst pair");
  const int own_bits = rule.a_width + rule.b_width;
  for (std::size_t m = 0; m < report.modes.size(); ++m) {
    const ImportedMode& mode = report.modes[m];
    const std::string name = report.modes.size() > 1 ? fmt::format("M{}", m) : "";
    out += fmt::format("{:<3}{:<19}{}\n", name,
                       report.all_own_pairs ? "its own operands" : "own, sampled",
                       errors(mode.own, own_bits));
    out += fmt::format("{:<3}{:<19}{}\n", "", fmt::format("as {} x {} bits", kDataW, kDataW),
                       errors(mode.array, 2 * kDataW));
  }
  for (std::size_t m = 0; m < report.modes.size(); ++m) {
    const ImportedMode& mode = report.modes[m];
    const std::string name = fmt::format("M{}", m);
    out += sign_warning(report, mode.own, name);
    if (!mode.array.zero_stays_zero)
      out += fmt::format("{}: a product with 0 is not always 0\n", name);
    if (mode.saturated > 0) {
      out += fmt::format("{}: {} products need more than {} bits and saturate\n", name,
                         mode.saturated, kProdW);
    }
    out += fmt::format("{}: {}\n", name,
                       mode.table.factors()
                           ? "factors into operand transforms: inference runs at full speed"
                           : "does not factor: inference looks products up");
  }
  out += fmt::format("table = RTL (Icarus) = gates ({}, {} cells with the wrapper): {} pairs{}\n",
                     report.library, report.gates, kTableSize,
                     report.modes.size() > 1 ? " a mode" : "");
  out += fmt::format("written: {0}/ (use it as lut:{0}/M0.lut)\n", report.out.string());
  return out;
}

}  // namespace axnn
