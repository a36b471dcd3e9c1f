#include "eval/test_set.h"

#include <cmath>
#include <cstdlib>

#include "data/split.h"
#include "model/error.h"
#include "model/text.h"

namespace axnn {

namespace {

namespace fs = std::filesystem;

std::string find_data(const std::string& name, const fs::path& model_file) {
  std::error_code ignored;
  // A model file may name anything: only a plain file is opened.
  if (!is_path(name) || fs::is_regular_file(name, ignored)) return name;
  const fs::path file = fs::path(name).filename();
  const fs::path beside = model_file.parent_path() / file;
  if (fs::is_regular_file(beside, ignored)) return beside.string();
  if (const char* folder = std::getenv("AXNN_DATA"); folder && *folder) {
    const fs::path there = folder / file;
    if (fs::is_regular_file(there, ignored)) return there.string();
  }
  throw Error("the data set '" + printable(name, 200) + "' of the model is not there",
              model_file.string(),
              "copy it to " + printable(beside.string(), 200) +
                  ", or set AXNN_DATA to the folder that it is in");
}

}  // namespace

Dataset load_data_of(const Model& model, const fs::path& model_file) {
  const std::string& name = model.provenance.dataset;
  TableOptions table;  // of a built-in set there is nothing to say
  if (is_path(name)) table = model.provenance.table;
  if (!table.test.empty()) table.test = find_data(table.test, model_file);
  Dataset data = load_dataset(find_data(name, model_file), table);
  if (data.sha256 != model.provenance.data_sha256) {
    throw Error("the data differ from those the model was trained on", data.name,
                "restore the data or train again");
  }
  if (data.classes != model.classes || model.scaling.offset.size() != std::size_t(data.inputs())) {
    throw Error("the model does not fit its data set", data.name, "train again");
  }
  return data;
}

TestSet load_test_set(const Model& model, const fs::path& model_file) {
  const Dataset data = load_data_of(model, model_file);
  return make_test_set(model, data, make_split(data, model.provenance.split).test);
}

TestSet make_test_set(const Model& model, const Dataset& data, std::span<const int> rows) {
  TestSet test;
  test.inputs = data.inputs();
  test.scaled = scaled_samples(data, rows, model.scaling);
  test.labels = test.scaled.labels;
  test.codes.resize(static_cast<std::size_t>(test.scaled.x.size()));
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const auto inputs = static_cast<std::size_t>(test.inputs);
    quantize_input(model.scaling, {test.scaled.x.data() + n * inputs, inputs},
                   {test.codes.data() + n * inputs, inputs});
  }
  return test;
}

double accuracy(const GoldenModel& golden, const TestSet& test) {
  const std::vector<int> classes = golden.classify_batch(test.codes);
  int right = 0;
  for (std::size_t n = 0; n < classes.size(); ++n) right += classes[n] == test.labels[n];
  return static_cast<double>(right) / test.rows();
}

double squared_error(const GoldenModel& golden, const Model& model, OutputKind output,
                     const TestSet& test) {
  std::vector<BatchOutput> out;
  golden.run_batch(test.codes, out);
  const ModelLayer& last = model.layers.back();
  const Eigen::Map<const Matrix<std::int32_t>> sums(out.back().accumulators.data(), last.outputs,
                                                    test.rows());
  const Matrix<float> logits =
      sums.cast<float>() * std::ldexp(1.0f, -(last.input_fraction + last.weight_fraction));
  // The loss's gradient is what is asked for, over the number of samples.
  Matrix<float> delta;
  loss(output, logits, test.labels, delta);
  const auto rows = static_cast<double>(test.rows());
  return delta.cast<double>().squaredNorm() * rows / static_cast<double>(last.outputs);
}

}  // namespace axnn
