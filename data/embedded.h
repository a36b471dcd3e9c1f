// The data sets and recipes that are part of the program: bytes of files beside this header.
// Licence, source and contents of each: data/README.md.
#pragma once

#include <span>
#include <string_view>

namespace axnn {

struct EmbeddedFile {
  std::string_view name;   ///< of the data set, e.g. "breast"
  std::string_view title;  ///< as its creators call it
  std::string_view
      csv;  ///< one sample a line, class last; below a header line if `label` names one
  std::string_view label;  ///< name of the label column, or empty: the last column
  int official_train = 0;  ///< > 0: the set comes split, its first rows are for training
};

/// All of them, the paper's first and in its order.
std::span<const EmbeddedFile> embedded_files();

/// recipes.toml, how each data set is trained; train/recipe_file.h reads it.
std::string_view embedded_recipes();

}  // namespace axnn
