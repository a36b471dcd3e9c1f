// A host on the ports of the verilated axnn_axi: every channel with random pauses of its own, and a
// check of AXI's rules on what the design answers. Time passes only inside tick().
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
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
  AxiHost(unsigned seed, unsigned pause)
      : random_(seed), pause_(pause), context_(std::make_unique<VerilatedContext>()) {
    context_->randReset(0);
    context_->fatalOnError(false);
    top_ = std::make_unique<AxiModel>(context_.get(), "top");
    top_->rst_ni = top_->test_en_i = top_->scan_mode_i = 0;
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
    await(write_.answer, "B");
    return write_ok_;
  }
  /// Reads a register; `ok` becomes whether the slave answered OKAY.
  std::uint32_t read(int address, bool* ok = nullptr) {
    read_address_ = address;
    read_ask_ = read_answer_ = true;
    await(read_answer_, "R");
    if (ok != nullptr) *ok = read_ok_;
    return read_data_;
  }
  /// Reads registers, each address offered as soon as the one before is taken, answered or not.
  std::vector<std::uint32_t> read_all(const std::vector<int>& addresses) {
    next_addresses_.assign(addresses.begin() + 1, addresses.end());
    std::vector<std::uint32_t> answers = {read(addresses.at(0))};
    while (answers.size() < addresses.size()) {
      read_answer_ = true;
      await(read_answer_, "R");
      answers.push_back(read_data_);
    }
    return answers;
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
  /// The last beat to be sent so far has only some of its bytes (TKEEP).
  void keep_of_last(unsigned keep) { to_send_.back().keep = keep; }
  void accept_results(bool yes) { accept_ = yes; }
  /// How many percent of the cycles clock generator and regulator take longer.
  void settle_slowly(unsigned pause) { settle_pause_ = pause; }
  /// Mode and level that clock generator and regulator have settled to.
  std::pair<int, int> settled() const { return {clock_mode_, supply_level_}; }

  std::size_t unsent() const { return to_send_.size(); }
  const std::vector<OutBeat>& results() const { return results_; }
  void clear_results() { results_.clear(); }
  bool interrupt() const { return top_->irq_o; }
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
    t.s_axis_tkeep_i = !to_send_.empty() ? to_send_.front().keep : 0xFFFF;
    if (!to_send_.empty()) {
      for (std::size_t i = 0; i < 4; ++i) t.s_axis_tdata_i[i] = to_send_.front().beat[i];
      t.s_axis_tlast_i = to_send_.front().last;
    }
    t.m_axis_tready_i = accept_ && goes();
    // Clock and voltage settle sometime, and say so in four phases. Reset leaves them alone.
    if (t.scale_req_o != t.scale_ack_i && random_() % 100 >= settle_pause_) {
      t.scale_ack_i = t.scale_req_o;
      if (t.scale_ack_i) {
        clock_mode_ = t.freq_sel_o;
        supply_level_ = t.vdd_sel_o;
      }
    }
    const std::pair<int, int> selected{t.freq_sel_o, t.vdd_sel_o};
    if (selected != selected_ && (t.scale_req_o || t.scale_ack_i) && t.rst_ni) {
      complain("mode or level changed in a handshake");
    }
    if (selected != selected_) followed_ = false;
    selected_ = selected;
    followed_ = followed_ || selected == settled();
    t.eval();
    const bool reset = !t.rst_ni;
    const bool aw = aw_valid_ && t.s_axil_awready_o, w = w_valid_ && t.s_axil_wready_o;
    const bool ar = ar_valid_ && t.s_axil_arready_o, in = in_valid_ && t.s_axis_tready_o;
    const bool b = t.s_axil_bvalid_o && t.s_axil_bready_i;
    const bool r = t.s_axil_rvalid_o && t.s_axil_rready_i;
    const bool out = t.m_axis_tvalid_o && t.m_axis_tready_i;
    if (t.m_axis_tvalid_o && !t.m_axis_tuser_o && !out_.waiting && !followed_) {
      complain("a new result at a clock that was not asked for");
    }
    if (!reset) {
      keeps("B", b_, t.s_axil_bvalid_o, b, {t.s_axil_bresp_o});
      keeps("R", r_, t.s_axil_rvalid_o, r, {t.s_axil_rdata_o, t.s_axil_rresp_o});
      std::vector<std::uint32_t> beat(&t.m_axis_tdata_o[0], &t.m_axis_tdata_o[0] + 8);
      beat.push_back(t.m_axis_tlast_o);
      beat.push_back(t.m_axis_tuser_o);
      keeps("output stream", out_, t.m_axis_tvalid_o, out, beat);
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
    if (ar) {
      ar_valid_ = false;
      read_ask_ = !next_addresses_.empty();
      if (read_ask_) {
        read_address_ = next_addresses_.front();
        next_addresses_.pop_front();
      }
    }
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
    unsigned keep = 0xFFFF;
  };
  struct Watch {  // a channel the design drives: what was offered and not yet taken
    bool waiting = false;
    std::vector<std::uint32_t> payload;
  };

  // Until the design has answered; one that does not must fail a test, not hold it up for ever.
  void await(const bool& open, const std::string& channel) {
    for (int i = 0; open && i < 10000; ++i) tick();
    if (open) throw std::runtime_error("no answer on channel " + channel);
  }
  void complain(const std::string& what) {
    if (complaint_.empty()) complaint_ = what + " in cycle " + std::to_string(cycles_);
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
  std::deque<int> next_addresses_;  // of reads that follow at once
  bool read_ask_ = false, read_answer_ = false, read_ok_ = false;
  std::uint32_t read_data_ = 0;
  bool aw_valid_ = false, w_valid_ = false, ar_valid_ = false, in_valid_ = false, accept_ = true;
  std::deque<Packet> to_send_;
  std::vector<OutBeat> results_;
  Watch b_, r_, out_;
  std::uint64_t cycles_ = 0;
  unsigned settle_pause_ = 20;
  int clock_mode_ = 0, supply_level_ = 0;
  std::pair<int, int> selected_{0, 0};  // what the design asked for last
  bool followed_ = true;                // and whether it has come
  std::string complaint_;
};

}  // namespace axnn
