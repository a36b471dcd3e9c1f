#!/usr/bin/env python3
"""Runs one experiment, a TOML file of `axnn train` command lines, and prints its table.

A run whose text holds {KEY} stands for one run for each value of KEY in the file's [matrix].

    experiments/run.py experiments/one-net-booth.toml [--axnn build/bin/axnn] [--only NAME ...] [--best]

Each command's JSON is kept in build/experiments/ under a digest of program version and command line,
and not computed again. Cells: mean +- deviation over the runs, in per cent; with chips, over all
chips of all runs, and the worst chip; neurons and products: the shares that are approximate.
"""
import argparse
import hashlib
import itertools
import json
import pathlib
import shlex
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def result(axnn, version, args, out):
    key = hashlib.sha256(f"{version} {args}".encode()).hexdigest()[:16]
    path = out / f"{key}.json"
    if not path.exists():
        done = subprocess.run([axnn, "train", "--json", *shlex.split(args)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"run.py: {done.stderr.strip()} (axnn train {args})")
        path.write_text(done.stdout)
    return json.loads(path.read_text())


def runs(experiment):
    """Names and command lines, in the file's order."""
    for run in experiment["run"]:
        line = f"{run['args']} {experiment.get('args', '')}".strip()
        keys = [key for key in experiment.get("matrix", {}) if f"{{{key}}}" in run["name"] + line]
        for values in itertools.product(*(experiment["matrix"][key] for key in keys)):
            names = dict(zip(keys, values))
            yield run["name"].format(**names), line.format(**names)


def cell(value):
    text = f"{100 * value['mean']:.2f} +- {100 * value['deviation']:.2f}"
    return text + (f" ({100 * value['worst']:.1f})" if "worst" in value else "")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("experiment", type=pathlib.Path)
    parser.add_argument("--axnn", default=str(ROOT / "build/bin/axnn"))
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/experiments")
    parser.add_argument("--only", nargs="*", default=[], help="names of runs")
    parser.add_argument("--best", action="store_true", help="also the best run's accuracy")
    return parser.parse_args()


def results(options, experiment):
    """Name and report of each run asked for, one after the other."""
    options.out.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([options.axnn, "--version"], capture_output=True, text=True).stdout.strip()
    for name, args in runs(experiment):
        if not options.only or name in options.only:
            yield name, result(options.axnn, version, args, options.out)


def main():
    options = arguments()
    experiment = tomllib.loads(options.experiment.read_text())
    print(f"{experiment['title']}\n")
    header = None
    for name, found in results(options, experiment):
        cells = {"float": cell(found["accuracy_float"])}
        for mode, value in found["accuracy"].items():
            cells[mode] = cell(value)
            if options.best:
                cells[mode] += f", best {100 * max(r['accuracy'][mode] for r in found['runs']):.2f}"
        cells |= {f"{mode} flipped": cell(value) for mode, value in found.get("flipped", {}).items()}
        for share in ("neurons", "products"):
            if f"approximate_{share}" in found:
                cells[share] = cell(found[f"approximate_{share}"])
        if header != list(cells):
            header = list(cells)
            print("\n| run | " + " | ".join(header) + " |\n|---|" + "---|" * len(header))
        print(f"| {name} | " + " | ".join(cells.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
