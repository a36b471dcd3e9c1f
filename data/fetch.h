// Downloads MNIST, which is not part of the program (its licence differs).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace axnn {

/// Addresses under which the four files are known to be, to be tried in this order.
std::vector<std::string> mnist_mirrors();

/// Downloads the four files into `folder` (made if missing) with the system's `curl`; files that
/// are there already and right are kept. Every file's SHA-256 must be the known one, and they
/// appear all or not at all. Throws Error if curl is missing or no mirror delivers.
void fetch_mnist(const std::filesystem::path& folder, const std::vector<std::string>& mirrors);

}  // namespace axnn
