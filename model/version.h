// The version of axnn, as in CHANGELOG.md and CMakeLists.txt.
#pragma once

namespace axnn {

inline constexpr const char* kVersion = AXNN_VERSION;

}  // namespace axnn
