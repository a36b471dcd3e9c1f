// What a file is that people take for an ONNX network.

#include <algorithm>

#include "onnx/graph.h"

namespace axnn::onnx {
namespace {

constexpr const char* kFromTorch =
    "export it in Python: torch.onnx.export(model, example_input, \"net.onnx\")";
constexpr const char* kFromKeras =
    "convert it: python -m tf2onnx.convert, or tf2onnx.convert.from_keras(model, "
    "output_path=\"net.onnx\")";
constexpr const char* kFromSklearn =
    "convert it in Python: skl2onnx.to_onnx(model, X[:1]), SerializeToString()";

bool has(std::string_view bytes, std::string_view part) { return bytes.find(part) != bytes.npos; }

bool is_text(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 4096);
  return std::ranges::none_of(head, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || u == 127;
  });
}

Foreign of_zip(std::string_view bytes) {
  if (has(bytes, "data.pkl")) {
    return {has(bytes, "/code/") ? "a TorchScript archive" : "a PyTorch checkpoint", kFromTorch};
  }
  if (has(bytes, "model.weights.h5")) return {"a Keras file (.keras)", kFromKeras};
  if (has(bytes, ".npy"))
    return {"a NumPy archive (.npz)",
            "weights alone are no network; export the network itself to ONNX"};
  if (has(bytes, "saved_model.pb")) return {"a zipped TensorFlow SavedModel", kFromKeras};
  if (has(bytes, ".onnx")) return {"a zip archive", "unpack it and import the .onnx file in it"};
  return {"a zip archive", "unpack it; import takes the ONNX file itself"};
}

Foreign of_text(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == bytes.npos) return {"a file of blanks", "export the network again"};
  const std::string_view text = bytes.substr(first);
  if (text.starts_with("version https://git-lfs")) {
    return {"a Git LFS pointer", "fetch the file itself: git lfs pull"};
  }
  if (text.starts_with("<!DOCTYPE") || text.starts_with("<html")) {
    return {"a web page", "download the file itself, not the page about it"};
  }
  if (text.starts_with("<?xml") || text.starts_with("<net")) {
    return {"an XML file (OpenVINO?)", "export the network to ONNX from where it was trained"};
  }
  if (text.front() == '{' || text.front() == '[') {
    return {"a JSON file", "import takes the binary form of ONNX; export the network again"};
  }
  if (has(text.substr(0, 4096), "ir_version:") || text.starts_with("<ir_version") ||
      text.starts_with("<\n")) {
    return {"ONNX as text",
            "convert it to the binary form: onnx.save(onnx.load(FILE, format=\"textproto\"), "
            "\"net.onnx\")"};
  }
  return {"a text file",
          "a multiplier's Verilog ends in .v or .sv; a network is a binary .onnx file"};
}

}  // namespace

Foreign recognise(std::string_view bytes, const std::filesystem::path& path) {
  using namespace std::string_view_literals;
  if (bytes.empty()) return {"an empty file", "export or copy it again"};
  if (bytes.starts_with("PK\x03\x04")) return of_zip(bytes);
  if (bytes.starts_with("\x89HDF\r\n\x1a\n")) return {"an HDF5 file (Keras .h5)", kFromKeras};
  if (bytes.starts_with("\x93NUMPY"))
    return {"a NumPy array (.npy)",
            "weights alone are no network; export the network itself to ONNX"};
  if (bytes.starts_with("\x1f\x8b")) return {"a gzip file", "unpack it: gunzip"};
  if (bytes.starts_with("BZh")) return {"a bzip2 file", "unpack it: bunzip2"};
  if (bytes.starts_with("\x28\xb5\x2f\xfd")) return {"a zstd file", "unpack it: unzstd"};
  if (bytes.starts_with("%PDF")) return {"a PDF", "import takes the .onnx file"};
  if (bytes.starts_with("\x89PNG") || bytes.starts_with("\xff\xd8\xff"))
    return {"a picture", "import takes the .onnx file"};
  if (bytes.starts_with("AXNNMODEL"))
    return {"an axnn model", "it needs no import: axnn eval, sim and the others take it as it is"};
  if (bytes.starts_with("AXNNLUT"))
    return {"a multiplier's table", "use it as --multiplier lut:FILE"};
  if (bytes.size() >= 8 && bytes.substr(4, 4) == "TFL3") {
    return {"a TensorFlow Lite file",
            "convert it: python -m tf2onnx.convert --tflite FILE --output net.onnx"};
  }
  if (bytes.size() >= 8 && bytes.substr(4, 4) == "ORTM") {
    return {"an ONNX Runtime file (.ort)", "import the .onnx file it was made from"};
  }
  if (bytes.size() >= 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5) {
    const std::string_view head = bytes.substr(0, 4096);
    if (has(head, "sklearn")) return {"a scikit-learn pickle", kFromSklearn};
    if (has(head, "torch") || has(head, "\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv)) {
      return {"a PyTorch checkpoint", kFromTorch};
    }
    return {"a Python pickle", "export the network to ONNX in Python"};
  }
  if (bytes.size() > 9 && bytes[8] == '{' && has(bytes.substr(0, 4096), "\"dtype\"")) {
    return {"a safetensors file",
            "weights alone are no network; export the network itself to ONNX"};
  }
  if (path.filename() == "saved_model.pb") return {"a TensorFlow SavedModel", kFromKeras};
  if (std::ranges::all_of(bytes, [](char c) { return c == 0; }))
    return {"a file of zeros", "copy it again"};
  if (is_text(bytes)) return of_text(bytes);
  return {};
}

}  // namespace axnn::onnx
