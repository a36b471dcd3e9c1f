#include "sim/weight_reads.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace axnn {
namespace {

thread_local WeightReads* reads_of_thread = nullptr;
thread_local const std::uint32_t* flips_of_thread = nullptr;  // of the last read

// Bits of a memory's word: a PE's memory holds one weight a word, a macro of the buffer a row's.
int word_bits(int memory) { return memory < kPes ? kDataW : kWeightRowW; }

// The indices in a hierarchical name, e.g. {3, 5} for "top.u_array.g_row[3].g_col[5].u_pe".
std::vector<int> indices(std::string_view path) {
  std::vector<int> found;
  for (std::size_t at = path.find('['); at != path.npos; at = path.find('[', at + 1)) {
    found.push_back(std::atoi(path.data() + at + 1));
  }
  return found;
}

}  // namespace

void WeightReads::load(int words) {
  words_ = words;
  masks_.clear();
  reads_.clear();
  if (!storage_.faults) return;
  const bool local = words <= kLocalDepth;
  const std::size_t cells = std::size_t(kWeightMemories) * std::size_t(words);
  if (storage_.faults->kind() == FaultKind::kTransient) {
    reads_.resize(cells);
    return;
  }
  masks_.resize(cells * kMaskWords);
  for (int memory = local ? 0 : kPes; memory < (local ? kPes : kWeightMemories); ++memory) {
    for (int a = 0; a < words; ++a) {
      draw(memory, a, 0,
           &masks_[(std::size_t(memory) * std::size_t(words) + std::size_t(a)) * kMaskWords]);
    }
  }
}

void WeightReads::draw(int memory, int address, std::uint32_t read, std::uint32_t* out) const {
  for (int w = 0; w < kMaskWords; ++w) {
    const int count = std::min(word_bits(memory) - 32 * w, 32);
    out[w] = count > 0 ? storage_.faults->mask(memory, address, 32 * w, count, read) : 0;
  }
}

const std::uint32_t* WeightReads::flips(int memory, int address) {
  const bool local = words_ <= kLocalDepth;
  if (address >= words_ || local != (memory < kPes)) {
    std::ranges::fill(mask_, 0u);
    return mask_;
  }
  const std::size_t cell = std::size_t(memory) * std::size_t(words_) + std::size_t(address);
  if (storage_.faults->kind() == FaultKind::kPersistent) return &masks_[cell * kMaskWords];
  draw(memory, address, reads_[cell]++, mask_);
  return mask_;
}

WeightReadScope::WeightReadScope(WeightReads* reads) : outer_(reads_of_thread) {
  reads_of_thread = reads;
}

WeightReadScope::~WeightReadScope() { reads_of_thread = outer_; }

}  // namespace axnn

// Called by the Verilated design; see rtl/tech/faults/axnn_weight_flips.sv and rtl/array/axnn_weight_decode.sv.
extern "C" {

/// The number (weight_layout.h) of the weight memory with this hierarchical name, in which its
/// generate loops leave {row, column} of a PE or {row} of the buffer; -1 if nothing flips.
int axnn_weight_memory(const char* path) {
  const axnn::WeightReads* reads = axnn::reads_of_thread;
  if (reads == nullptr || !reads->storage().faults) return -1;
  const std::vector<int> at = axnn::indices(path);
  if (at.size() == 2) return at[0] * axnn::kCols + at[1];
  if (at.size() == 1) return axnn::kPes + at[0];
  std::abort();  // the hierarchy changed and this function did not
}

/// A word is being read: counts the read, and says what axnn_weight_flips speaks of.
void axnn_weight_read(int memory, int address) {
  axnn::flips_of_thread = axnn::reads_of_thread->flips(memory, address);
}

/// Flips of bits 32 * part and up of that word.
int axnn_weight_flips(int part) { return static_cast<int>(axnn::flips_of_thread[part]); }

/// The WeightFormat of this run.
int axnn_weight_format() {
  const axnn::WeightReads* reads = axnn::reads_of_thread;
  return reads == nullptr ? axnn::kFormatTwosComplement : static_cast<int>(reads->storage().format);
}
}
