#include "synth/memory_stubs.h"

#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/error.h"
#include "model/file_io.h"
#include "synth/memory_table.h"

namespace axnn {
namespace {

constexpr double kSetupShare = 0.1;  // of the access time
constexpr double kTransitionNs = 0.1;

std::string constraint(const char* type, double ns) {
  return fmt::format(
      " timing() {{ related_pin : \"clk_i\"; timing_type : {}; rise_constraint(scalar) {{ "
      "values(\"{:.4f}\"); }} fall_constraint(scalar) {{ values(\"{:.4f}\"); }} }}",
      type, ns, ns);
}

}  // namespace

std::vector<SramShape> read_sram_shapes(const std::filesystem::path& file) {
  std::istringstream in(read_file(file, 1 << 20));
  std::vector<SramShape> shapes;
  SramShape s;
  while (in >> s.depth >> s.width >> s.lanes) {
    if (s.depth < 1 || s.width < 1 || s.lanes < 1 || s.width % s.lanes != 0) {
      throw Error(fmt::format("a memory of {} x {} bits in {} lanes", s.depth, s.width, s.lanes),
                  file.string());
    }
    shapes.push_back(s);
  }
  if (!in.eof()) throw Error("not a list of memory shapes", file.string());
  return shapes;
}

SramTiming sram_timing(const std::filesystem::path& source, const std::string& library) {
  const std::filesystem::path file = source / "constraints/tech/scaling.json";
  try {
    const auto json = nlohmann::json::parse(read_file(file, 1 << 20)).at("sram");
    SramTiming timing;
    timing.table = source / "constraints/tech" / json.at("file").get<std::string>();
    timing.cell = json.at("cell");
    timing.periphery = json.at("periphery");
    const auto& factors = json.at("gate_ns_per_ns");
    timing.gate_ns_per_ns = factors.value(library, 1.0);
    return timing;
  } catch (const nlohmann::json::exception& e) {
    throw Error("not a scaling table", file.string(), e.what());
  }
}

std::string sram_stubs(const std::vector<SramShape>& shapes, const SramTiming& timing) {
  const MemoryTable table(timing.table, timing.cell, timing.periphery);
  std::string lib =
      "library(axnn_memories) {\n  delay_model : table_lookup;\n  time_unit : \"1ns\";\n"
      "  voltage_unit : \"1V\";\n  current_unit : \"1mA\";\n"
      "  capacitive_load_unit(1, pf);\n  pulling_resistance_unit : \"1kohm\";\n"
      "  nom_process : 1; nom_temperature : 25; nom_voltage : 1.8;\n"
      "  input_threshold_pct_rise : 50; input_threshold_pct_fall : 50;\n"
      "  output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;\n"
      "  slew_lower_threshold_pct_rise : 20; slew_lower_threshold_pct_fall : 20;\n"
      "  slew_upper_threshold_pct_rise : 80; slew_upper_threshold_pct_fall : 80;\n";
  const auto out = std::back_inserter(lib);
  for (const SramShape& s : shapes) {
    const double access = table.at(s.depth, s.width).access_ns * timing.gate_ns_per_ns;
    int address = 0;
    while ((1 << address) < s.depth) ++address;
    fmt::format_to(out, "  cell(axnn_sram_{}x{}x{}) {{\n    area : 0;\n", s.depth, s.width,
                   s.lanes);
    fmt::format_to(out,
                   "    pin(clk_i) {{ direction : input; clock : true; capacitance : 0.01; }}\n");
    const std::string checks =
        constraint("setup_rising", kSetupShare * access) + constraint("hold_rising", 0);
    const auto input = [&](const std::string& pin) {
      fmt::format_to(out, "    pin({}) {{ direction : input; capacitance : 0.01;{} }}\n", pin,
                     checks);
    };
    fmt::format_to(out, "    pin(scan_mode_i) {{ direction : input; capacitance : 0.01; }}\n");
    input("en_i");
    for (int b = 0; b < s.lanes; ++b) input(fmt::format("we_i_{}", b));
    for (int b = 0; b < address; ++b) input(fmt::format("addr_i_{}", b));
    for (int b = 0; b < s.width; ++b) input(fmt::format("wdata_i_{}", b));
    for (int b = 0; b < s.width; ++b) {
      fmt::format_to(
          out,
          "    pin(rdata_o_{}) {{ direction : output; timing() {{ related_pin : "
          "\"clk_i\"; timing_type : rising_edge; cell_rise(scalar) {{ values(\"{:.4f}\"); "
          "}} cell_fall(scalar) {{ values(\"{:.4f}\"); }} rise_transition(scalar) {{ "
          "values(\"{}\"); }} fall_transition(scalar) {{ values(\"{}\"); }} }} }}\n",
          b, access, access, kTransitionNs, kTransitionNs);
    }
    lib += "  }\n";
  }
  return lib + "}\n";
}

}  // namespace axnn
