// A build without libonnx-dev reads and writes no ONNX, and says so.

#include "model/error.h"
#include "model/file_io.h"
#include "onnx/graph.h"

namespace axnn::onnx {
namespace {

[[noreturn]] void fail(const std::string& where) {
  throw Error(
      "this build of axnn has no ONNX: libonnx-dev was not there when it was made", where,
      "apt-get install libonnx-dev libprotobuf-dev, remove build/CMakeCache.txt and build again");
}

}  // namespace

bool has_onnx() { return false; }

Graph read_graph(const std::filesystem::path& path) {
  return parse_graph(read_file(path), path.string(), path.parent_path());
}

Graph parse_graph(std::string_view bytes, const std::string& where, const std::filesystem::path&) {
  if (const Foreign f = recognise(bytes, where); !f.what.empty()) {
    throw Error("this is " + f.what + ", no ONNX network", where, f.mend);
  }
  fail(where);
}

Tensor parse_tensor(std::string_view, const std::string& where) { fail(where); }

std::string encode_graph(const Graph& graph) { fail(graph.where); }

}  // namespace axnn::onnx
