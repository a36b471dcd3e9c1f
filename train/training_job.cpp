#include "train/training_job.h"

#include "model/lut.h"
#include "model/model_file.h"
#include "model/sha256.h"
#include "model/version.h"
#include "train/recipe_file.h"
#include "trainer_digest.h"

namespace axnn {

Json training_json(const TrainingJob& job, const Dataset& data) {
  Json tables = Json::array();
  for (const Multiplier& m : job.recipe.ax.modes) {
    if (m.table) tables.push_back(sha256(encode_table(*m.table)));
  }
  Json json = {{"axnn", kVersion},
          {"trainer", kTrainerDigest},
          {"word", kDataW},
          {"data", data.sha256},
          {"label", data.table.label},
          {"header", header_name(data.table.header)},
          {"drop", data.table.drop},
          {"text", data.table.text},
          {"missing", missing_name(data.table.missing)},
          {"test", !data.table.test.empty()},
          {"features", data.feature_names},
          {"classes", data.classes},
          {"rows", data.rows()},
          {"seed", job.seed},
          {"split", job.split},
          {"held_out", job.recipe.judged_on == JudgedOn::kValidation},
          {"tables", tables},
          {"recipe", recipe_json(job.recipe)}};
  if (job.recipe.start) json["from"] = sha256(encode_model(*job.recipe.start));
  return json;
}

std::string training_digest(const TrainingJob& job, const Dataset& data) {
  return sha256(training_json(job, data).dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace axnn
