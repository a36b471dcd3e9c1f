// axnn sweep: which settings to train with, chosen by nested validation.

#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/recipe_options.h"
#include "cli/table.h"
#include "data/dataset.h"
#include "model/file_io.h"
#include "report/sweep.h"

namespace axnn::cli {
namespace {

struct Options {
  std::string data;
  std::shared_ptr<TableOptions> table;
  std::string grid;
  RecipeOptions recipe;
  SweepOptions sweep;
  bool list = false;
};

void run(const Options& o, const Common& common) {
  SweepReport report{o.data, o.sweep, {}, {}};
  const Json given = o.recipe.settings(o.data);
  report.candidates = read_candidates(read_file(o.grid), o.data, given, common.seed, o.grid);
  for (const Candidate& c : report.candidates) {
    Json named = given;
    named.update(c.settings);
    const std::string idle = idle_setting(c.recipe, named, false);
    if (!idle.empty()) throw CLI::ValidationError(idle);
    if (chooses_neurons(c.recipe.ax.method)) {
      throw CLI::ValidationError("--method", "approxann and axnn choose neurons, not settings");
    }
  }
  if (o.list) {
    Json all = Json::array();
    for (const Candidate& c : report.candidates) all.push_back(c.settings);
    fmt::print("{}\n", all.dump(2));
    return;
  }
  const Dataset data = load_dataset(o.data, *o.table);
  warn(data.warnings);
  report.options.seed = common.seed;
  report.options.threads = thread_count(common);
  if (!common.json) {
    report.options.progress = [](int done, int all) {
      progress(fmt::format("{} of {} trainings", done, all));
    };
  }
  report.splits = sweep(data, report.candidates, report.options);
  progress("");
  fmt::print("{}", common.json ? to_json(report).dump(2) + "\n" : to_text(report));
}

}  // namespace

void add_sweep(CLI::App& app, Common& common) {
  CLI::App* sub =
      app.add_subcommand("sweep", "Choose settings by validation inside each training part");
  auto o = std::make_shared<Options>();
  sub->add_option(
         "grid", o->grid,
         "TOML file: settings that all share, [grid] lists of values, [[candidate]] tables")
      ->required();
  sub->add_option("--data", o->data, "Data set (axnn data list) or the path of a CSV")->required();
  o->table = add_table(*sub);
  sub->add_option("--split", o->sweep.split, "Number of the first train/test split")
      ->check(natural())
      ->capture_default_str();
  sub->add_option("--splits", o->sweep.splits, "Splits, each with the next seed")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  sub->add_option("--folds", o->sweep.folds,
                  "Validation parts, a fifth of the training part each, that judge a candidate")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  sub->add_option("--rows", o->sweep.rows,
                  "Rows of the training part that take part in choosing; 0: all")
      ->check(CLI::Range(0, 100000000))
      ->capture_default_str();
  sub->add_option("--chips", o->sweep.chips,
                  "With flips: chips of the test; a fifth as many, other ones, in choosing")
      ->check(CLI::Range(5, 100000))
      ->capture_default_str();
  sub->add_option("--chip-flip-rate", o->sweep.chip_rate,
                  "Their flip rate (that of the candidate); needed where candidates differ in it")
      ->check(CLI::Range(0.0, 1.0));
  sub->add_flag("--list", o->list, "Print the candidates, as JSON; train nothing");
  add_recipe_options(*sub, o->recipe);
  add_common(*sub, common);
  sub->footer(
      "Example:\n  axnn sweep experiments/choose-bp.toml --data breast\n"
      "  axnn sweep grid.toml --data mine.csv --splits 5 --folds 2");
  sub->callback([o, &common] { run(*o, common); });
}

}  // namespace axnn::cli
