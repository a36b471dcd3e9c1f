#include "axnn_host.h"

#include "axnn_axi_pkg_c.h" /* made from rtl/host/axnn_axi_pkg.sv */

enum { MAX_INSTRUCTIONS = 64 };

static uint32_t field(uint32_t value, int lsb, int width) {
  return (value >> lsb) & ((1u << width) - 1u);
}

static int status(const axnn_bus* bus, int bit) {
  return (int)field(bus->read(bus->board, AXNN_REG_STATUS), bit, 1);
}

axnn_state axnn_probe(const axnn_bus* bus) {
  if (bus->read(bus->board, AXNN_REG_ID) != AXNN_ID_VALUE) return AXNN_WRONG;
  const uint32_t version = bus->read(bus->board, AXNN_REG_VERSION);
  if (field(version, AXNN_VERSION_MAJOR_LSB, AXNN_VERSION_MAJOR_W) != AXNN_VERSION_MAJOR) {
    return AXNN_WRONG;
  }
  const uint32_t array = bus->read(bus->board, AXNN_REG_ARRAY);
  const int same = field(array, AXNN_ARRAY_ROWS_LSB, AXNN_ARRAY_ROWS_W) == AXNN_LANES &&
                   field(array, AXNN_ARRAY_COLS_LSB, AXNN_ARRAY_COLS_W) == AXNN_LANES;
  return same ? AXNN_OK : AXNN_WRONG;
}

/* Describes a transfer and opens it; `commands` go with it. */
static axnn_state open_transfer(const axnn_bus* bus, uint32_t target, size_t beats,
                                uint32_t commands) {
  if (bus->write(bus->board, AXNN_REG_LOAD_TARGET, target) ||
      bus->write(bus->board, AXNN_REG_LOAD_ADDR, 0) ||
      bus->write(bus->board, AXNN_REG_LOAD_BEATS, (uint32_t)beats) ||
      bus->write(bus->board, AXNN_REG_CONTROL, (1u << AXNN_CONTROL_OPEN_LSB) | commands)) {
    return AXNN_STOPPED;
  }
  return AXNN_OK;
}

static axnn_state load(const axnn_bus* bus, uint32_t target, const void* bytes, size_t beats) {
  if (open_transfer(bus, target, beats, 0) != AXNN_OK) return AXNN_STOPPED;
  bus->send(bus->board, bytes, beats);
  while (status(bus, AXNN_STATUS_OPEN_LSB)) {
  }
  return status(bus, AXNN_STATUS_ERROR_LSB) ? AXNN_STOPPED : AXNN_OK;
}

axnn_state axnn_load_program(const axnn_bus* bus, const uint64_t* instructions, size_t count) {
  uint64_t beats[2 * MAX_INSTRUCTIONS];
  if (count > MAX_INSTRUCTIONS) return AXNN_WRONG;
  for (size_t i = 0; i < count; ++i) {
    beats[2 * i] = instructions[i];
    beats[2 * i + 1] = 0;
  }
  return load(bus, AXNN_STREAM_PROGRAM, beats, count);
}

axnn_state axnn_load_weights(const axnn_bus* bus, const int16_t* codes, size_t rows) {
  return load(bus, AXNN_STREAM_WEIGHT, codes, rows);
}

axnn_state axnn_load_biases(const axnn_bus* bus, const int32_t* biases, size_t words) {
  return load(bus, AXNN_STREAM_BIAS, biases, 2 * words);
}

axnn_state axnn_start(const axnn_bus* bus, uint32_t samples, const int16_t* codes, size_t beats,
                      int32_t* results, size_t result_beats) {
  bus->receive(bus->board, results, result_beats);
  if (bus->write(bus->board, AXNN_REG_SAMPLES, samples)) return AXNN_STOPPED;
  const axnn_state opened =
      open_transfer(bus, AXNN_STREAM_SAMPLE, beats, 1u << AXNN_CONTROL_START_LSB);
  if (opened == AXNN_OK) bus->send(bus->board, codes, beats);
  return opened;
}

axnn_state axnn_poll(const axnn_bus* bus) {
  const uint32_t now = bus->read(bus->board, AXNN_REG_STATUS);
  if (field(now, AXNN_STATUS_ERROR_LSB, 1)) return AXNN_STOPPED;
  return field(now, AXNN_STATUS_BUSY_LSB, 1) ? AXNN_BUSY : AXNN_OK;
}

unsigned axnn_error(const axnn_bus* bus, unsigned* word) {
  const uint32_t error = bus->read(bus->board, AXNN_REG_ERROR);
  if (word) *word = field(error, AXNN_ERROR_PC_LSB, AXNN_ERROR_PC_W);
  return field(error, AXNN_ERROR_CODE_LSB, AXNN_ERROR_CODE_W);
}

axnn_state axnn_reset(const axnn_bus* bus, int sender_dead) {
  const uint32_t abandon = sender_dead ? 1u << AXNN_CONTROL_ABANDON_LSB : 0;
  bus->write(bus->board, AXNN_REG_CONTROL, (1u << AXNN_CONTROL_RESET_LSB) | abandon);
  /* Clock and voltage go back by a handshake; nothing starts or opens before. */
  while (status(bus, AXNN_STATUS_SCALING_LSB)) {
  }
  return status(bus, AXNN_STATUS_DRAINING_LSB) ? AXNN_BUSY : AXNN_OK;
}
