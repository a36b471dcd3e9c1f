// Energy, leakage and access time of SRAM macros, interpolated from a table of CACTI figures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace axnn {

/// One memory, at the table's nominal voltage.
struct MemoryFigures {
  double read_pj = 0;   ///< a read access of one word
  double write_pj = 0;  ///< a write access of one word
  double leakage_mw = 0;
  double access_ns = 0;
  double area_um2 = 0;
};

/// Figures over capacity and word width for one kind of cell and periphery.
class MemoryTable {
 public:
  /// Reads the CSV (constraints/tech/sram_65nm.csv) and keeps the rows of that cell and periphery
  /// type. Throws Error: a missing column, a field that is no positive number, no such rows.
  MemoryTable(const std::filesystem::path& csv, const std::string& cell,
              const std::string& periphery);

  /// Figures of words x bits. Each figure is interpolated linearly in log figure over log width
  /// and then log capacity; outside the table the nearest segment is continued, since a small
  /// memory is not as costly as the table's smallest. words and bits must be positive.
  MemoryFigures at(int words, int bits) const;

 private:
  struct Row {
    double bits;
    MemoryFigures figures;
  };
  struct Capacity {
    double bytes;
    std::vector<Row> rows;  // by rising width
  };
  std::vector<Capacity> capacities_;  // rising
};

}  // namespace axnn
