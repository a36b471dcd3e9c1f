#include "sim/assembler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include "model/error.h"
#include "model/text.h"

namespace axnn {
namespace {

constexpr std::string_view kBlank = " \t\r";
constexpr std::array kActivations = {Activation::kRaw, Activation::kLinear, Activation::kRelu,
                                     Activation::kSigmoid};

// One line's words, taken one after the other.
class Line {
 public:
  Line(std::string_view text, std::string where) : where_(std::move(where)) {
    text = text.substr(0, text.find('#'));
    for (std::size_t at = text.find_first_not_of(kBlank); at != text.npos;
         at = text.find_first_not_of(kBlank, at)) {
      const std::size_t end = std::min(text.find_first_of(kBlank, at), text.size());
      words_.push_back(text.substr(at, end - at));
      at = end;
    }
  }

  const std::string& where() const { return where_; }
  const std::vector<std::string_view>& words() const { return words_; }
  void drop_first() { words_.erase(words_.begin()); }

  [[noreturn]] void fail(const std::string& what, const std::string& how = "") const {
    throw Error(what, where_, how);
  }

  int number(std::string_view text) const {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      fail(fmt::format("'{}' is not a whole number", printable(text)));
    }
    return value;
  }

  // The value of key=value; taken out, so that what is left can be complained about.
  std::string_view value(std::string_view key) {
    std::optional<std::string_view> found;
    for (auto w = words_.begin(); w != words_.end();) {
      if (w->size() <= key.size() || !w->starts_with(key) || (*w)[key.size()] != '=') {
        ++w;
        continue;
      }
      if (found) fail(fmt::format("{}= is given twice", key));
      found = w->substr(key.size() + 1);
      w = words_.erase(w);
    }
    if (!found) fail(fmt::format("{}= is missing", key));
    return *found;
  }
  int field(std::string_view key) { return number(value(key)); }
  bool has(std::string_view key) const {
    return std::ranges::any_of(words_, [&](std::string_view w) {
      return w.starts_with(key) && w.size() > key.size() && w[key.size()] == '=';
    });
  }
  bool flag(std::string_view name) {
    const auto at = std::ranges::find(words_, name);
    if (at == words_.end()) return false;
    words_.erase(at);
    return true;
  }
  void finish() const {
    if (!words_.empty()) fail(fmt::format("'{}' does not belong here", printable(words_.front())));
  }

 private:
  std::string where_;
  std::vector<std::string_view> words_;
};

int octets_log(Line& line) {
  const int samples = line.field("samples");
  std::string sizes;
  for (int log = 0; 1 << log <= kLines; ++log) {
    if (samples == kCols << log) return log;
    sizes += fmt::format("{}{}", log == 0 ? "" : ", ", kCols << log);
  }
  line.fail(fmt::format("a batch of {} samples", samples), "one of " + sizes);
}

Instruction layer(Line& line, bool batch) {
  LayerFields f;
  f.batch = batch;
  f.in = line.field("in");
  f.out_tiles = line.field("out");
  std::string_view weights = line.value("weights");
  f.weight_local = weights.starts_with("local:");
  if (f.weight_local) weights.remove_prefix(6);
  f.weight_base = line.number(weights);
  f.bias_base = line.field("bias");
  f.source = line.field("from");
  const std::string_view to = line.value("to");
  f.to_stream = to == "stream";
  if (!f.to_stream) f.target = line.number(to);
  const std::string_view act = line.value("act");
  const auto at = std::ranges::find(kActivations, act, activation_name);
  if (at == kActivations.end()) {
    line.fail(fmt::format("no activation is named '{}'", printable(act)),
              "raw, linear, relu or sigmoid");
  }
  f.activation = *at;
  f.shift = line.field("shift");
  f.only_if_more = line.flag("if-more");
  if (batch) {
    f.octets_log = octets_log(line);
    f.split = line.field("split");
  }
  return make_layer(f);
}

// `target` of a loop is left for the caller.
Instruction instruction(Line& line) {
  const std::string_view name = line.words().front();
  line.drop_first();
  if (name == "halt") return make_halt();
  if (name == "setmode") {
    if (line.words().empty() || !line.words().front().starts_with('M')) {
      line.fail("the mode is missing", "setmode M0 level=0");
    }
    const int mode = line.number(line.words().front().substr(1));
    line.drop_first();
    return make_set_mode(mode, line.has("level") ? line.field("level") : 0);
  }
  if (name == "loadw") {
    const int base = line.field("weights");
    const int local = line.field("local");
    return make_load_weights(base, local, line.field("words"));
  }
  if (name == "recv") {
    const int bank = line.field("bank");
    const int words = line.field("words");
    const bool more = line.flag("if-more");
    if (!line.has("samples")) return make_receive(bank, words, more);
    return make_receive_batch(bank, words, octets_log(line), more);
  }
  if (name == "layer") return layer(line, false);
  if (name == "batch") return layer(line, true);
  line.fail(fmt::format("no instruction is named '{}'", printable(name)),
            "setmode, loadw, recv, layer, batch, loop or halt");
}

bool is_number(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<Instruction> assemble(std::string_view text, const std::string& name) {
  std::vector<Instruction> code;
  std::map<std::string, int, std::less<>> labels;
  struct Loop {
    std::size_t address;
    std::string target;
    Line line;
  };
  std::vector<Loop> loops;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    Line line(text.substr(0, end), fmt::format("{} line {}", name, number));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.words().empty()) continue;
    if (line.words().front().ends_with(':')) {
      const std::string_view label = line.words().front();
      const std::string key(label.substr(0, label.size() - 1));
      if (key.empty() || is_number(key)) line.fail("a label needs a name");
      if (!labels.emplace(key, static_cast<int>(code.size())).second) {
        line.fail(fmt::format("the label '{}' is there already", printable(key)));
      }
      line.drop_first();
      if (line.words().empty()) continue;
    }
    if (is_number(line.words().front())) {
      if (line.number(line.words().front()) != static_cast<int>(code.size())) {
        line.fail(fmt::format("this instruction is number {}", code.size()),
                  "correct the number or leave it out");
      }
      line.drop_first();
      if (line.words().empty()) line.fail("an address without an instruction");
    }
    if (code.size() == kProgDepth) {
      line.fail(fmt::format("more than {} instructions", kProgDepth));
    }
    try {
      if (line.words().front() == "loop") {
        line.drop_first();
        if (line.words().empty()) line.fail("the loop has no target");
        const std::string target(line.words().front());
        line.drop_first();
        line.finish();
        loops.push_back({code.size(), target, line});
        code.push_back(0);
        continue;
      }
      code.push_back(instruction(line));
      line.finish();
      if (const Refusal r = refusal(code.back()); r.error != kErrNone) line.fail(r.reason);
    } catch (const Error& e) {
      // A value that does not fit its field does not know the line.
      if (std::string_view(e.what()).find(line.where()) != std::string_view::npos) throw;
      line.fail(e.what());
    }
  }
  if (code.empty()) throw Error("no instruction", name, "is it the right file?");
  for (const Loop& loop : loops) {
    int target = 0;
    if (const auto at = labels.find(loop.target); at != labels.end()) {
      target = at->second;
    } else if (is_number(loop.target)) {
      target = loop.line.number(loop.target);
    } else {
      loop.line.fail(fmt::format("no label is named '{}'", printable(loop.target)));
    }
    if (target >= static_cast<int>(code.size())) {
      loop.line.fail(fmt::format("there is no instruction {}", target));
    }
    code[loop.address] = make_loop(target);
  }
  return code;
}

std::string disassemble(const std::vector<Instruction>& instructions) {
  std::string text;
  for (std::size_t a = 0; a < instructions.size(); ++a) {
    text += fmt::format("{:4}  {}\n", a, describe(instructions[a]));
  }
  return text;
}

}  // namespace axnn
