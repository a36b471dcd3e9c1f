#include "data/scaling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "model/error.h"

namespace axnn {
namespace {

// 1 / width as a float; 0 if the feature does not vary (or so little that a float cannot say it).
float gain_of(double width) {
  const double gain = width > 0 ? 1 / width : 0;
  return gain > std::numeric_limits<float>::max() ? 0.0f : static_cast<float>(gain);
}

// The smallest and the largest of a feature's values, `share` of them left out at each end; nothing
// left out if those are equal.
std::pair<double, double> middle_values(const Dataset& data, std::span<const int> rows,
                                        std::size_t feature, double share) {
  std::vector<double> values;
  for (int n : rows) {
    if (!std::isnan(data.row(n)[feature])) values.push_back(data.row(n)[feature]);
  }
  if (values.empty()) return {0, 0};
  std::ranges::sort(values);
  const auto cut = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  const double first = values[cut];
  const double last = values[values.size() - 1 - cut];
  if (first == last) return {values.front(), values.back()};
  return {first, last};
}

// Mean of each feature over the rows that have it; 0 if none has.
std::vector<float> means(const Dataset& data, std::span<const int> rows) {
  const auto inputs = std::size_t(data.inputs());
  std::vector<double> sums(inputs);
  std::vector<int> counts(inputs);
  for (int n : rows) {
    const std::span<const float> row = data.row(n);
    for (std::size_t i = 0; i < inputs; ++i) {
      if (std::isnan(row[i])) continue;
      sums[i] += row[i];
      ++counts[i];
    }
  }
  std::vector<float> result;
  for (std::size_t i = 0; i < inputs; ++i) {
    result.push_back(counts[i] > 0 ? static_cast<float>(sums[i] / counts[i]) : 0.0f);
  }
  return result;
}

}  // namespace

std::string_view scaling_name(ScalingKind kind) {
  switch (kind) {
    case ScalingKind::kStandardise:
      return "z";
    case ScalingKind::kMinMax:
      return "minmax";
    case ScalingKind::kSpan:
      return "span";
    case ScalingKind::kByte:
      return "byte";
  }
  return "";
}

ScalingKind parse_scaling(std::string_view name) {
  for (auto kind :
       {ScalingKind::kStandardise, ScalingKind::kMinMax, ScalingKind::kSpan, ScalingKind::kByte}) {
    if (name == scaling_name(kind)) return kind;
  }
  throw UsageError("unknown scaling '" + std::string(name) + "'", "",
                   "known: z, minmax, span, byte");
}

InputScaling fit_scaling(ScalingKind kind, const Dataset& data, std::span<const int> rows,
                         double limit) {
  const auto inputs = std::size_t(data.inputs());
  InputScaling s;
  s.offset.assign(inputs, 0.0f);
  s.gain.assign(inputs, 1.0f / 255);
  s.high = kind == ScalingKind::kStandardise ? static_cast<float>(limit) : 1.0f;
  s.low = kind == ScalingKind::kStandardise || kind == ScalingKind::kSpan ? -s.high : 0.0f;
  if (data.schema.missing == TableOptions::Missing::kMean) s.fill = means(data, rows);
  if (kind == ScalingKind::kByte) return s;
  for (std::size_t i = 0; i < inputs; ++i) {
    if (kind == ScalingKind::kSpan) {
      const auto [first, last] = middle_values(data, rows, i, limit);
      s.offset[i] = static_cast<float>((first + last) / 2);
      s.gain[i] = gain_of((last - first) / 2);
      continue;
    }
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    double sum = 0;
    int count = 0;
    for (int n : rows) {
      const double v = data.row(n)[i];
      if (std::isnan(v)) continue;
      low = std::min(low, v);
      high = std::max(high, v);
      sum += v;
      ++count;
    }
    if (count == 0) {
      s.gain[i] = 0;
      continue;
    }
    if (kind == ScalingKind::kMinMax) {
      s.offset[i] = static_cast<float>(low);
      s.gain[i] = gain_of(high - low);
      continue;
    }
    const double mean = sum / count;
    double squares = 0;
    for (int n : rows) {
      const double v = data.row(n)[i];
      if (!std::isnan(v)) squares += (v - mean) * (v - mean);
    }
    s.offset[i] = static_cast<float>(mean);
    s.gain[i] = high > low ? gain_of(std::sqrt(squares / count)) : 0.0f;
  }
  return s;
}

Eigen::VectorXf middle_of(const InputScaling& scaling) {
  Eigen::VectorXf middle(static_cast<Eigen::Index>(scaling.gain.size()));
  for (Eigen::Index i = 0; i < middle.size(); ++i) {
    const bool constant = scaling.gain[std::size_t(i)] == 0;
    middle(i) = constant ? 0 : (scaling.low + scaling.high) / 2;
  }
  return middle;
}

InputScaling centred(InputScaling scaling) {
  const float middle = (scaling.low + scaling.high) / 2;
  for (std::size_t i = 0; i < scaling.gain.size(); ++i) {
    if (scaling.gain[i] != 0) scaling.offset[i] += middle / scaling.gain[i];
  }
  scaling.low -= middle;
  scaling.high -= middle;
  return scaling;
}

Samples scaled_samples(const Dataset& data, std::span<const int> rows,
                       const InputScaling& scaling) {
  Samples samples;
  samples.x.resize(data.inputs(), static_cast<Eigen::Index>(rows.size()));
  samples.labels.reserve(rows.size());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    scale_input(scaling, data.row(rows[n]),
                {samples.x.col(static_cast<Eigen::Index>(n)).data(), std::size_t(data.inputs())});
    samples.labels.push_back(data.labels[std::size_t(rows[n])]);
  }
  return samples;
}

}  // namespace axnn
