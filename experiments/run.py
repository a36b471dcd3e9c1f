#!/usr/bin/env python3
"""Runs one experiment, a TOML file of `axnn train` command lines, and prints its table.

A run whose text holds {KEY} stands for one run for each value of KEY in the file's [matrix].

    experiments/run.py experiments/one-net-booth.toml [--only NAME ...]

Results are kept (lab.py). Cells: mean +- deviation over the runs, in per cent; with chips, over all
chips of all runs, and the worst chip; neurons and products: the shares that are approximate.
"""
import pathlib

import lab


def cells(found):
    """Column name -> text of one run's report."""
    row = {"float": lab.percent(found["accuracy_float"])}
    for mode, value in found["accuracy"].items():
        row[mode] = lab.percent(value)
    row |= {f"{mode} flipped": lab.percent(value) for mode, value in found.get("flipped", {}).items()}
    for share in ("neurons", "products"):
        if f"approximate_{share}" in found:
            row[share] = lab.percent(found[f"approximate_{share}"])
    return row


def tables(reports):
    """A table for all runs with the same columns, in the order of the first."""
    found = {}
    for name, report in reports.items():
        row = cells(report)
        found.setdefault(tuple(row), []).append([name, *row.values()])
    return "\n".join(lab.table(["run", *header], rows) for header, rows in found.items())


def main():
    parser = lab.option_parser(__doc__)
    parser.add_argument("experiment", type=pathlib.Path)
    parser.add_argument("--only", nargs="*", default=[], help="names of runs")
    options = parser.parse_args()
    experiment = lab.read_experiment(options.experiment)
    bench = lab.Lab(options.axnn, options.kept, options.jobs)
    found = lab.reports(bench, experiment, lambda name, line: not options.only or name in options.only)
    print(f"{experiment['title']}\n\n{tables(found)}", end="")


if __name__ == "__main__":
    lab.main(main)
