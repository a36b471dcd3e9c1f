#!/usr/bin/env python3
"""Accuracies whose recipes no test row chose: runs the `axnn sweep` commands of experiments/choose/nested.toml.

    experiments/nested.py [--only NAME ...] [--nets NET ...]

Of each split the recipe is chosen inside the training part and judged once on the test part. Results are kept
(lab.py). Cells: mean +- deviation over the splits, in per cent; then what was chosen in how many splits, and which
candidate has the least error over all splits' validation parts, by how much less than the first one.
"""
import collections
import shlex

import lab

CHOOSE = lab.HERE / "choose"


def command(args):
    """Options of axnn, from the arguments of a run."""
    grid, rest = args.split(" ", 1)
    return f"sweep {shlex.quote(str(CHOOSE / grid))} {rest}"


def options(settings):
    """A candidate's settings as options of axnn train."""
    words = []
    for name, value in settings.items():
        if isinstance(value, bool):
            words.append(f"--{name}" if value else f"--no-{name}")
        else:
            words.append(f"--{name} {','.join(map(str, value)) if isinstance(value, list) else value}")
    return " ".join(words)


def chosen(report):
    """Candidates that won, the one that most splits chose first."""
    counts = collections.Counter(split["winner"] for split in report["splits"])
    return ", ".join(f"{count} x `{options(report['candidates'][winner]['settings']) or 'default'}`"
                     for winner, count in counts.most_common())


def best(report):
    candidate = report["candidates"][report["best"]]
    gain = candidate["gain"]
    return (f"`{options(candidate['settings']) or 'default'}`, "
            f"{100 * gain['mean']:.2f} +- {100 * gain['standard_error']:.2f}")


def tables(reports):
    rows = [[name, *(f"{key} {lab.percent(value)}" for key, value in report["test"].items())]
            for name, report in reports.items()]
    width = max(map(len, rows))
    text = lab.table(["", *["test part"] * (width - 1)], [row + [""] * (width - len(row)) for row in rows])
    return text + "\n" + lab.table(["", "chosen", "least error over all validation parts, less by"],
                                   [[name, chosen(report), best(report)] for name, report in reports.items()])


def main():
    parser = lab.option_parser(__doc__)
    lab.add_nets(parser)
    parser.add_argument("--only", nargs="*", default=[], help="names of runs")
    given = parser.parse_args()
    bench = lab.Lab(given.axnn, given.kept, 1)
    runs = [(name, args) for name, args in lab.lines(lab.read_experiment(CHOOSE / "nested.toml"))
            if (not given.only or name in given.only) and lab.data_of(args) in (given.nets or lab.PAPER)]
    print(tables({name: bench.report(f"{command(args)} --threads {given.jobs}") for name, args in runs}), end="")


if __name__ == "__main__":
    lab.main(main)
