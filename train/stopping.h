// How long to train, judged on rows that do not train: early stopping to find the number of epochs,
// then a training of all rows for as long (Goodfellow, Bengio, Courville, "Deep Learning", 2016,
// Algorithm 7.2). A trial is a whole training whose learning rate falls to 0, as that of the final
// one does: along a half cosine a network between two epochs says little of what it ends as. Trials
// double in length, as the periods of SGDR do (Loshchilov and Hutter, 2017).
#pragma once

#include <functional>
#include <vector>

namespace axnn {

struct StoppingOptions {
  int folds = 0;  ///< validation parts a length is judged on; 0: the epochs are those given
};

/// Shortest trial: the most epochs, halved this often and rounded up.
inline constexpr int kStoppingHalvings = 4;

/// Lengths that are tried, ascending, no two alike; the last is `most` (at least 1).
std::vector<int> trial_epochs(int most);

/// Tries them until one is no better than the best before it; the best. `score` is called once a
/// length, less is better.
int choose_epochs(int most, const std::function<double(int epochs)>& score);

}  // namespace axnn
