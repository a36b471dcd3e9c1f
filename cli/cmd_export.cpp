// axnn export: a model compiled to a folder of program and memory images; or as an ONNX file.

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "onnx/export.h"
#include "sim/bundle.h"
#include "sim/compiler.h"

namespace axnn::cli {
namespace {

struct Options {
  std::string model;
  std::string out;
  std::string multiplier = "fig8";
  std::string mode = "M0";
  std::string mapping = "latency";
  int level = 0;
  std::string onnx;
  std::string form = "exact";
  bool every_layer = false;
};

void run_onnx(const Options& o, const Common& common) {
  const Model model = load_model(o.model);
  check_target(o.onnx);
  const Multiplier multiplier = parse_multiplier(o.multiplier, o.mode);
  const onnx::Graph graph =
      onnx::export_graph(model, multiplier, onnx::parse_form(o.form), o.every_layer);
  write_file(o.onnx, onnx::encode_graph(graph));
  nlohmann::ordered_json json = {{"file", o.onnx}, {"form", o.form}, {"opset", graph.opset},
                                 {"multiplier", o.multiplier}, {"mode", mode_name(multiplier)},
                                 {"nodes", graph.nodes.size()}};
  for (const onnx::Value& v : graph.outputs) json["outputs"].push_back(v.name);
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
    return;
  }
  std::string outputs;
  for (const onnx::Value& v : graph.outputs) outputs += (outputs.empty() ? "" : ", ") + v.name;
  fmt::print("{}: {} of {} {}, opset {}, {} nodes; x (rows of {} features) gives {}\n", o.onnx, o.form,
             o.multiplier, mode_name(multiplier), graph.opset, graph.nodes.size(),
             model.layers.front().inputs, outputs);
  if (o.form == "qdq") {
    fmt::print("ties round to even there and up in the accelerator: take --form exact for equal bits\n");
  }
}

void run(const Options& o, const Common& common) {
  if (o.out.empty() == o.onnx.empty()) {
    throw CLI::ValidationError("export", "either --out FOLDER (program and images) or --onnx FILE");
  }
  if (!o.onnx.empty()) return run_onnx(o, common);
  Bundle bundle;
  bundle.model = load_model(o.model);
  bundle.multiplier = parse_multiplier(o.multiplier, o.mode);
  bundle.mapping = parse_mapping(o.mapping);
  bundle.program = compile(bundle.model.integer_net(), bundle.multiplier,
                           {.mapping = bundle.mapping, .level = o.level});
  save_bundle(bundle, o.out);
  const std::size_t weights = bundle.program.weights.size() / kPes;
  const std::size_t biases = bundle.program.biases.size() / kRows;
  if (common.json) {
    nlohmann::ordered_json json = {
        {"bundle", o.out}, {"weight_words", weights}, {"bias_words", biases}};
    for (Instruction i : bundle.program.instructions) json["program"].push_back(describe(i));
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{}: {} weight words of {}, {} bias words of {}\n", o.out, weights, kWeightDepth,
             biases, kBiasDepth);
  for (std::size_t i = 0; i < bundle.program.instructions.size(); ++i) {
    fmt::print("{:4}  {}\n", i, describe(bundle.program.instructions[i]));
  }
}

}  // namespace

void add_export(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("export", "Compile a model to program and memory images, or write it as ONNX");
  auto o = std::make_shared<Options>();
  sub->add_option("model", o->model, "Model file (axnn train)")->required();
  sub->add_option("--out,-o", o->out, "Folder to make: program.hex, weights.hex, biases.hex, ...");
  CLI::Option* file = sub->add_option("--onnx", o->onnx, "ONNX file to write instead");
  sub->add_option("--form", o->form,
                  "Of the ONNX file: exact, integer codes that any runtime computes to the bit, in any "
                  "mode; or qdq, QuantizeLinear and DequantizeLinear for interchange, M0 only")
      ->check(CLI::IsMember({"exact", "qdq"}))
      ->needs(file)
      ->capture_default_str();
  sub->add_flag("--every-layer", o->every_layer, "Codes of every layer are outputs too (exact)")->needs(file);
  sub->add_option("--multiplier", o->multiplier, "fig8, booth or drum:6")->capture_default_str();
  sub->add_option("--mode", o->mode, "Multiplier mode the program sets: M0, M1, M2 (drum: K6)")
      ->capture_default_str();
  sub->add_option("--mapping", o->mapping, "latency, pipelined or throughput")
      ->capture_default_str();
  sub->add_option("--level", o->level, "Voltage level of the weight memories that the program sets")
      ->check(CLI::Range(0, 3))
      ->capture_default_str();
  add_common(*sub, common);
  sub->footer(
      "Example:\n  axnn export breast.axnn --mode M1 --out breast-m1\n"
      "  axnn export breast.axnn --multiplier booth --mapping throughput --out breast-batch\n"
      "  axnn export breast.axnn --onnx breast.onnx --multiplier booth --mode M2");
  sub->callback([o, &common] { run(*o, common); });
}

}  // namespace axnn::cli
