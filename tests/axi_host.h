// A host on the ports of the verilated axnn_axi: every channel with random pauses of its own, and a
// check of AXI's rules on what the design answers; and the clock generator and regulator that follow
// mode and voltage level, with the rules of that handshake. Time passes only inside tick().
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "axnn_axi_pkg.h"
#include "axnn_pkg.h"
#include "tests/coverage.h"

// The verilated axnn_axi; built for coverage it is another class.
#ifdef AXNN_AXI_HEADER
#include AXNN_AXI_HEADER
using AxiModel = AXNN_AXI_MODEL;
#else
#include "Vaxi.h"
using AxiModel = Vaxi;
#endif

namespace axnn {

/// One at a time: Verilator 5.006 takes a model out of the context that was made last.
class AxiHost {
 public:
  using InBeat = std::array<std::uint32_t, 4>;  // 128 bits
  struct OutBeat {
    std::array<std::int32_t, 8> lanes;
    bool last = false, user = false;
  };
  static_assert(kCols * kCodeLaneW == 128 && kRows * kSumLaneW == 256, "beats of this host");

  /// `pause` percent of the cycles each channel does nothing although it could.
  /// `acknowledge`: clock generator and regulator hold it up at the reset, and answer nothing.
  AxiHost(unsigned seed, unsigned pause, bool acknowledge = false)
      : random_(seed), pause_(pause), context_(std::make_unique<VerilatedContext>()) {
    context_->randReset(0);
    context_->fatalOnError(false);
    top_ = std::make_unique<AxiModel>(context_.get(), "top");
    if (acknowledge) answer_scaling(false, true);
    top_->rst_ni = 0;
    for (int i = 0; i < 4; ++i) tick();
    top_->rst_ni = 1;
    tick();
  }
  ~AxiHost() {
    top_->final();
    leave_coverage(*context_);
  }

  /// Writes a register; true if the slave answered OKAY.
  bool write(int address, std::uint32_t value, int strobes = 0xF) {
    write_ = {address, value, strobes, true, true, true};
    while (write_.answer) tick();
    return write_ok_;
  }
  /// Reads a register; `ok` becomes whether the slave answered OKAY.
  std::uint32_t read(int address, bool* ok = nullptr) {
    read_address_ = address;
    read_ask_ = read_answer_ = true;
    while (read_answer_) tick();
    if (ok != nullptr) *ok = read_ok_;
    return read_data_;
  }
  /// Lets a packet follow what is being sent; TLAST with its last beat unless `open_end`.
  void send(const void* bytes, std::size_t beats, bool open_end = false) {
    for (std::size_t i = 0; i < beats; ++i) {
      InBeat beat;
      std::memcpy(beat.data(), static_cast<const char*>(bytes) + 16 * i, 16);
      to_send_.push_back({beat, i + 1 == beats && !open_end});
    }
  }
  /// The sender dies. (A beat that is on the wires already stays, as AXI demands.)
  void drop_unsent() {
    if (!in_valid_) to_send_.clear();
    while (to_send_.size() > 1) to_send_.pop_back();
  }
  void accept_results(bool yes) { accept_ = yes; }
  /// TKEEP of the last beat of what is being sent.
  void keep_of_last_beat(std::uint16_t keep) { last_keep_ = keep; }
  /// Whether clock generator and regulator answer requests; if not, `acknowledge` is what they say.
  void answer_scaling(bool yes, bool acknowledge = false) {
    scales_ = yes;
    scale_ack_ = acknowledge;
  }

  std::size_t unsent() const { return to_send_.size(); }
  const std::vector<OutBeat>& results() const { return results_; }
  void clear_results() { results_.clear(); }
  bool interrupt() const { return top_->irq_o; }
  struct Setting {
    int mode = 0, level = 0;
    bool operator==(const Setting&) const = default;
  };
  /// What the design asks for, and all that was acknowledged since the reset.
  Setting setting() const { return {top_->freq_sel_o, top_->vdd_sel_o}; }
  bool scale_request() const { return top_->scale_req_o; }
  const std::vector<Setting>& acknowledged() const { return acknowledged_; }
  std::uint64_t cycles() const { return cycles_; }
  /// The first rule of AXI that the design broke, or an assertion that failed; empty if none.
  const std::string& complaint() const { return complaint_; }

  void tick() {
    AxiModel& t = *top_;
    const auto goes = [&] { return random_() % 100 >= pause_; };
    t.clk_i = 0;
    // What is valid stays valid until it is taken; only new things pause.
    aw_valid_ = write_.address_open && (aw_valid_ || goes());
    w_valid_ = write_.data_open && (w_valid_ || goes());
    ar_valid_ = read_ask_ && (ar_valid_ || goes());
    in_valid_ = !to_send_.empty() && (in_valid_ || goes());
    t.s_axil_awprot_i = t.s_axil_arprot_i = static_cast<CData>(random_() % 8);  // any will do
    t.s_axil_awvalid_i = aw_valid_;
    t.s_axil_awaddr_i = static_cast<SData>(write_.address);
    t.s_axil_wvalid_i = w_valid_;
    t.s_axil_wdata_i = write_.value;
    t.s_axil_wstrb_i = static_cast<CData>(write_.strobes);
    t.s_axil_bready_i = goes();
    t.s_axil_arvalid_i = ar_valid_;
    t.s_axil_araddr_i = static_cast<SData>(read_address_);
    t.s_axil_rready_i = goes();
    t.s_axis_tvalid_i = in_valid_;
    t.s_axis_tkeep_i = static_cast<SData>(to_send_.size() == 1 ? last_keep_ : 0xFFFF);
    if (!to_send_.empty()) {
      for (std::size_t i = 0; i < 4; ++i) t.s_axis_tdata_i[i] = to_send_.front().beat[i];
      t.s_axis_tlast_i = to_send_.front().last;
    }
    t.m_axis_tready_i = accept_ && goes();
    const bool acknowledged = t.scale_ack_i;  // until now
    if (scales_ && goes()) scale_ack_ = t.scale_req_o;  // clock and voltage settle sometime
    t.scale_ack_i = scale_ack_;
    t.eval();
    const bool reset = !t.rst_ni;
    if (!reset) scaling_rules(acknowledged);
    const bool aw = aw_valid_ && t.s_axil_awready_o, w = w_valid_ && t.s_axil_wready_o;
    const bool ar = ar_valid_ && t.s_axil_arready_o, in = in_valid_ && t.s_axis_tready_o;
    const bool b = t.s_axil_bvalid_o && t.s_axil_bready_i;
    const bool r = t.s_axil_rvalid_o && t.s_axil_rready_i;
    const bool out = t.m_axis_tvalid_o && t.m_axis_tready_i;
    if (!reset) {
      keeps("B", b_, t.s_axil_bvalid_o, b, {t.s_axil_bresp_o});
      keeps("R", r_, t.s_axil_rvalid_o, r, {t.s_axil_rdata_o, t.s_axil_rresp_o});
      std::vector<std::uint32_t> beat(&t.m_axis_tdata_o[0], &t.m_axis_tdata_o[0] + 8);
      beat.push_back(t.m_axis_tlast_o);
      beat.push_back(t.m_axis_tuser_o);
      keeps("output stream", out_, t.m_axis_tvalid_o, out, beat);
      if (t.m_axis_tkeep_o != 0xFFFFFFFF) complain("output stream: a beat that is not whole");
    }
    if (b && !write_.answer) complain("B without a write");
    if (r && !read_answer_) complain("R without a read");
    if (b) {
      write_.answer = false;
      write_ok_ = t.s_axil_bresp_o == 0;
    }
    if (r) {
      read_answer_ = false;
      read_ok_ = t.s_axil_rresp_o == 0;
      read_data_ = t.s_axil_rdata_o;
    }
    if (out) {
      OutBeat beat;
      std::memcpy(beat.lanes.data(), &t.m_axis_tdata_o[0], 32);
      beat.last = t.m_axis_tlast_o;
      beat.user = t.m_axis_tuser_o;
      results_.push_back(beat);
    }
    t.clk_i = 1;
    t.eval();
    if (aw) write_.address_open = aw_valid_ = false;
    if (w) write_.data_open = w_valid_ = false;
    if (ar) read_ask_ = ar_valid_ = false;
    if (in) {
      to_send_.pop_front();
      in_valid_ = false;
    }
    ++cycles_;
    if (context_->gotError() || context_->gotFinish()) complain("an assertion (printed above)");
  }

 private:
  struct Write {
    int address = 0;
    std::uint32_t value = 0;
    int strobes = 0;
    bool address_open = false, data_open = false, answer = false;
  };
  struct Packet {
    InBeat beat;
    bool last;
  };
  struct Watch {  // a channel the design drives: what was offered and not yet taken
    bool waiting = false;
    std::vector<std::uint32_t> payload;
  };

  void complain(const std::string& what) {
    if (complaint_.empty()) complaint_ = what + " in cycle " + std::to_string(cycles_);
  }
  // What is asked for changes with a request's rise only, and that comes while no acknowledge is up.
  void scaling_rules(bool acknowledged) {
    const bool request = top_->scale_req_o;
    if (setting() != setting_ && (!request || requested_)) complain("mode or level changed without a request");
    if (request && !requested_ && acknowledged) complain("a request meets an acknowledge that is still up");
    if (request && scale_ack_ && !answered_) acknowledged_.push_back(setting());
    answered_ = request && scale_ack_;
    requested_ = request;
    setting_ = setting();
  }
  void keeps(const char* channel, Watch& watch, bool valid, bool taken,
             const std::vector<std::uint32_t>& payload) {
    if (watch.waiting && !valid) complain(std::string(channel) + ": valid fell before ready");
    if (watch.waiting && valid && payload != watch.payload) {
      complain(std::string(channel) + ": changed before ready");
    }
    watch.waiting = valid && !taken;
    watch.payload = payload;
  }

  std::mt19937 random_;
  unsigned pause_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<AxiModel> top_;
  Write write_;
  bool write_ok_ = false;
  int read_address_ = 0;
  bool read_ask_ = false, read_answer_ = false, read_ok_ = false;
  std::uint32_t read_data_ = 0;
  bool aw_valid_ = false, w_valid_ = false, ar_valid_ = false, in_valid_ = false, accept_ = true;
  std::deque<Packet> to_send_;
  std::vector<OutBeat> results_;
  Watch b_, r_, out_;
  std::uint16_t last_keep_ = 0xFFFF;
  bool scales_ = true, scale_ack_ = false, requested_ = false, answered_ = false;
  Setting setting_;
  std::vector<Setting> acknowledged_;
  std::uint64_t cycles_ = 0;
  std::string complaint_;
};

}  // namespace axnn
