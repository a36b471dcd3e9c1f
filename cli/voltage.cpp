#include "cli/voltage.h"

#include "model/flip_curve.h"

namespace axnn::cli {

double Voltage::rate() const {
  if (flip_rate) return *flip_rate;
  return vdd ? axnn::flip_rate(load_flip_curve(curve), *vdd) : 0;
}

WeightFormat Voltage::format(const Model& model) const {
  if (!weight_format.empty()) return parse_format(weight_format);
  return model.weight_format.value_or(WeightFormat::kSignMagnitude);
}

void add_supply(CLI::App& app, Voltage& voltage) {
  CLI::Option* vdd = app.add_option("--vdd", voltage.vdd, "Supply of the weight memories, V");
  CLI::Option* rate =
      app.add_option("--flip-rate", voltage.flip_rate, "Share of flipped bits, instead of --vdd")
          ->check(CLI::Range(0.0, 1.0))
          ->excludes(vdd);
  app.add_option("--curve", voltage.curve, "Flip rate over voltage: paper, sharp, or a file")
      ->excludes(rate)
      ->capture_default_str();
  app.add_option(
      "--weight-format", voltage.weight_format,
      "How memories store a weight: twos-complement, sign-magnitude or guarded (what the "
      "model was trained for, else sign-magnitude)");
}

void add_voltage(CLI::App& app, Voltage& voltage) {
  add_supply(app, voltage);
  app.add_option("--chips", voltage.chips, "Chips with flipped weight bits, numbers 1 to N")
      ->check(CLI::Range(0, 100000));
}

void check_voltage(const Voltage& voltage) {
  if (voltage.lowered() && voltage.chips == 0) {
    throw CLI::ValidationError("--chips", "how many chips? Give e.g. --chips 50");
  }
  if (voltage.chips > 0 && !voltage.lowered()) {
    throw CLI::ValidationError("--vdd", "at which voltage? Give --vdd or --flip-rate");
  }
}

}  // namespace axnn::cli
