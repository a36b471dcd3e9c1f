// axnn synth: area, gates and critical paths of the RTL on a Liberty library.

#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/progress.h"
#include "synth/synth.h"

namespace axnn::cli {

void add_synth(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("synth", "Synthesise the RTL: area, gates, timing per mode");
  auto options = std::make_shared<SynthOptions>();
  add_common(*sub, common);
  sub->add_option("--liberty", options->liberty,
                  "Standard-cell library, one file or several (.lib, .lib.gz)")
      ->capture_default_str();
  sub->add_option("--module", options->modules, "Only these modules of constraints/modules.json");
  sub->add_option("--out", options->out, "Folder for netlists, logs and cached results")
      ->capture_default_str();
  sub->add_option("--source", options->source,
                  "Folder with rtl/ and constraints/ (default: as built)");
  sub->footer("Example:\n  axnn synth --module axnn_pe axnn_array --out build/synth --json");
  sub->callback([options, &common] {
    options->threads = thread_count(common);
    options->progress = synth_progress;
    const SynthReport report = run_synth(*options);
    std::cout << (common.json ? to_json(report) : to_table(report));
  });
}

}  // namespace axnn::cli
