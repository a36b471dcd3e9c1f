// Tells which mutants of a module are killed (scripts/mutants.sh). The design under test holds all of
// them, chosen by its input mutsel; 0 is the module as it is, and must pass. Expected values are plain
// integer arithmetic. Prints one line a mutant: its number and killed, equivalent (no operands at all
// tell it from the definition) or survived.
//   bench MUTANTS     built with -DBENCH_module
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>

#include "verilated.h"
#include "Vmutated.h"

namespace {

enum class Verdict { kKilled, kEquivalent, kSurvived };

std::int64_t sign_extend(std::uint64_t x, int bits) {
  const std::uint64_t sign = std::uint64_t{1} << (bits - 1);
  x &= 2 * sign - 1;
  return static_cast<std::int64_t>(x ^ sign) - static_cast<std::int64_t>(sign);
}

std::int64_t floor_div(std::int64_t x, std::int64_t y) {
  return x / y - (x % y != 0 && x < 0);
}

// Operand transforms of the multipliers (design, section 3).
std::int64_t fig8(int a, int b, int mode) {
  return (mode > 0 ? floor_div(a, 64) * 64 : a) * (mode > 1 ? floor_div(b, 64) * 64 : b);
}
[[maybe_unused]] std::int64_t booth(int a, int b, int mode) {
  return (mode > 0 ? floor_div(a + 32, 64) * 64 : a) * (mode > 1 ? floor_div(b + 32, 64) * 64 : b);
}
[[maybe_unused]] int drum(int x, int k) {
  int magnitude = std::abs(x), weight = 1;
  while (magnitude / weight >= 1 << k) weight *= 2;
  if (weight > 1) magnitude = (magnitude / weight | 1) * weight;
  return x < 0 ? -magnitude : magnitude;
}

// A weight as it flows from PE to PE (axnn_weight_operand): of fused MACs {weight (11), -weight or ~weight}.
[[maybe_unused]] std::uint32_t operand(int b, int mode) {
#if defined(BENCH_mac_booth) || defined(BENCH_pe_booth)
  const int weight = static_cast<int>(booth(64, b, mode) / 64), negative = mode == 2 ? -weight : ~weight;
  return static_cast<std::uint32_t>((weight & 2047) << 11 | (negative & 2047));
#else
  return static_cast<std::uint32_t>(fig8(64, b, mode) / 64 & 1023);
#endif
}

// A code that is often extreme.
[[maybe_unused]] int any_code(std::mt19937& random, bool extreme) {
  if (extreme) return random() % 2 == 0 ? -512 : 511;
  return static_cast<int>(random() % 1024) - 512;
}

#if defined(BENCH_mult_fig8) || defined(BENCH_mult_drum)
// All operand pairs in all modes, most telling first: whatever agrees on them is equivalent.
Verdict judge(Vmutated& m) {
#ifdef BENCH_mult_fig8
  constexpr int kModes = 3, kWidth = 20;
#else
  constexpr int kModes = 1, kWidth = 21;
#endif
  for (int mode = 0; mode < kModes; ++mode) {
    for (unsigned n = 0; n < 1u << 20; ++n) {
      const int pair = static_cast<int>(n * 0x9E375 & 0xFFFFF);  // odd, so every pair once, well mixed
      const int a = (pair >> 10) - 512, b = (pair & 1023) - 512;
      m.a_i = static_cast<SData>(a & 1023);
      m.b_i = static_cast<SData>(b & 1023);
#ifdef BENCH_mult_fig8
      m.mode_i = static_cast<CData>(mode);
      const std::int64_t expected = fig8(a, b, mode);
#else
      const std::int64_t expected = drum(a, 6) * drum(b, 6);
#endif
      m.eval();
      if (sign_extend(m.p_o, kWidth) != expected) return Verdict::kKilled;
    }
  }
  return Verdict::kEquivalent;
}
#endif

// axnn_mac_booth's sums as one number. {high sum (13), carry (13), upper (11); low sum (14), carry (14),
// upper (16)}; the uppers are a cycle late.
#if defined(BENCH_mac_booth) || defined(BENCH_pe_booth)
using Sums = std::array<std::uint32_t, 3>;
std::uint64_t total(const Sums& before, const Sums& now, int mode) {
  const auto field = [](const Sums& sums, int lsb, int width) {
    std::uint64_t bits = sums[std::size_t(lsb) / 32];
    if (lsb / 32 < 2) bits |= std::uint64_t{sums[std::size_t(lsb) / 32 + 1]} << 32;
    return bits >> lsb % 32 & ((std::uint64_t{1} << width) - 1);
  };
  const std::uint64_t high = field(before, 68, 13) + field(before, 55, 13) + (field(now, 44, 11) << 13);
  const std::uint64_t low = field(before, 30, 14) + field(before, 16, 14) + (field(now, 0, 16) << 14);
  return 64 * high + (mode == 0 ? low : 0);
}
#endif

#if defined(BENCH_mac) || defined(BENCH_mac_booth)
// Streams of sums, with gaps, in each mode; extreme codes in turn, so that sums grow to the limit.
Verdict judge(Vmutated& m) {
  constexpr std::size_t kLatency = 3;
  std::mt19937 random(11);
  for (int mode = 0; mode < 3; ++mode) {
    m.mode_i = static_cast<CData>(mode);
    const auto cycle = [&] {
      m.clk_i = 0;
#ifdef BENCH_mac_booth
      m.clk_low_i = 0;
#endif
      m.eval();
      m.clk_i = 1;
#ifdef BENCH_mac_booth
      m.clk_low_i = mode == 0;
#endif
      m.eval();
    };
    m.valid_i = 0;
    std::int64_t sum = 0;
    std::uint32_t weight = 0;  // that the operand register holds, also while nothing is valid
    int terms = 0;
    unsigned firsts = 0;  // bit n: n cycles ago
    bool seen = false;
    std::deque<std::pair<bool, std::int64_t>> expected;  // begun, sum
    for (int n = 0; n < 100000; ++n) {
      const bool extreme = n / 2500 % 2 == 1;
      const bool valid = n > 4 && random() % 8 != 0;
      // The last sums go far beyond the largest fan-in: a sum is modulo 2^30.
      const bool wraps = n >= 12000;
      const bool first = (valid && !seen) || (!wraps && terms >= 1024) ||
                         (!wraps && random() % (n < 2500 ? 5 : 1500) == 0) || n == 16000 || n == 60000;
      int a = any_code(random, extreme), b = any_code(random, extreme);
      if ((extreme || wraps) && random() % 16 != 0) {
        a = n >= 20000 ? -32 : -512;  // -32 is all in the low Booth digits
        b = (n >= 16000 && n < 20000) || n >= 60000 ? 511 : -512;
      }
      m.valid_i = static_cast<CData>((m.valid_i << 1 | valid) & 7);
      firsts = firsts << 1 | static_cast<unsigned>(first);  // without valid_i it means nothing
#ifdef BENCH_mac_booth
      m.first_i = first;
#endif
      m.fresh_i = firsts >> 2 & 1;
      const bool flows = random() % 2 == 0;
      m.a_i = static_cast<SData>(a & 1023);
      m.b_i = static_cast<SData>(flows ? 0 : b & 1023);
      m.take_flow_i = flows;
      m.flow_i = operand(flows ? b : any_code(random, extreme), mode);
      if (valid) {
#ifdef BENCH_mac
        sum = (first ? 0 : sum) + fig8(a, b, mode);
#else
        sum = (first ? 0 : sum) + booth(a, b, mode);
#endif
        terms = first ? 1 : terms + 1;
        weight = operand(b, mode);
        seen = true;
      }
      expected.push_back({seen, sum});
#ifdef BENCH_mac_booth
      const Sums before = {m.sums_o[0], m.sums_o[1], m.sums_o[2]};
#endif
      cycle();
      if (seen && m.flow_o != weight) return Verdict::kKilled;
      if (expected.size() < kLatency) continue;
      const auto [begun, value] = expected.front();
      expected.pop_front();
      if (!begun) continue;
#ifdef BENCH_mac
      const std::uint64_t got = m.acc_o;
#else
      const std::uint64_t got = total(before, {m.sums_o[0], m.sums_o[1], m.sums_o[2]}, mode);
#endif
      if (sign_extend(got, 30) != sign_extend(static_cast<std::uint64_t>(value), 30)) {
        return Verdict::kKilled;
      }
    }
  }
  return Verdict::kSurvived;
}
#endif

#if defined(BENCH_pe) || defined(BENCH_pe_booth)
// What a PE does with its two memories, the bus, the row's weights and its MAC, cycle by cycle; all
// controls are drawn anew each cycle. A reset now and then drops what is under way.
struct Pe {
  int neurons[128] = {}, weights[128] = {};
  int neuron_read = 0, weight_read = 0;  // what the memories return
  bool step = false, first = false, from_bus = false, local = false, batch = false;  // a cycle late
};

Verdict judge(Vmutated& m) {
  constexpr std::size_t kLatency = 3;
  constexpr int kWords = 128, kCycles = 4000, kBetweenResets = 250;
  std::mt19937 random(13);
  const auto flip = [&](unsigned per) { return random() % per == 0; };
  for (int mode = 0; mode < 3; ++mode) {
    Pe pe;
    m.mode_i = static_cast<CData>(mode);
    using Sum = std::pair<bool, std::int64_t>;  // begun, value
    Sum last = {false, 0}, shown = last;        // with all operands so far; on the output
    std::deque<Sum> expected(kLatency - 1, last);
    int valid = 0;  // bit k: a step k + 1 cycles ago
    std::uint32_t held = 0;  // by the operand register: the weight of the last step
    unsigned firsts = 0;
    for (int n = -2; n < kCycles; ++n) {
      const bool reset = n < 0 || (n > kWords && n % kBetweenResets == 0);
      // The memories are filled first, and read once before anything depends on it.
      const bool fill = n < kWords, warm = n == kWords;
      const bool keep = fill || (!warm && flip(3)), load = fill || (!warm && flip(4));
      const bool step = fill || warm || !flip(5), batch = !fill && !warm && flip(3);
      const bool read = warm || (!fill && flip(2)), local = !fill && flip(2), first = flip(9);
      const int at = fill ? n & 127 : static_cast<int>(random() % kWords);
      const int word = fill ? n & 127 : static_cast<int>(random() % kWords);
      const int neuron = any_code(random, false), bus = any_code(random, false);
      const int weight = any_code(random, false), flow = any_code(random, false);
      m.rst_ni = !reset;
      m.batch_i = batch, m.step_i = step, m.keep_i = keep;
      m.weight_read_i = read, m.local_i = local, m.load_i = load;
      m.neuron_addr_i = static_cast<CData>(at), m.weight_addr_i = static_cast<CData>(word);
      m.neuron_i = static_cast<SData>(neuron & 1023), m.bus_i = static_cast<SData>(bus & 1023);
      m.weight_i = static_cast<SData>(weight & 1023), m.flow_i = operand(flow, mode);
      m.clk_i = m.clk_low_i = 0;
      m.eval();
      if (reset) {
        // The registers forget, and a sum is lost.
        pe.step = pe.first = pe.from_bus = pe.local = pe.batch = false;
        valid = 0;
        last = shown = {false, 0};
        for (Sum& e : expected) e = shown;
      }
      valid = (valid << 1 | pe.step) & 7;
      m.valid_i = static_cast<CData>(valid), m.first_i = pe.first;
      firsts = firsts << 1 | static_cast<unsigned>(pe.first);
      m.fresh_i = firsts >> 2 & 1;
      m.eval();
      if (n >= 0 && sign_extend(m.weight_o, 10) != (pe.local ? pe.weight_read : weight)) {
        return Verdict::kKilled;
      }
      if (pe.step) {
        const int a = pe.from_bus ? bus : pe.neuron_read;
        const int b = pe.batch ? flow : pe.local ? pe.weight_read : weight;
#ifdef BENCH_pe
        const std::int64_t product = fig8(a, b, mode);
#else
        const std::int64_t product = booth(a, b, mode);
#endif
        held = operand(b, mode);
        last = {last.first || pe.first, (pe.first ? 0 : last.second) + product};
      }
      expected.push_back(last);
#ifdef BENCH_pe_booth
      const Sums before = {m.acc_o[0], m.acc_o[1], m.acc_o[2]};
#endif
      m.clk_i = 1;
      m.clk_low_i = mode == 0;
      m.eval();
      if (last.first && m.flow_o != held) return Verdict::kKilled;
      shown = expected.front();
      expected.pop_front();
#ifdef BENCH_pe
      const std::uint64_t got = m.acc_o;
#else
      const std::uint64_t got = total(before, {m.acc_o[0], m.acc_o[1], m.acc_o[2]}, mode);
#endif
      if (shown.first &&
          sign_extend(got, 30) != sign_extend(static_cast<std::uint64_t>(shown.second), 30)) {
        return Verdict::kKilled;
      }
      if (step && !batch) {
        if (keep) pe.neurons[at] = neuron;
        else pe.neuron_read = pe.neurons[at];
      }
      if (load) pe.weights[word] = weight;
      else if (read) pe.weight_read = pe.weights[word];
      if (reset) continue;
      pe.step = step, pe.first = first, pe.local = local, pe.batch = batch;
      pe.from_bus = keep || batch;
    }
  }
  return Verdict::kSurvived;
}
#endif

#ifdef BENCH_requant
// Tokens through the three stages, with gaps; every shift with accumulators of every size.
Verdict judge(Vmutated& m) {
  std::mt19937_64 random(7);
  struct Token {
    bool valid = false, raw = false;
    std::int64_t acc = 0;
    int shift = 0;
  };
  Token stage[3];
  bool begun = false;
  std::int64_t held = 0;
  for (int n = 0; n < 30000; ++n) {
    Token t;
    t.valid = random() % 4 != 0;
    t.raw = random() % 8 == 0;
    t.shift = t.raw ? 0 : static_cast<int>(random() % 32);
    t.acc = sign_extend(random(), 30) >> random() % 30;
    if (random() % 4 == 0) {  // one bit tells that it is too large, or too small
      t.acc = std::int64_t{1} << random() % 29 | (random() % 2 ? random() % 256 : 0);
      if (random() % 2) t.acc = ~t.acc;
    }
    if (random() % 4 == 0) {  // near a bound of the code, whatever the shift
      t.acc = ((random() % 2 ? 511 : -512) * (std::int64_t{1} << t.shift)) +
              static_cast<std::int64_t>(random() % 5) - 2 + (t.shift ? (std::int64_t{1} << (t.shift - 1)) : 0);
      if (t.acc != sign_extend(static_cast<std::uint64_t>(t.acc), 30)) t.acc = random() % 2 ? (1 << 29) - 1 : -(1 << 29);
    }
    if (random() % 8 == 0) {  // one bit tells that it is not at the bound: the code and a half, all ones but it
      t.acc = (1023 ^ std::int64_t{1} << random() % 10) << t.shift >> 1;
      if (random() % 2) t.acc = ~t.acc;
      t.acc = sign_extend(static_cast<std::uint64_t>(t.acc), 30);
    }
    stage[2] = stage[1];
    stage[1] = stage[0];
    stage[0] = t;
    m.en_i = static_cast<CData>(stage[0].valid | stage[1].valid << 1 | stage[2].valid << 2);
    m.acc_i = static_cast<IData>(stage[0].acc & 0x3FFFFFFF);
    m.eights_i = static_cast<CData>(stage[0].shift / 8);
    m.rest_i = static_cast<CData>(stage[1].shift % 8);
    m.raw_i = stage[2].raw;
    m.clk_i = 0;
    m.eval();
    m.clk_i = 1;
    m.eval();
    if (stage[2].valid) {
      const Token& u = stage[2];
      const std::int64_t half = u.shift ? std::int64_t{1} << (u.shift - 1) : 0;
      const std::int64_t rounded = floor_div(u.acc + half, std::int64_t{1} << u.shift);
      held = u.raw ? u.acc : rounded > 511 ? 511 : rounded < -512 ? -512 : rounded;
      begun = true;
    }
    if (begun && sign_extend(m.result_o, 30) != held) return Verdict::kKilled;
  }
  return Verdict::kSurvived;
}
#endif

}  // namespace

int main(int argc, char** argv) {
  const int mutants = argc > 1 ? std::atoi(argv[1]) : 0;
  for (int i = 0; i <= mutants; ++i) {
    VerilatedContext context;
    Vmutated m(&context);
    m.mutsel = static_cast<SData>(i);
    const Verdict v = judge(m);
    if (i == 0 && v == Verdict::kKilled) {
      std::fprintf(stderr, "the module itself fails the bench\n");
      return 1;
    }
    if (i > 0) {
      std::printf("%d %s\n", i, v == Verdict::kKilled ? "killed" : v == Verdict::kEquivalent ? "equivalent" : "survived");
    }
  }
  return 0;
}
