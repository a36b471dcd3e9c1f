// The model file (extension .axnn): one file that holds a Model exactly and says so.
//
//   "AXNNMODEL 2\n"                      magic and format version
//   8 bytes, little-endian               length of the header
//   header                               JSON: shapes, exponents, scaling, classes, the table's
//                                        columns, provenance, and how weights must be stored if the
//                                        training had them so
//   blobs, little-endian                 per layer: float32 weights, float32 bias, int16 codes,
//                                        int32 bias codes
//   64 bytes                             SHA-256 of all bytes before, in hexadecimal
//
// Format 1 says nothing of the columns, or their names alone; it is still read.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "model/model.h"

namespace axnn {

/// The file's bytes; the same model gives the same bytes. Throws Error if a name is not UTF-8.
std::string encode_model(const Model& model);

/// Reads them back exactly. Throws Error for a truncated, altered or inconsistent file; `where`
/// names the file in the message.
Model decode_model(std::string_view bytes, const std::string& where);

/// Writes the file whole or not at all (a temporary file, then a rename). Throws Error.
void save_model(const Model& model, const std::filesystem::path& path);

/// Throws Error as decode_model, or if the file cannot be read.
Model load_model(const std::filesystem::path& path);

}  // namespace axnn
