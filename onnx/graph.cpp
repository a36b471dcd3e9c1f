#include "onnx/graph.h"

#include <fmt/format.h>

#include "model/text.h"

namespace axnn::onnx {

std::string Node::label() const {
  const std::string kind = domain.empty() ? op : domain + "." + op;
  return fmt::format("node {}, {}{}", number, printable(kind),
                     name.empty() ? "" : fmt::format(" '{}'", printable(name)));
}

std::string Node::place() const { return file.empty() ? label() : label() + " of " + file; }

const Attribute* Node::find(const std::string& attribute) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? nullptr : &found->second;
}

std::int64_t Node::integer(const std::string& attribute, std::int64_t otherwise) const {
  const Attribute* a = find(attribute);
  return a ? a->i : otherwise;
}

double Node::number_of(const std::string& attribute, double otherwise) const {
  const Attribute* a = find(attribute);
  return a ? a->f : otherwise;
}

}  // namespace axnn::onnx
