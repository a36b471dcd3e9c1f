// SHA-256 of a byte string, as 64 lower-case hexadecimal digits (OpenSSL).
#pragma once

#include <string>
#include <string_view>

namespace axnn {

std::string sha256(std::string_view bytes);

}  // namespace axnn
