#!/usr/bin/env python3
"""Every table and figure of the paper, and ours beside them, in one report: build/paper/report.md.

    experiments/paper.py [--only fig5 table4 ...] [--nets breast iono] [--runs 2]

--runs shortens: at most so many splits or seeds. Results are kept (lab.py): an interrupted report goes on where it
stopped. The report is written after each section; one that fails is named in it, and the exit status is 1.
"""
import dataclasses
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable

import figures
import lab


@dataclasses.dataclass(frozen=True)
class Section:
    title: str
    write: Callable


SECTIONS = {
    "fig5": Section("Fig. 5: magnitudes of weights and activations", figures.fig5),
    "fig6": Section("Fig. 6: sensitivity of the last layer's weights", figures.fig6),
    "fig9": Section("Fig. 9: output error with DRUM-k", figures.fig9),
    "fig10": Section("Fig. 10: accuracy at low voltage", figures.fig10),
    "fig11": Section("Fig. 11: approximate multiplications that ApproxANN allows", figures.fig11),
    "table2": Section("Table II: energy reduction within an accuracy loss", figures.table2),
    "fig12": Section("Fig. 12: least energy within 2 points, AxTrain against BP", figures.fig12),
    "table3": Section("Table III: accuracy, power, GOPS by mode", figures.table3),
    "table4": Section("Table IV: modes and low voltage together", figures.table4_section),
    "few-digits": Section("One Booth digit", figures.plain("few-digits")),
    "flips": Section("Flipped weight bits, a network for each rate", figures.plain("flips", "flips-mnist", "flips-fig8")),
    "shifts": Section("MNIST with pixel shifts, one network", figures.plain("one-net-mnist-shifts")),
    "ablation": Section("Which knob gives what", figures.plain("ablation")),
    "gradients": Section("Which gradient serves pas", figures.plain("gradients")),
    "sensitivity": Section("S of outputs and S of logits", figures.plain("sensitivity")),
    "formats": Section("Storage formats", figures.plain("formats", "formats-clean", "formats-mnist")),
    "baselines": Section("ApproxANN and AxNN", figures.plain("baselines", "baselines-mnist")),
}


class Progress:
    """Section, runs so far and time on stderr: on a terminal one line, elsewhere a line a minute."""

    def __init__(self):
        self.start = self.shown = time.monotonic()
        self.section, self.runs = "", 0

    def begin(self, text):
        self.section = text
        self.show("\n")

    def run(self):
        self.runs += 1
        if sys.stderr.isatty():
            self.show("")
        elif time.monotonic() - self.shown > 60:
            self.show("\n")

    def show(self, end):
        self.shown = time.monotonic()
        seconds = int(self.shown - self.start)
        clear = "\r\033[K" if sys.stderr.isatty() else ""
        print(f"{clear}{self.section}, {self.runs} runs, {seconds // 60}:{seconds % 60:02d}", end=end, file=sys.stderr, flush=True)


def heading(options, recipes, left_out):
    version = subprocess.run([options.axnn, "--version"], capture_output=True, text=True).stdout.strip()
    runs = f"at most {options.runs} splits or seeds each (`--runs`): a quick look, not the figures to cite" if options.runs else \
        "ten splits, MNIST three seeds, unless a table says otherwise"
    text = f"# The paper's tables and figures\n\naxnn {version}; {', '.join(recipes)}; {runs}.\n"
    if left_out:
        text += f"Left out: {', '.join(left_out)}.\n"
    return text + "Accuracies are of the golden model, mean +- deviation over splits, per cent.\n"


def parse():
    parser = lab.option_parser(__doc__)
    lab.add_nets(parser)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, metavar="SECTION", default=list(SECTIONS),
                        help="sections: " + ", ".join(SECTIONS))
    parser.add_argument("--runs", type=int, help="at most so many splits or seeds")
    parser.add_argument("--out", type=pathlib.Path, default=lab.ROOT / "build/paper", help="folder of the report")
    parser.add_argument("--synth", type=pathlib.Path, default=lab.ROOT / "build/synth", help="folder of `axnn synth` results")
    options = parser.parse_args()
    if options.runs is not None and options.runs < 1:
        parser.error("--runs: at least 1")
    return options


def main():
    options = parse()
    progress = Progress()
    bench = lab.Lab(options.axnn, options.kept, options.jobs, options.runs, progress.run)
    recipes = lab.recipes(bench, options.nets)
    left_out = [net for net in options.nets or lab.PAPER if net not in recipes]
    options.out.mkdir(parents=True, exist_ok=True)
    scope = figures.Scope(recipes, options.out, options.synth)
    text, failed = heading(options, recipes, left_out), []
    for number, name in enumerate(options.only, 1):
        progress.begin(f"[{number}/{len(options.only)}] {name}")
        try:
            body = SECTIONS[name].write(bench, scope)
        except lab.Failed as failure:
            failed.append(f"{name}: {failure}")
            body = f"Failed: {failure}\n"
        text += f"\n## {SECTIONS[name].title}\n\n{body}"
        with lab.whole(options.out / "report.md") as part:
            part.write_text(text)
    progress.begin("done")
    print(options.out / "report.md")
    if failed:
        raise lab.Failed("; ".join(failed))


if __name__ == "__main__":
    lab.main(main)
