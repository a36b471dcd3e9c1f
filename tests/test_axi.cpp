// The accelerator behind its AXI ports, used as a host would: networks against the golden model
// under every kind of pause, each error by itself and the way back, the example driver of
// examples/.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <functional>
#include <optional>

#include "examples/axnn_host.h"
#include "model/golden.h"
#include "sim/accesses.h"
#include "sim/compiler.h"
#include "tests/axi_host.h"
#include "tests/random_net.h"

using namespace axnn;

namespace {

static_assert(int{kStreamProgram} == kLoadProgram && int{kStreamWeight} == kLoadWeight &&
              int{kStreamBias} == kLoadBias);

constexpr std::uint32_t bit(int n) { return 1u << n; }
constexpr std::uint32_t kStart = bit(kControlStartLsb), kOpen = bit(kControlOpenLsb),
                        kReset = bit(kControlResetLsb), kAbandon = bit(kControlAbandonLsb);

// Which output of which sample a lane of a result beat is.
struct Lane {
  std::size_t sample, output;
};

// The lanes of all beats, as docs/isa.md says for layers of a sample and of a batch.
std::vector<std::array<Lane, kRows>> result_lanes(const Program& program, std::int64_t rounds) {
  std::vector<std::array<Lane, kRows>> beats;
  ProgramWalk walk(program, rounds);
  while (const auto w = walk.next()) {
    if (opcode(*w) != kOpLayer && opcode(*w) != kOpBatch) continue;
    const LayerFields f = layer_fields(*w);
    if (!f.to_stream) continue;
    std::int64_t first = walk.round() * program.round_samples;
    for (const LayerTag& tag : program.tags) {
      if (tag.address == walk.address()) first += tag.sample;
    }
    const int rows = kRows >> f.split;
    const int groups = f.batch ? (1 << f.octets_log) >> f.split : 1;
    for (int h = 0; h < groups; ++h) {
      for (int tile = 0; tile < f.out_tiles; ++tile) {
        for (int c = 0; c < (f.batch ? kCols : 1); ++c) {
          auto& lanes = beats.emplace_back();
          for (int r = 0; r < kRows; ++r) {
            const int octet = h + r / rows * (kLines >> f.split);
            lanes[std::size_t(r)] = {static_cast<std::size_t>(first + kCols * octet + c),
                                     static_cast<std::size_t>(tile * rows + r % rows)};
          }
        }
      }
    }
  }
  return beats;
}

// A network, its program and its samples as beats, and what must come out.
struct Job {
  IntegerNet net;
  Program program;
  std::uint32_t rounds = 0;
  std::vector<Code> beats;             // padded to neuron words
  std::vector<std::int32_t> expected;  // samples x outputs
  std::vector<std::array<Lane, kRows>> lanes;

  std::size_t sample_beats() const { return beats.size() / kCols; }
  std::size_t result_beats() const { return lanes.size(); }
};

Job make_job(std::uint64_t key, const std::vector<int>& sizes, std::uint32_t rounds, int mode,
             Mapping mapping = Mapping::kLatency) {
  Job job;
  job.net = random_net(key, sizes, Codes::kUniform);
  const Multiplier m{MultiplierKind::kFig8, mode};
  job.program = compile(job.net, m, {.mapping = mapping, .level = static_cast<int>(key % 4)});
  job.rounds = rounds;
  job.lanes = result_lanes(job.program, rounds);
  const std::uint32_t samples = rounds * static_cast<std::uint32_t>(job.program.round_samples);
  const auto inputs = static_cast<std::size_t>(sizes[0]);
  const std::size_t padded = (inputs + kCols - 1) / kCols * kCols;
  const std::vector<Code> x =
      random_samples(key, static_cast<int>(samples), sizes[0], Codes::kUniform);
  const GoldenModel golden(job.net, m);
  std::vector<LayerOutput> out;
  job.beats.assign(padded * samples, 0);
  for (std::size_t s = 0; s < samples; ++s) {
    const std::span<const Code> sample(&x[s * inputs], inputs);
    std::copy(sample.begin(), sample.end(), &job.beats[s * padded]);
    golden.run(sample, out);
    job.expected.insert(job.expected.end(), out.back().accumulators.begin(),
                        out.back().accumulators.end());
  }
  return job;
}

// Instructions as beats.
std::vector<std::uint64_t> program_beats(const std::vector<Instruction>& instructions) {
  std::vector<std::uint64_t> beats;
  for (const Instruction i : instructions) beats.insert(beats.end(), {i, 0});
  return beats;
}

bool open(AxiHost& host, int target, std::uint32_t address, std::uint32_t beats,
          std::uint32_t commands = 0) {
  return host.write(kRegLoadTarget, static_cast<std::uint32_t>(target)) &&
         host.write(kRegLoadAddr, address) && host.write(kRegLoadBeats, beats) &&
         host.write(kRegControl, kOpen | commands);
}

std::uint32_t status(AxiHost& host, int lsb) { return host.read(kRegStatus) >> lsb & 1; }

// Waits for a status bit to be `value`; a design that never gets there fails the test.
void wait(AxiHost& host, int lsb, std::uint32_t value) {
  for (int i = 0; i < 20000; ++i) {
    if (status(host, lsb) == value) return;
  }
  CAPTURE(lsb, value, host.read(kRegError));
  FAIL("the status never came");
}

void load(AxiHost& host, int target, const void* bytes, std::size_t beats) {
  REQUIRE(open(host, target, 0, static_cast<std::uint32_t>(beats)));
  host.send(bytes, beats);
  wait(host, kStatusOpenLsb, 0);
  REQUIRE(host.read(kRegLoadCount) == beats);
}

void load(AxiHost& host, const Job& job) {
  load(host, kStreamProgram, program_beats(job.program.instructions).data(),
       job.program.instructions.size());
  load(host, kStreamWeight, job.program.weights.data(), job.program.weights.size() / kCols);
  load(host, kStreamBias, job.program.biases.data(), job.program.biases.size() * 4 / 16);
}

void start(AxiHost& host, const Job& job) {
  host.clear_results();
  REQUIRE(host.write(kRegSamples, job.rounds));
  REQUIRE(open(host, kStreamSample, 0, static_cast<std::uint32_t>(job.sample_beats()), kStart));
}

// All results are the golden model's, and only the last beat ends a packet.
void check_results(AxiHost& host, const Job& job) {
  const auto outputs = static_cast<std::size_t>(job.net.outputs());
  REQUIRE(host.results().size() == job.result_beats());
  long wrong = 0;
  for (std::size_t beat = 0; beat < job.lanes.size(); ++beat) {
    for (std::size_t r = 0; r < kRows; ++r) {
      const Lane lane = job.lanes[beat][r];
      if (lane.output >= outputs) continue;  // padding of the last tile
      wrong +=
          host.results()[beat].lanes[r] != job.expected.at(lane.sample * outputs + lane.output);
    }
  }
  CHECK(wrong == 0);
  for (std::size_t i = 0; i < host.results().size(); ++i) {
    CHECK(host.results()[i].last == (i + 1 == host.results().size()));
    CHECK_FALSE(host.results()[i].user);
  }
}

void run(AxiHost& host, const Job& job) {
  start(host, job);
  host.send(job.beats.data(), job.sample_beats());
  wait(host, kStatusDoneLsb, 1);
  CHECK(status(host, kStatusErrorLsb) == 0);
  check_results(host, job);
}

// After an error: it is what it should be, the design refuses to go on, and is mended by a reset.
void recover(AxiHost& host, const Job& job, std::uint32_t code,
             std::optional<std::uint32_t> pc = {}) {
  wait(host, kStatusErrorLsb, 1);
  CHECK((host.read(kRegError) & 0xFF) == code);
  if (pc) CHECK(host.read(kRegError) >> kErrorPcLsb == *pc);
  CHECK(host.interrupt());
  CHECK(status(host, kStatusBusyLsb) == 0);
  CHECK(status(host, kStatusDoneLsb) == 0);
  CHECK_FALSE(host.write(kRegControl, kStart));
  CHECK((host.read(kRegError) & 0xFF) == code);  // the first one stays
  for (int i = 0; i < 200; ++i) host.tick();     // what was under way comes to its end
  if (!host.results().empty()) CHECK(host.results().back().last);
  CHECK(host.write(kRegControl, kReset));
  wait(host, kStatusScalingLsb, 0);
  CHECK(host.settled() == std::pair(int{kModeM0}, 0));
  CHECK(host.write(kRegIrqStatus, bit(kIrqErrorLsb)));
  CHECK_FALSE(host.interrupt());
  CHECK(status(host, kStatusErrorLsb) == 0);
  CHECK((host.read(kRegError) & 0xFF) == 0);
  load(host, job);
  run(host, job);
  CHECK(host.complaint() == "");
}

// A host with the job loaded and interrupts on.
struct Bench {
  Job job;
  AxiHost host;

  explicit Bench(unsigned seed, unsigned pause = 20)
      : job(make_job(seed, {20, 24, 3}, 6, static_cast<int>(seed % 3))), host(seed, pause) {
    CHECK(host.write(kRegIrqEnable, bit(kIrqDoneLsb) | bit(kIrqErrorLsb)));
    load(host, job);
  }
};

}  // namespace

TEST_CASE("the identification registers tell what the package says") {
  AxiHost host(1, 0);
  CHECK(host.read(kRegId) == 0x41584E4E);  // "AXNN"
  const std::uint32_t version = host.read(kRegVersion);
  CHECK(std::to_string(version >> 16) + "." + std::to_string(version >> 8 & 0xFF) + "." +
            std::to_string(version & 0xFF) ==
        AXNN_VERSION);
  CHECK(host.read(kRegArray) ==
        (kRows | kCols << 8 | kMultFig8 << 16 | kFormatTwosComplement << 24));
  CHECK(host.read(kRegWidths) ==
        (std::uint32_t(kDataW) | kLowW << 8 | kBiasW << 16 | std::uint32_t(kAccW) << 24));
  CHECK(host.read(kRegImages) == (kWeightDepth | std::uint32_t(kBiasDepth) << 16));
  CHECK(host.read(kRegPrograms) == (kProgDepth | std::uint32_t(kLocalDepth) << 16));
  CHECK(host.read(kRegNeurons) == (kMaxFanIn | std::uint32_t(kNeuronBanks) << 16));
  CHECK(host.complaint() == "");
}

TEST_CASE("networks give the golden model's results whatever pauses there are on any channel") {
  const unsigned pauses[] = {0, 10, 50, 90};
  for (unsigned k = 0; k < 12; ++k) {
    const int inputs = 1 + static_cast<int>(k * 17 % 40);
    const Job job = make_job(k, {inputs, 10 + static_cast<int>(k), 2 + static_cast<int>(k)},
                             1 + k % 7, static_cast<int>(k % 3));
    AxiHost host(k, pauses[k % 4]);
    CAPTURE(k, pauses[k % 4]);
    load(host, job);
    run(host, job);
    run(host, job);  // memories and machine are as they were
    CHECK(host.complaint() == "");
  }
}

TEST_CASE("pipelined programs and batches give the golden model's results under pauses too") {
  const unsigned pauses[] = {0, 10, 50, 90};
  for (unsigned k = 0; k < 8; ++k) {
    const Mapping mapping = k % 2 == 0 ? Mapping::kPipelined : Mapping::kThroughput;
    // With 3 outputs the rows are shared by two or four octets; a batch of 180 hidden neurons is
    // of 16 samples.
    const int hidden = k % 4 < 2 ? 20 : 180;
    const Job job = make_job(60 + k, {12, hidden, k % 3 == 0 ? 11 : 3}, 1 + k % 3,
                             static_cast<int>(k % 3), mapping);
    AxiHost host(60 + k, pauses[(k + 1) % 4]);
    CAPTURE(k, mapping_name(mapping), job.program.round_samples);
    load(host, job);
    run(host, job);
    run(host, job);
    CHECK(host.complaint() == "");
  }
}

TEST_CASE("a soft reset in the middle of a batch leaves nothing of it in the next run") {
  const Job job = make_job(70, {12, 20, 3}, 1, kModeM0, Mapping::kThroughput);
  const Job lone = make_job(71, {12, 20, 3}, 3, kModeM1);
  for (unsigned when = 20; when < 900; when += 110) {
    AxiHost host(when, 0);
    CAPTURE(when);
    load(host, job);
    start(host, job);
    host.send(job.beats.data(), job.sample_beats());
    for (unsigned i = 0; i < when; ++i) host.tick();
    CHECK(host.write(kRegControl, kReset));
    wait(host, kStatusDrainingLsb, 0);
    wait(host, kStatusScalingLsb, 0);
    for (int i = 0; i < 50; ++i) host.tick();
    run(host, job);
    load(host, lone);
    run(host, lone);
    CHECK(host.complaint() == "");
  }
}

TEST_CASE("a run is counted: cycles, waits on either side, results") {
  Bench b(3, 0);
  run(b.host, b.job);
  CHECK(b.host.interrupt());
  CHECK(b.host.write(kRegIrqStatus, bit(kIrqDoneLsb)));
  CHECK_FALSE(b.host.interrupt());
  const std::uint32_t cycles = b.host.read(kRegCycles);
  // 6 samples of 3 * 3 + 3 * 1 steps at least, and nowhere near twice what the pipeline adds.
  CHECK(cycles > 6 * 12);
  CHECK(cycles < 6 * (12 + 2 * kFillCycles) + 60);
  CHECK(b.host.read(kRegResults) == b.job.result_beats());
  CHECK(b.host.read(kRegOutStall) == 0);
  // The machine's counters are those that the program alone says.
  const AccessCounts counts = count_accesses(b.job.program, b.job.rounds);
  for (int n = 0; n < kCounters; ++n) {
    CAPTURE(n);
    bool ok = false;
    const std::uint32_t value = b.host.read(kRegCounters + 4 * n, &ok);
    CHECK(ok);
    if (n != kCountCycles) CHECK(value == counts[std::size_t(n)]);
  }
  bool ok = true;
  b.host.read(kRegCounters + 4 * kCounters, &ok);
  CHECK_FALSE(ok);

  // The host takes nothing for a while: no result is lost, and the wait is counted.
  const Job many = make_job(3, {20, 24, 3}, 40, 0);
  start(b.host, many);
  b.host.accept_results(false);
  b.host.send(many.beats.data(), many.sample_beats());
  for (int i = 0; i < 5000; ++i) b.host.tick();
  CHECK(status(b.host, kStatusBusyLsb) == 1);
  CHECK(status(b.host, kStatusResultLsb) == 1);
  b.host.accept_results(true);
  wait(b.host, kStatusDoneLsb, 1);
  check_results(b.host, many);
  CHECK(b.host.read(kRegOutStall) > 4000);
  CHECK(b.host.read(kRegCycles) > 4000);

  // The samples come late.
  start(b.host, b.job);
  for (int i = 0; i < 1000; ++i) b.host.tick();
  b.host.send(b.job.beats.data(), b.job.sample_beats());
  wait(b.host, kStatusDoneLsb, 1);
  check_results(b.host, b.job);
  CHECK(b.host.read(kRegInStall) > 900);
  CHECK(b.host.complaint() == "");
}

TEST_CASE("registers that are not there, not writable or written in part answer with an error") {
  AxiHost host(5, 30);
  bool ok = true;
  CHECK(host.read(0x01C, &ok) == 0);
  CHECK_FALSE(ok);
  host.read(kRegSamples, &ok);
  CHECK(ok);
  host.read(kRegSamples + 1, &ok);
  CHECK_FALSE(ok);
  CHECK_FALSE(host.write(0xFFC, 0));
  CHECK_FALSE(host.write(kRegId, 0));
  CHECK_FALSE(host.write(kRegStatus, 0));
  for (const int strobes : {0x7, 0xB, 0xD, 0xE, 0x3, 0}) CHECK_FALSE(host.write(kRegSamples, 7, strobes));
  CHECK(host.read(kRegSamples) == 0);
  CHECK(host.write(kRegSamples, 7));
  CHECK(host.read(kRegSamples) == 7);
  CHECK(status(host, kStatusErrorLsb) == 0);
  CHECK(host.complaint() == "");
}

TEST_CASE("reads whose addresses come before the answers to those before get their own answers") {
  for (const unsigned pause : {0u, 30u, 80u}) {
    AxiHost host(7, pause);
    CHECK(host.write(kRegSamples, 0xA5A5));
    for (int i = 0; i < 20; ++i) {
      CHECK(host.read_all({kRegId, kRegSamples, kRegNeurons, kRegId}) ==
            std::vector<std::uint32_t>{0x41584E4E, 0xA5A5, kMaxFanIn | std::uint32_t(kNeuronBanks) << 16, 0x41584E4E});
    }
    CHECK(host.complaint() == "");
  }
}

TEST_CASE("every address answers as docs/registers.md says, and settings keep all their bits") {
  AxiHost host(6, 10);
  const std::vector<int> settings = {kRegSamples, kRegLoadTarget, kRegLoadAddr, kRegLoadBeats,
                                     kRegIrqEnable};
  std::vector<int> known = {kRegId,     kRegVersion,  kRegArray,     kRegWidths,
                            kRegImages, kRegPrograms, kRegNeurons,   kRegControl,
                            kRegStatus, kRegError,    kRegLoadCount, kRegIrqStatus,
                            kRegCycles, kRegInStall,  kRegOutStall,  kRegResults};
  known.insert(known.end(), settings.begin(), settings.end());
  for (int n = 0; n < kCounters; ++n) known.push_back(kRegCounters + 4 * n);
  for (int address = 0; address < 1 << kRegAddrW; address += 4) {
    bool ok = false;
    host.read(address, &ok);
    CAPTURE(address);
    CHECK(ok == (std::ranges::find(known, address) != known.end()));
    if (!ok) CHECK_FALSE(host.write(address, 0));
  }
  for (const int address : {kRegSamples + 1, kRegSamples + 2}) {
    CHECK_FALSE(host.write(address, 0));
    bool ok = true;
    host.read(address, &ok);
    CHECK_FALSE(ok);
  }
  const std::uint32_t widest[] = {0xFFFF, 3, 0xFFFFFFFF, 0xFFFFFF, 3};
  for (std::size_t i = 0; i < settings.size(); ++i) {
    for (const std::uint32_t pattern : {0xFFFFFFFFu, 0x55555555u, 0xAAAAAAAAu, 0u}) {
      CHECK(host.write(settings[i], pattern & widest[i]));
      CHECK(host.read(settings[i]) == (pattern & widest[i]));
    }
  }
  CHECK(status(host, kStatusErrorLsb) == 0);
  CHECK(host.complaint() == "");
}

TEST_CASE("a load that ends early stops the machine, and a reset mends it") {
  Bench b(10);
  REQUIRE(open(b.host, kStreamWeight, 0, 20));
  b.host.send(b.job.program.weights.data(), 19);
  recover(b.host, b.job, kStopEarly);
}

TEST_CASE("a load that does not end stops the machine; the rest is discarded up to TLAST") {
  Bench b(11);
  REQUIRE(open(b.host, kStreamWeight, 0, 20));
  b.host.send(b.job.program.weights.data(), 35);
  wait(b.host, kStatusErrorLsb, 1);
  for (int i = 0; i < 500; ++i) b.host.tick();
  CHECK(b.host.unsent() == 0);
  CHECK(status(b.host, kStatusDrainingLsb) == 0);
  recover(b.host, b.job, kStopLate);
}

TEST_CASE("the rest of a packet whose sender died is given up on demand") {
  Bench b(12);
  REQUIRE(open(b.host, kStreamBias, 0, 4));
  b.host.send(b.job.program.biases.data(), 6, true);  // TLAST never comes
  wait(b.host, kStatusErrorLsb, 1);
  CHECK(status(b.host, kStatusDrainingLsb) == 1);
  CHECK(b.host.write(kRegControl, kReset));
  CHECK(status(b.host, kStatusDrainingLsb) == 1);  // still waits: the sender may be slow
  CHECK_FALSE(open(b.host, kStreamSample, 0, 1));  // StopBusy
  b.host.drop_unsent();
  for (int i = 0; i < 200; ++i) b.host.tick();
  CHECK(b.host.write(kRegControl, kReset | kAbandon));
  CHECK(status(b.host, kStatusDrainingLsb) == 0);
  load(b.host, b.job);
  run(b.host, b.job);
  CHECK(b.host.complaint() == "");
}

TEST_CASE("transfers past the end of a memory, of no beats or of half a word, are refused") {
  struct Case {
    int target;
    std::uint32_t address, beats;
    bool fits;
  };
  const Case cases[] = {
      {kStreamProgram, kProgDepth - 2, 2, true},
      {kStreamProgram, kProgDepth - 2, 3, false},
      {kStreamProgram, kProgDepth, 1, false},
      {kStreamProgram, 0xFFFFFFFFu, 1, false},
      {kStreamWeight, kWeightDepth * kRows - 1, 1, true},
      {kStreamWeight, kWeightDepth * kRows - 1, 2, false},
      {kStreamBias, kBiasDepth - 1, 2, true},
      {kStreamBias, kBiasDepth - 1, 4, false},
      {kStreamBias, 0, 3, false},
      {kStreamSample, 0, 0, false},
      {kStreamWeight, 0, 0, false},
  };
  for (const Case& c : cases) {
    AxiHost host(13, 0);
    CAPTURE(c.target, c.address, c.beats);
    CHECK(open(host, c.target, c.address, c.beats) == c.fits);
    CHECK(host.read(kRegError) == (c.fits ? 0u : std::uint32_t{kStopRange}));
    if (!c.fits) continue;
    const std::vector<char> zeros(16 * c.beats);
    host.send(zeros.data(), c.beats);
    wait(host, kStatusOpenLsb, 0);
    load(host, c.target, zeros.data(), c.beats);  // and at word 0
  }
  {  // The largest memory in one transfer, twice.
    AxiHost whole(13, 0);
    const std::vector<Code> weights(kWeightDepth * kRows * kCols, Code(-1));
    for (int i = 0; i < 2; ++i) load(whole, kStreamWeight, weights.data(), kWeightDepth * kRows);
    CHECK(whole.complaint() == "");
  }
  Bench b(13);
  CHECK_FALSE(open(b.host, kStreamProgram, 60, 5));
  recover(b.host, b.job, kStopRange);
}

TEST_CASE("a run of no samples and settings too large for their registers are refused") {
  Bench b(14);
  REQUIRE(b.host.write(kRegSamples, 0));
  CHECK_FALSE(b.host.write(kRegControl, kStart));
  recover(b.host, b.job, kStopRange);
  const std::pair<int, int> widths[] = {{kRegSamples, 16}, {kRegLoadTarget, 2}, {kRegLoadBeats, 24}};
  for (const auto& [reg, width] : widths) {
    for (int n = width; n < 32; ++n) {
      CAPTURE(reg, n);
      CHECK_FALSE(b.host.write(reg, bit(n)));
      CHECK((b.host.read(kRegError) & 0xFF) == kStopRange);
      CHECK(b.host.write(kRegControl, kReset));
    }
  }
}

TEST_CASE("commands and settings during what they concern stop the machine") {
  using Act = std::function<bool(AxiHost&)>;
  // While a run waits for its samples.
  const Act running[] = {
      [](AxiHost& h) { return h.write(kRegControl, kStart); },
      [](AxiHost& h) { return h.write(kRegSamples, 3); },
      [](AxiHost& h) { return h.write(kRegLoadAddr, 3); },  // its transfer is open
      [](AxiHost& h) { return h.write(kRegControl, kOpen); },
  };
  for (const Act& act : running) {
    Bench b(15);
    start(b.host, b.job);
    b.host.send(b.job.beats.data(), 5);  // a sample and a half, and then TLAST would be early
    CHECK_FALSE(act(b.host));
    recover(b.host, b.job, kStopBusy);
  }
  // A load while a run goes on that needs no samples any more.
  {
    Bench b(16);
    b.host.accept_results(false);
    start(b.host, b.job);
    b.host.send(b.job.beats.data(), b.job.sample_beats());
    wait(b.host, kStatusOpenLsb, 0);
    CHECK_FALSE(open(b.host, kStreamWeight, 0, 1));
    b.host.accept_results(true);
    recover(b.host, b.job, kStopBusy);
  }
  // A run and a load in one word.
  for (const int target : {kStreamProgram, kStreamWeight, kStreamBias}) {
    CAPTURE(target);
    Bench b(16);
    REQUIRE(b.host.write(kRegSamples, 1));
    CHECK_FALSE(open(b.host, target, 0, 2, kStart));
    CHECK(status(b.host, kStatusBusyLsb) == 0);
    CHECK(status(b.host, kStatusOpenLsb) == 0);
    recover(b.host, b.job, kStopBusy);
  }
  // A run while a load is open.
  {
    Bench b(17);
    REQUIRE(open(b.host, kStreamWeight, 0, 8));
    b.host.send(b.job.program.weights.data(), 7, true);
    REQUIRE(b.host.write(kRegSamples, 1));
    CHECK_FALSE(b.host.write(kRegControl, kStart));
    b.host.send(b.job.program.weights.data(), 1);
    recover(b.host, b.job, kStopBusy);
  }
}

TEST_CASE("numbers that do not fit the hardware's words stop the machine") {
  {
    Bench b(18);
    std::vector<std::uint64_t> beats = program_beats(b.job.program.instructions);
    beats[3] = 1;  // upper half of the second beat
    REQUIRE(open(b.host, kStreamProgram, 0, static_cast<std::uint32_t>(beats.size() / 2)));
    b.host.send(beats.data(), beats.size() / 2);
    recover(b.host, b.job, kStopData);
  }
  for (const Code code : {Code(kCodeMax + 1), Code(kCodeMin - 1)}) {
    Bench b(19);
    std::vector<Code> weights(32, Code(kCodeMin));
    weights[21] = code;
    REQUIRE(open(b.host, kStreamWeight, 0, 4));
    b.host.send(weights.data(), 4);
    recover(b.host, b.job, kStopData);
  }
  for (const std::int32_t bias : {kBiasMax + 1, kBiasMin - 1}) {
    Bench b(20);
    std::vector<std::int32_t> biases(16, kBiasMin);
    biases[bias < 0 ? 6 : 7] = bias;
    REQUIRE(open(b.host, kStreamBias, 0, 4));
    b.host.send(biases.data(), 4);
    recover(b.host, b.job, kStopData);
  }
  {
    Bench b(21);
    std::vector<Code> beats = b.job.beats;
    beats[40] = 600;
    start(b.host, b.job);
    b.host.send(beats.data(), b.job.sample_beats());
    recover(b.host, b.job, kStopData);
  }
}

TEST_CASE("each bit of a beat beside its instruction must be 0") {
  AxiHost host(32, 0);
  for (int n = 0; n < 64; ++n) {
    CAPTURE(n);
    const std::uint64_t beat[2] = {0, std::uint64_t{1} << n};
    REQUIRE(open(host, kStreamProgram, 0, 1));
    host.send(beat, 1);
    wait(host, kStatusErrorLsb, 1);
    CHECK((host.read(kRegError) & 0xFF) == kStopData);
    CHECK(host.write(kRegControl, kReset));
    wait(host, kStatusScalingLsb, 0);
  }
  CHECK(host.complaint() == "");
}

TEST_CASE("beats wait while no transfer is open") {
  AxiHost host(31, 0);
  const std::vector<Code> weights(4 * kCols, Code{5});
  host.send(weights.data(), 4);
  for (int i = 0; i < 100; ++i) host.tick();
  CHECK(host.unsent() == 4);
  REQUIRE(open(host, kStreamWeight, 0, 4));
  wait(host, kStatusOpenLsb, 0);
  CHECK(host.unsent() == 0);
  CHECK(host.read(kRegLoadCount) == 4);
  CHECK(status(host, kStatusErrorLsb) == 0);
  CHECK(host.complaint() == "");
}

TEST_CASE("a run whose samples end early or go on too long is stopped") {
  {  // TLAST before the beats that were announced
    Bench b(22);
    start(b.host, b.job);
    b.host.send(b.job.beats.data(), b.job.sample_beats() - 1);
    wait(b.host, kStatusErrorLsb, 1);
    recover(b.host, b.job, kStopEarly);
  }
  {  // as announced, but too few for the run
    Bench b(23);
    REQUIRE(b.host.write(kRegSamples, b.job.rounds));
    const auto beats = static_cast<std::uint32_t>(b.job.sample_beats() - 1);
    REQUIRE(open(b.host, kStreamSample, 0, beats, kStart));
    b.host.clear_results();
    b.host.send(b.job.beats.data(), beats);
    wait(b.host, kStatusErrorLsb, 1);
    recover(b.host, b.job, kStopEarly);
  }
  {  // more than the run takes
    Bench b(24);
    REQUIRE(b.host.write(kRegSamples, b.job.rounds - 1));
    const auto beats = static_cast<std::uint32_t>(b.job.sample_beats());
    REQUIRE(open(b.host, kStreamSample, 0, beats, kStart));
    b.host.clear_results();
    b.host.send(b.job.beats.data(), beats);
    wait(b.host, kStatusErrorLsb, 1);
    recover(b.host, b.job, kStopLate);
  }
}

TEST_CASE("a run does not end before what it receives is there") {
  Bench b(29);
  const std::vector<Instruction> receives = {make_receive(0, 3, false), make_halt()};
  load(b.host, kStreamProgram, program_beats(receives).data(), receives.size());
  REQUIRE(b.host.write(kRegSamples, 1));
  REQUIRE(open(b.host, kStreamSample, 0, 3, kStart));
  b.host.send(b.job.beats.data(), 2, true);
  for (int i = 0; i < 300; ++i) b.host.tick();
  CHECK(status(b.host, kStatusBusyLsb) == 1);
  b.host.send(b.job.beats.data(), 1);
  wait(b.host, kStatusDoneLsb, 1);
  CHECK(status(b.host, kStatusErrorLsb) == 0);
  CHECK(b.host.complaint() == "");
}

TEST_CASE("the machine's own errors arrive with their code and program word") {
  // Local word 200 of 128; its address' low bits are a word that is there.
  LayerFields past;
  past.weight_base = 128 + 72;
  past.weight_local = true;
  past.target = 1;
  const struct {
    std::size_t word;
    Instruction instruction;
    std::uint32_t code;
  } cases[] = {
      {2, Instruction{0xF} << 60, kErrOpcode},
      {0, make_set_mode(3), kErrField},
      {1, make_load_weights(kWeightDepth - 1, 0, 2), kErrField},
      {3, make_layer(past), kErrField},
  };
  for (const auto& c : cases) {
    Bench b(25);
    std::vector<Instruction> bad = b.job.program.instructions;
    bad[c.word] = c.instruction;
    load(b.host, kStreamProgram, program_beats(bad).data(), bad.size());
    start(b.host, b.job);
    b.host.send(b.job.beats.data(), b.job.sample_beats());
    recover(b.host, b.job, c.code, static_cast<std::uint32_t>(c.word));
  }
  // A layer that runs past the end of its weights, while what follows is already carried out.
  for (const bool local : {false, true}) {
    Bench b(27);
    CAPTURE(local);
    LayerFields f;
    f.in = 3;
    f.out_tiles = 3;
    f.weight_local = local;
    f.weight_base = (local ? kLocalDepth : kWeightDepth) - 6;
    f.target = 1;
    const std::vector<Instruction> bad = {
        make_set_mode(kModeM1),    make_receive(0, 3, false), make_layer(f),
        make_receive(2, 1, false), make_receive(3, 1, false), make_halt()};
    load(b.host, kStreamProgram, program_beats(bad).data(), bad.size());
    start(b.host, b.job);
    b.host.send(b.job.beats.data(), b.job.sample_beats());
    recover(b.host, b.job, kErrField, 2);
  }
  // The same far into the program: each bit of the place, set and not.
  for (const std::size_t word : {21, 42}) {
    Bench b(28);
    CAPTURE(word);
    std::vector<Instruction> bad(word, make_set_mode(kModeM1));
    bad.push_back(make_layer({.in = 3, .out_tiles = 3, .weight_base = kWeightDepth - 6, .target = 1}));
    bad.push_back(make_receive(2, 1, false));
    bad.push_back(make_halt());
    load(b.host, kStreamProgram, program_beats(bad).data(), bad.size());
    start(b.host, b.job);
    b.host.send(b.job.beats.data(), b.job.sample_beats());
    recover(b.host, b.job, kErrField, static_cast<std::uint32_t>(word));
  }
  Bench b(26);
  const std::vector<Instruction> endless(kProgDepth, make_set_mode(kModeM1));
  load(b.host, kStreamProgram, program_beats(endless).data(), endless.size());
  start(b.host, b.job);
  b.host.send(b.job.beats.data(), b.job.sample_beats());
  recover(b.host, b.job, kErrEnd, kProgDepth - 1);
}

TEST_CASE("a soft reset at any moment ends the packets and keeps the memories") {
  for (unsigned when = 0; when < 120; when += 7) {
    Bench b(30 + when, when % 3 * 30);
    CAPTURE(when);
    start(b.host, b.job);
    b.host.send(b.job.beats.data(), b.job.sample_beats());
    for (unsigned i = 0; i < when; ++i) b.host.tick();
    CHECK(b.host.write(kRegControl, kReset));
    wait(b.host, kStatusDrainingLsb, 0);
    CHECK(b.host.unsent() == 0);
    wait(b.host, kStatusResultLsb, 0);
    wait(b.host, kStatusScalingLsb, 0);
    for (int i = 0; i < 50; ++i) b.host.tick();
    if (!b.host.results().empty()) {
      CHECK(b.host.results().back().last);
      CHECK(b.host.results().back().user == (b.host.results().size() <= b.job.result_beats() &&
                                             b.host.read(kRegResults) < b.job.result_beats()));
    }
    run(b.host, b.job);
    CHECK(b.host.complaint() == "");
  }
}

TEST_CASE("clock and voltage follow mode and level by handshakes only, across errors and resets") {
  // An error at M2 and level 3: both go back before anything runs again, by a handshake.
  {
    Bench b(50);
    std::vector<Instruction> bad = {make_set_mode(kModeM2, 3), Instruction{0xF} << 60};
    load(b.host, kStreamProgram, program_beats(bad).data(), bad.size());
    start(b.host, b.job);
    b.host.send(b.job.beats.data(), b.job.sample_beats());
    wait(b.host, kStatusErrorLsb, 1);
    CHECK(b.host.read(kRegError) >> kErrorPcLsb == 1);
    recover(b.host, b.job, kErrOpcode);
  }
  // A soft reset at any moment of a slow handshake, and then a run in another mode.
  for (unsigned when = 0; when < 60; ++when) {
    CAPTURE(when);
    Bench b(51 + 3 * when, 0);  // of M0
    Job rough = make_job(9, {20, 24, 3}, 6, kModeM2);
    REQUIRE(rough.program.instructions[0] == make_set_mode(kModeM2, 1));
    b.host.settle_slowly(95);
    load(b.host, rough);
    start(b.host, rough);
    b.host.send(rough.beats.data(), rough.sample_beats());
    for (unsigned i = 0; i < when; ++i) b.host.tick();
    CHECK(b.host.write(kRegControl, kReset));
    wait(b.host, kStatusDrainingLsb, 0);
    wait(b.host, kStatusScalingLsb, 0);
    CHECK(b.host.settled() == std::pair(int{kModeM0}, 0));
    const Job next = make_job(when, {20, 24, 3}, 6, kModeM1);
    load(b.host, next);
    run(b.host, next);
    CHECK(b.host.settled() == std::pair(int{kModeM1}, static_cast<int>(when % 4)));
    CHECK(b.host.complaint() == "");
  }
}

TEST_CASE("nothing starts or opens while clock and voltage go back after a soft reset") {
  for (const bool opens : {false, true}) {
    Bench b(61, 0);
    const Job rough = make_job(9, {20, 24, 3}, 6, kModeM2);
    load(b.host, rough);
    run(b.host, rough);
    CHECK(b.host.write(kRegIrqStatus, bit(kIrqDoneLsb)));
    b.host.settle_slowly(99);
    CHECK(b.host.write(kRegControl, kReset));
    CHECK(status(b.host, kStatusScalingLsb) == 1);
    const bool taken =
        opens ? open(b.host, kStreamWeight, 0, 1) : b.host.write(kRegControl, kStart);
    CHECK_FALSE(taken);
    b.host.settle_slowly(0);
    recover(b.host, b.job, kStopBusy);
  }
}

TEST_CASE("a beat of which bytes are missing stops the machine") {
  for (const unsigned keep : {0x00FFu, 0x7FFFu, 0xFFFEu, 0u}) {
    Bench b(62);
    REQUIRE(open(b.host, kStreamWeight, 0, 2));
    b.host.send(b.job.program.weights.data(), 2);
    b.host.keep_of_last(keep);
    recover(b.host, b.job, kStopData);
  }
}

TEST_CASE("a host that sends all samples before it takes a result may have OutDepth results waiting") {
  // One beat of results a sample; a round of the throughput mapping is two batches of eight samples.
  for (const Mapping mapping : {Mapping::kLatency, Mapping::kPipelined, Mapping::kThroughput}) {
    const std::vector<int> sizes = {20, mapping == Mapping::kThroughput ? 500 : 24, 3};
    const Job one = make_job(85, sizes, 1, kModeM0, mapping);
    const auto most = static_cast<std::uint32_t>(kOutDepth / one.result_beats());
    CAPTURE(mapping_name(mapping), one.result_beats());
    REQUIRE(most >= 1);
    const Job fits = make_job(85, sizes, most, kModeM0, mapping);
    const Job more = make_job(85, sizes, 8 * most, kModeM0, mapping);
    AxiHost host(85, 10);
    host.accept_results(false);
    load(host, fits);
    start(host, fits);
    host.send(fits.beats.data(), fits.sample_beats());
    for (int i = 0; i < 20000 && host.unsent() > 0; ++i) host.tick();
    CHECK(host.unsent() == 0);
    host.accept_results(true);
    wait(host, kStatusDoneLsb, 1);
    check_results(host, fits);
    // With more the input stops: a host that waits for its end waits for ever.
    host.accept_results(false);
    load(host, more);
    start(host, more);
    host.send(more.beats.data(), more.sample_beats());
    for (int i = 0; i < 20000; ++i) host.tick();
    CHECK(host.unsent() > 0);
    host.accept_results(true);
    wait(host, kStatusDoneLsb, 1);
    check_results(host, more);
    CHECK(host.complaint() == "");
  }
}

TEST_CASE("the example driver loads a network, runs it, and reports and mends an error") {
  struct Board {
    AxiHost host{40, 25};
    char* target = nullptr;
  } board;
  const axnn_bus bus = {
      &board,
      [](void* b, std::uint32_t address) {
        return static_cast<Board*>(b)->host.read(static_cast<int>(address));
      },
      [](void* b, std::uint32_t address, std::uint32_t value) {
        return static_cast<Board*>(b)->host.write(static_cast<int>(address), value) ? 0 : 1;
      },
      [](void* b, const void* bytes, std::size_t beats) {
        static_cast<Board*>(b)->host.send(bytes, beats);
      },
      [](void* b, void* bytes, std::size_t) {
        static_cast<Board*>(b)->host.clear_results();
        static_cast<Board*>(b)->target = static_cast<char*>(bytes);
      },
  };
  const Job job = make_job(40, {33, 20, 12}, 5, 1);
  const auto load_all = [&] {
    const Program& p = job.program;
    return axnn_load_program(&bus, p.instructions.data(), p.instructions.size()) == AXNN_OK &&
           axnn_load_weights(&bus, p.weights.data(), p.weights.size() / kCols) == AXNN_OK &&
           axnn_load_biases(&bus, p.biases.data(), p.biases.size() / kRows) == AXNN_OK;
  };
  std::vector<std::int32_t> results(job.result_beats() * kRows);
  const auto finish = [&](std::uint32_t samples) {
    REQUIRE(axnn_start(&bus, samples, job.beats.data(), job.sample_beats(), results.data(),
                       job.result_beats()) == AXNN_OK);
    axnn_state state = AXNN_BUSY;
    for (int i = 0; i < 10000 && state == AXNN_BUSY; ++i) state = axnn_poll(&bus);
    return state;
  };
  REQUIRE(axnn_probe(&bus) == AXNN_OK);
  REQUIRE(load_all());
  REQUIRE(finish(job.rounds) == AXNN_OK);
  check_results(board.host, job);

  REQUIRE(finish(job.rounds + 1) == AXNN_STOPPED);  // one sample more than are sent
  unsigned word = 0;
  CHECK(axnn_error(&bus, &word) == kStopEarly);
  CHECK(word < job.program.instructions.size());
  CHECK(axnn_reset(&bus, 0) == AXNN_OK);
  REQUIRE(finish(job.rounds) == AXNN_OK);
  check_results(board.host, job);
  CHECK(board.host.complaint() == "");
}
