/* How a host uses the accelerator behind its AXI ports (rtl/host/axnn_axi.sv, docs/registers.md): an
 * example to start a driver from, in plain C99. It needs four functions of the platform and keeps
 * no state of its own. Arrays go to the streams as they lie in a little-endian host's memory.
 *
 *   axnn_bus bus = {&board, read_register, write_register, send, receive};
 *   if (axnn_probe(&bus) != AXNN_OK) ...
 *   axnn_load_program(&bus, words, count);
 *   axnn_load_weights(&bus, codes, rows);
 *   axnn_load_biases(&bus, biases, bias_words);
 *   axnn_start(&bus, samples, codes, beats, results, result_beats);
 *   while ((state = axnn_poll(&bus)) == AXNN_BUSY) { }     or wait for the interrupt
 */
#ifndef AXNN_HOST_H
#define AXNN_HOST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { AXNN_LANES = 8 }; /* rows and columns of the array, activations and results of a beat */

/* The platform. `board` is handed back to every function. */
typedef struct {
  void* board;
  uint32_t (*read)(void* board, uint32_t address);
  /* Returns 0, or not 0 if the slave answered with an error. */
  int (*write)(void* board, uint32_t address, uint32_t value);
  /* Starts sending a packet of 16-byte beats, TLAST with the last one; the bytes stay untouched
   * until it is sent. Does not wait for it. */
  void (*send)(void* board, const void* bytes, size_t beats);
  /* Starts receiving a packet of at most that many 32-byte beats. Does not wait for it. */
  void (*receive)(void* board, void* bytes, size_t beats);
} axnn_bus;

typedef enum {
  AXNN_OK = 0,
  AXNN_BUSY,    /* a run is under way */
  AXNN_WRONG,   /* there is no accelerator, or another one */
  AXNN_STOPPED  /* it stopped; axnn_error says why, axnn_reset mends it */
} axnn_state;

/* Is there an accelerator of this major version and array? */
axnn_state axnn_probe(const axnn_bus* bus);

/* Loads a memory from word 0 on: instructions; weight rows (AXNN_LANES codes each); bias words
 * (AXNN_LANES biases each). Waits until all is taken. At most 64 instructions. */
axnn_state axnn_load_program(const axnn_bus* bus, const uint64_t* instructions, size_t count);
axnn_state axnn_load_weights(const axnn_bus* bus, const int16_t* codes, size_t rows);
axnn_state axnn_load_biases(const axnn_bus* bus, const int32_t* biases, size_t words);

/* Starts a run: `beats` neuron words of AXNN_LANES codes, the samples one after the other, each
 * padded to whole words. Results arrive in `results`, AXNN_LANES of a beat. Their receipt is set up
 * before the first sample goes: a sender of more samples than there is room for results (two tiles
 * of AXNN_LANES beats) waits until results are taken. A platform whose send() or receive() does
 * wait can run no more than that at once. */
axnn_state axnn_start(const axnn_bus* bus, uint32_t samples, const int16_t* codes, size_t beats,
                      int32_t* results, size_t result_beats);

/* AXNN_BUSY, then AXNN_OK when all results were taken, or AXNN_STOPPED. */
axnn_state axnn_poll(const axnn_bus* bus);

/* Code of the error (docs/registers.md), 0 if there is none, and the program word it was at. */
unsigned axnn_error(const axnn_bus* bus, unsigned* word);

/* Ends run and transfers and clears an error; the memories keep what they hold. `sender_dead`: a
 * packet that had begun will never be finished. Returns AXNN_BUSY while such a packet's rest is
 * still being discarded; poll RegStatus before the next load or run. */
axnn_state axnn_reset(const axnn_bus* bus, int sender_dead);

#ifdef __cplusplus
}
#endif
#endif
