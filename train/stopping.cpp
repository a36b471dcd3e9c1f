#include "train/stopping.h"

#include <limits>

namespace axnn {

std::vector<int> trial_epochs(int most) {
  std::vector<int> lengths;
  for (int halvings = kStoppingHalvings; halvings >= 0; --halvings) {
    const int divisor = 1 << halvings;
    const int epochs = (most + divisor - 1) / divisor;
    if (lengths.empty() || epochs > lengths.back()) lengths.push_back(epochs);
  }
  return lengths;
}

int choose_epochs(int most, const std::function<double(int epochs)>& score) {
  int best = most;
  double least = std::numeric_limits<double>::infinity();
  for (const int epochs : trial_epochs(most)) {
    const double found = score(epochs);
    if (!(found < least)) break;
    least = found;
    best = epochs;
  }
  return best;
}

}  // namespace axnn
