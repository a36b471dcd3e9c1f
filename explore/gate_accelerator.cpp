#include "explore/gate_accelerator.h"

#include <utility>
#include <vector>

#include "sim/verilated_accelerator.h"

namespace axnn {
namespace {

/// axnn_top's ports as Verilator would have them.
class GateTop {
 public:
  GateTop(VerilatedContext*, const char*) {}

  void attach(GateSimulator& gates) {
    gates_ = &gates;
    const auto in = [&](const char* name, auto& field) { inputs_.push_back(bind(name, &field)); };
    in("clk_i", clk_i);
    in("rst_ni", rst_ni);
    in("scale_rst_ni", scale_rst_ni);
    in("test_en_i", test_en_i);
    in("scan_mode_i", scan_mode_i);
    in("load_valid_i", load_valid_i);
    in("load_target_i", load_target_i);
    in("load_addr_i", load_addr_i);
    in("load_data_i", load_data_i);
    in("start_i", start_i);
    in("samples_i", samples_i);
    in("scale_ack_i", scale_ack_i);
    in("in_valid_i", in_valid_i);
    in("in_data_i", in_data_i);
    in("out_ready_i", out_ready_i);
    const auto out = [&](const char* name, auto& field) { outputs_.push_back(bind(name, &field)); };
    out("done_o", done_o);
    out("error_o", error_o);
    out("error_pc_o", error_pc_o);
    out("scale_req_o", scale_req_o);
    out("counters_o", counters_o);
    out("in_ready_o", in_ready_o);
    out("issue_o", issue_o);
    out("retire_valid_o", retire_valid_o);
    out("retire_final_o", retire_final_o);
    out("retire_out_o", retire_out_o);
    out("retire_bank_o", retire_bank_o);
    out("retire_tile_o", retire_tile_o);
    out("retire_batch_o", retire_batch_o);
    out("retire_col_o", retire_col_o);
    out("retire_split_o", retire_split_o);
    out("retire_octet_o", retire_octet_o);
    out("retire_data_o", retire_data_o);
  }

  void eval() {
    const auto bit = [](const Port& p, std::size_t i) -> std::pair<WData*, WData> {
      return {p.words + i / 32, WData{1} << (i % 32)};
    };
    for (const Port& p : inputs_) {
      for (std::size_t i = 0; i < p.nets->size(); ++i) {
        const auto [word, mask] = bit(p, i);
        gates_->set((*p.nets)[i], (*word & mask) != 0);
      }
    }
    gates_->settle();
    for (const Port& p : outputs_) {
      for (std::size_t i = 0; i < p.nets->size(); ++i) {
        const auto [word, mask] = bit(p, i);
        *word = gates_->value((*p.nets)[i]) ? *word | mask : *word & ~mask;
      }
    }
  }

  void final() {}

  WData clk_i = 0, rst_ni = 0, scale_rst_ni = 0, test_en_i = 0, scan_mode_i = 0, load_valid_i = 0,
        load_target_i = 0, load_addr_i = 0, start_i = 0, samples_i = 0, scale_ack_i = 0, in_valid_i = 0, out_ready_i = 0;
  WData load_data_i[(kBiasWordW + 31) / 32] = {};
  WData in_data_i[(kNeuronWordW + 31) / 32] = {};
  WData done_o = 0, error_o = 0, error_pc_o = 0, scale_req_o = 0, in_ready_o = 0, issue_o = 0,
        retire_valid_o = 0, retire_final_o = 0, retire_out_o = 0, retire_bank_o = 0,
        retire_tile_o = 0, retire_batch_o = 0, retire_col_o = 0, retire_split_o = 0,
        retire_octet_o = 0;
  WData counters_o[kCounters] = {};
  WData retire_data_o[(kOutWordW + 31) / 32] = {};

 private:
  struct Port {
    const std::vector<int>* nets;
    WData* words;
  };
  static WData* words_of(WData* field) { return field; }
  template <std::size_t N>
  static WData* words_of(WData (*field)[N]) {
    return *field;
  }
  template <class Field>
  Port bind(const char* name, Field* field) {
    return {&gates_->port(name), words_of(field)};
  }

  GateSimulator* gates_ = nullptr;
  std::vector<Port> inputs_, outputs_;
};

class GateAccelerator final : public VerilatedAccelerator<GateTop> {
 public:
  GateAccelerator(GateSimulator& gates, std::function<void(const GateMoment&)> observe)
      : VerilatedAccelerator<GateTop>({}), observe_(std::move(observe)) {
    static_assert(kCounterW == 32, "a counter is a word of counters_o");
    top().attach(gates);
  }

 protected:
  void evaluated(std::uint64_t) override {
    GateTop& t = top();
    const bool rising = t.clk_i != 0 && clock_ == 0;
    clock_ = t.clk_i;
    if (observe_) {
      observe_({rising, t.issue_o != 0,
                t.retire_valid_o != 0 && t.retire_out_o != 0 && t.retire_final_o != 0});
    }
  }

 private:
  std::function<void(const GateMoment&)> observe_;
  WData clock_ = 0;
};

}  // namespace

std::unique_ptr<Accelerator> make_gate_accelerator(GateSimulator& gates,
                                                   std::function<void(const GateMoment&)> observe) {
  return std::make_unique<GateAccelerator>(gates, std::move(observe));
}

}  // namespace axnn
