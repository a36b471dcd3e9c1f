// Files that are no network, or damaged, or meant to do harm: one true line each, exit code 1,
// nothing written. And the commands as a user types them.

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "data/split.h"
#include "eval/test_set.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "onnx/network.h"
#include "tests/cli_folder.h"
#include "tests/onnx_nets.h"
#include "train/calibrate.h"

namespace axnn {

using Json = nlohmann::json;
namespace fs = std::filesystem;
using namespace std::string_literals;

namespace {

// 3 - 2, one MatMul.
NetWriter small(int opset = 17, int ir = 8) {
  NetWriter n("test", "1", opset, ir);
  n.input("x", {-1, 3});
  n.floats("w", {3, 2}, {1, 2, 3, 4, 5, 6});
  n.node("MatMul", {"x", "w"}, "y");
  n.output("y", {-1, 2});
  return n;
}

std::string changed(const std::function<void(::onnx::ModelProto&)>& change) {
  NetWriter n = small();
  change(n.model());
  return n.bytes();
}

struct FileCase {
  std::string name;
  std::string bytes;
  std::string says;
};

void external(::onnx::ModelProto& m, const std::string& location, const std::string& offset = "0") {
  auto* t = m.mutable_graph()->mutable_initializer(0);
  t->clear_raw_data();
  t->clear_float_data();
  t->set_data_location(::onnx::TensorProto::EXTERNAL);
  for (const auto& [key, value] : {std::pair{"location"s, location}, {"offset"s, offset}}) {
    auto* e = t->add_external_data();
    e->set_key(key);
    e->set_value(value);
  }
}

std::vector<FileCase> files() {
  const std::string good = small().bytes();
  const auto zip = [](const std::string& inside) {
    return "PK\x03\x04\x14\0\0\0\0\0"s + inside + std::string(40, '\0');
  };
  std::vector<FileCase> all = {
      {"model.pt", zip("archive/data.pkl"), "a PyTorch checkpoint, no ONNX network"},
      {"script.pt", zip("net/code/__torch__.py net/data.pkl"), "a TorchScript archive"},
      {"model.h5", "\x89HDF\r\n\x1a\n"s + std::string(100, '\0'), "an HDF5 file (Keras .h5)"},
      {"model.keras", zip("config.json model.weights.h5"), "a Keras file"},
      {"weights.npz", zip("arr_0.npy"), "a NumPy archive"},
      {"weights.npy", "\x93NUMPY\x01\0"s, "a NumPy array"},
      {"clf.pkl", "\x80\x04\x95 sklearn.neural_network MLPClassifier"s, "a scikit-learn pickle"},
      {"thing.pkl", "\x80\x04\x95 something"s, "a Python pickle"},
      {"net.tflite", "\x1c\0\0\0TFL3"s + std::string(20, '\0'), "a TensorFlow Lite file"},
      {"net.ort", "\x1c\0\0\0ORTM"s + std::string(20, '\0'), "an ONNX Runtime file"},
      {"net.safetensors", "\x40\0\0\0\0\0\0\0{\"w\":{\"dtype\":\"F32\"}}"s, "a safetensors file"},
      {"net.onnx.gz", "\x1f\x8b\x08\0\0"s, "a gzip file"},
      {"saved_model.pb", "\x08\x01\x12\x04\x0a\x02v1"s, "a TensorFlow SavedModel"},
      {"empty.onnx", "", "an empty file"},
      {"zeros.onnx", std::string(64, '\0'), "a file of zeros"},
      {"text.onnx", "hello, network\n", "a text file"},
      {"net.onnx.json", "{\"irVersion\": 8}\n", "a JSON file"},
      {"lfs.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
       "a Git LFS pointer"},
      {"page.onnx", "<!DOCTYPE html>\n<html>", "a web page"},
      {"proto.onnx", "ir_version: 8\ngraph {\n}\n", "ONNX as text"},
      {"own.onnx", "AXNNMODEL 1\n", "an axnn model"},
      {"noise.onnx", "\xde\xad\xbe\xef\x01\x02\x03\xff\x91\x33"s,
       "not an ONNX network, or a truncated one"},
      {"truncated.onnx", good.substr(0, good.size() - 7), "truncated"},
      {"head.onnx", good.substr(0, 12), ""},
      {"opset.onnx", small(3).bytes(), "opset 3; this program knows 7 to 21"},
      {"new.onnx", small(25).bytes(), "opset 25"},
      {"ir.onnx", small(17, 99).bytes(), "(IR) 99"},
      {"noopset.onnx", changed([](auto& m) { m.clear_opset_import(); }), "does not say its opset"},
      {"nonodes.onnx", changed([](auto& m) { m.mutable_graph()->clear_node(); }), "no nodes"},
      {"short.onnx",
       changed([](auto& m) { m.mutable_graph()->mutable_initializer(0)->set_raw_data("abc"); }),
       "needs 24 bytes and has 3"},
      {"huge.onnx", changed([](auto& m) {
         m.mutable_graph()->mutable_initializer(0)->set_dims(0, std::int64_t{1} << 62);
       }),
       "more than"},
      {"negative.onnx",
       changed([](auto& m) { m.mutable_graph()->mutable_initializer(0)->set_dims(0, -3); }),
       "the dimension -3"},
      {"type.onnx",
       changed([](auto& m) { m.mutable_graph()->mutable_initializer(0)->set_data_type(77); }),
       "of type 77"},
      {"widest.onnx", changed([](auto& m) {
         m.mutable_graph()
             ->mutable_input(0)
             ->mutable_type()
             ->mutable_tensor_type()
             ->mutable_shape()
             ->mutable_dim(1)
             ->set_dim_value(std::int64_t{1} << 60);
       }),
       "has a dimension of"},
      {"cycle.onnx", changed([](auto& m) {
         m.mutable_graph()->mutable_node(0)->set_input(0, "b");
         auto* n = m.mutable_graph()->add_node();
         n->set_op_type("Add");
         n->add_input("y");
         n->add_input("x");
         n->add_output("b");
       }),
       "in a circle"},
      {"dangling.onnx",
       changed([](auto& m) { m.mutable_graph()->mutable_node(0)->set_input(0, "nowhere"); }),
       "nothing makes its input 'nowhere'"},
      {"twice.onnx", changed([](auto& m) { *m.mutable_graph()->add_node() = m.graph().node(0); }),
       "two things are named 'y'"},
      {"output.onnx", changed([](auto& m) { m.mutable_graph()->mutable_output(0)->set_name("z"); }),
       "nothing makes the output 'z'"},
      {"escape.onnx", changed([](auto& m) { external(m, "../secret"); }),
       "not in the file's folder"},
      {"absolute.onnx", changed([](auto& m) { external(m, "/etc/passwd"); }),
       "not in the file's folder"},
      {"missing.onnx", changed([](auto& m) { external(m, "weights.bin"); }),
       "external data are missing"},
      {"offset.onnx", changed([](auto& m) { external(m, "present.bin", "9223372036854775800"); }),
       "ends before its data do"},
      {"word.onnx", changed([](auto& m) { external(m, "present.bin", "-4"); }), "the offset '-4'"},
      {"nan.onnx", changed([](auto& m) {
         auto* t = m.mutable_graph()->mutable_initializer(0);
         t->clear_raw_data();
         for (int i = 0; i < 6; ++i) t->add_float_data(std::numeric_limits<float>::quiet_NaN());
       }),
       "a weight is not finite"},
      {"control.onnx",
       changed([](auto& m) { m.mutable_graph()->mutable_node(0)->set_op_type("Bad\x1b[31m\nOp"); }),
       "cannot run on the accelerator"},
  };
  // Constants that grow: 2^20 x 2^20 by broadcasting.
  NetWriter bomb = small();
  bomb.ints("n", {2}, {std::int64_t{1} << 20, 1});
  bomb.ints("m", {2}, {1, std::int64_t{1} << 20});
  bomb.node("Add",
            {bomb.node("ConstantOfShape", {"n"}, "a"), bomb.node("ConstantOfShape", {"m"}, "b")},
            "c");
  bomb.node("Add", {"y", "c"}, "d");
  bomb.graph().mutable_output(0)->set_name("d");
  all.push_back({"bomb.onnx", bomb.bytes(), "more than"});
  return all;
}

// A CSV of three features and two classes.
std::string table() {
  std::string csv = "a,b,c,kind\n";
  for (int i = 0; i < 40; ++i)
    csv += std::to_string(i % 7) + "," + std::to_string(i % 5 - 2) + ",0." + std::to_string(i) +
           (i % 2 ? ",yes\n" : ",no\n");
  return csv;
}

}  // namespace

TEST_CASE("foreign and damaged files are named in one line") {
  const CliFolder folder;
  write_file(folder.path() / "present.bin", "1234");
  write_file(folder.path() / "data.csv", table());
  CHECK(files().size() >= 30);
  for (const FileCase& c : files()) {
    INFO(c.name);
    write_file(folder.path() / c.name, c.bytes);
    // Here too, where a sanitizer sees it.
    CHECK_THROWS_AS(
        onnx::network_of(onnx::parse_graph(c.bytes, c.name, folder.path())), Error);
    const CommandResult r = folder.axnn("import " + c.name + " --data data.csv --out out.axnn");
    INFO(r.err);
    CHECK(r.code == 1);
    CHECK(r.out.empty());
    CHECK(std::count(r.err.begin(), r.err.end(), '\n') == 1);
    CHECK(r.err.find('\x1b') == r.err.npos);
    CHECK_THAT(r.err,
               Catch::StartsWith("axnn: ") && Catch::Contains(c.says) && Catch::Contains(c.name));
    CHECK_FALSE(fs::exists(folder.path() / "out.axnn"));
  }
}

TEST_CASE("a byte changed anywhere in a file never crashes") {
  const std::string good =
      framework_nets(make_net({3, 4, 2}, 1), {{0, 0, 0}, {1, 1, 1}, -1, 1, 0})[1].bytes;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char to : {'\0', '\xff', '\x7f', static_cast<char>(good[at] ^ 1)}) {
      std::string bytes = good;
      bytes[at] = to;
      try {
        const onnx::Graph graph = onnx::parse_graph(bytes, "net.onnx", "");
        const onnx::Network net = onnx::network_of(graph);
        if (net.inputs() == 3) decisions(graph, net, std::vector<float>{1, 2, 3});
      } catch (const Error&) {
        // said in one line
      }
    }
  }
  SUCCEED();
}

TEST_CASE("a network is imported, retrained and exported as a user does") {
  const CliFolder folder;
  REQUIRE(folder.axnn("train --data breast --final --epochs 30 --out trained.axnn").code == 0);
  const Model model = load_model(folder.path() / "trained.axnn");
  for (const NetCase& c : framework_nets(float_net(model), model.scaling)) {
    write_file(folder.path() / (c.name + ".onnx"), c.bytes);
    for (const auto& [name, bytes] : c.beside) write_file(folder.path() / name, bytes);
    const CommandResult r = folder.axnn(
        "import " + c.name + ".onnx --data breast --multiplier booth --json --out net.axnn");
    INFO(c.name << r.err);
    REQUIRE(r.code == 0);
    const Json json = Json::parse(r.out);
    CHECK(json["decisions_that_differ"] == 0);
    const double accuracy = json["accuracy_float"].get<double>();
    CHECK(accuracy > 0.93);
    CHECK(json["results"][0]["accuracy"].get<double>() > accuracy - 0.02);
    CHECK(json["results"][2]["mode"] == "M2");
    const Json eval = Json::parse(folder.axnn("eval net.axnn --json").out);
    CHECK(eval["accuracy_float"] == json["accuracy_float"]);
  }
  const CommandResult retrained = folder.axnn(
      "train --from net.axnn --method pas --multiplier booth --modes M0,M1,M2 --epochs 5 --test "
      "--json --out again.axnn");
  INFO(retrained.err);
  REQUIRE(retrained.code == 0);
  CHECK(load_model(folder.path() / "again.axnn").provenance.training == "pas");
  CHECK(Json::parse(retrained.out)["accuracy"]["M2"]["mean"].get<double>() > 0.9);
  for (const char* more :
       {"--form exact --multiplier booth --mode M2", "--form qdq", "--every-layer"}) {
    CHECK(folder.axnn("export again.axnn --onnx again.onnx "s + more).code == 0);
    CHECK(fs::file_size(folder.path() / "again.onnx") > 1000);
  }
  // The same command twice gives the same bytes.
  const std::string once = read_file(folder.path() / "again.onnx");
  folder.axnn("export again.axnn --onnx again.onnx --every-layer");
  CHECK(read_file(folder.path() / "again.onnx") == once);
}

TEST_CASE("a training goes on from a network only where that makes sense") {
  const CliFolder folder;
  REQUIRE(folder.axnn("train --data breast --final --epochs 3 --out net.axnn").code == 0);
  const auto fails = [&](const std::string& arguments, int code, const std::string& part) {
    const CommandResult r = folder.axnn(arguments);
    INFO(r.err);
    CHECK(r.code == code);
    CHECK_THAT(r.err, Catch::Contains(part));
    CHECK(std::count(r.err.begin(), r.err.end(), '\n') == 1);
  };
  fails("train --from net.axnn --layers 5", 2, "--layers");
  fails("train --from net.axnn --data iono", 1, "not for this data set");
  fails("train --from nothing.axnn", 1, "nothing.axnn");
  fails("train --method pas", 2, "--data");
  // bp of no steps worth: the network is the one it came from.
  REQUIRE(folder
              .axnn("train --from net.axnn --epochs 1 --learning-rate 1e-9 --weight-decay 0 "
                    "--final --out same.axnn")
              .code == 0);
  const Model a = load_model(folder.path() / "net.axnn");
  const Model b = load_model(folder.path() / "same.axnn");
  CHECK(b.layers[1].weights.size() == a.layers[1].weights.size());
  for (std::size_t i = 0; i < a.layers[1].weights.size(); ++i) {
    if (std::abs(a.layers[1].weights[i] - b.layers[1].weights[i]) > 1e-5f) FAIL("weights differ");
  }
}

TEST_CASE("what a network needs of its data is said") {
  const CliFolder folder;
  write_file(folder.path() / "data.csv", table());
  write_file(folder.path() / "net.onnx", small().bytes());
  const auto fails = [&](const std::string& arguments, int code, const std::string& part) {
    const CommandResult r = folder.axnn("import net.onnx " + arguments);
    INFO(r.err);
    CHECK(r.code == code);
    CHECK_THAT(r.err, Catch::Contains(part));
    CHECK(std::count(r.err.begin(), r.err.end(), '\n') == 1);
  };
  fails("", 2, "it takes 3 features and knows 2 classes");
  fails("--data breast", 1, "the network takes 3 features, the data set has 30");
  fails("--data data.csv --classes no,maybe", 2, "no, yes");
  fails("--data data.csv --gain 1/0", 2, "'1/0' is no number");
  fails("--data data.csv --gain 1,2", 2, "2 numbers for 3 features");
  fails("--data data.csv --output z", 2, "no output 'z'");
  fails("--data data.csv --ports a,b,c", 2, "--ports is of a multiplier");
  // Outputs in another order.
  const Json as_is = Json::parse(folder.axnn("import net.onnx --data data.csv --json").out);
  const Json turned =
      Json::parse(folder.axnn("import net.onnx --data data.csv --classes yes,no --json").out);
  CHECK(as_is["accuracy_float"].get<double>() ==
        Approx(1 - turned["accuracy_float"].get<double>()));
  CHECK(turned["decisions_that_differ"] == 0);
  // A name of Verilog is a multiplier's, whatever --data says not.
  write_file(folder.path() / "m.v",
             "module m(input [7:0] a, b, output [15:0] p); assign p = a * b; endmodule\n");
  const CommandResult r = folder.axnn("import m.v --scaling byte");
  CHECK(r.code == 2);
  CHECK_THAT(r.err, Catch::Contains("--scaling is of a network"));
}

TEST_CASE("rows that were scaled before the network are suspected") {
  const CliFolder folder;
  REQUIRE(folder.axnn("train --data breast --final --epochs 30 --out trained.axnn").code == 0);
  const Model model = load_model(folder.path() / "trained.axnn");
  InputScaling none = model.scaling;
  for (float& v : none.offset) v = 0;
  for (float& v : none.gain) v = 1;
  // A network for standardised rows, given rows as they are.
  write_file(folder.path() / "net.onnx", framework_nets(float_net(model), none)[0].bytes);
  const CommandResult r = folder.axnn("import net.onnx --data breast");
  CHECK(r.code == 0);
  CHECK_THAT(r.err, Catch::Contains("with --scaling z"));
  const CommandResult right = folder.axnn("import net.onnx --data breast --scaling z --json");
  CHECK(right.err.empty());
  CHECK(Json::parse(right.out)["accuracy_float"].get<double>() > 0.93);
}

}  // namespace axnn
