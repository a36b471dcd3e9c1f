#!/usr/bin/env python3
"""Runs one experiment, a TOML file of `axnn train` command lines, and prints its table.

    experiments/run.py experiments/one-net-booth.toml [--axnn build/bin/axnn] [--only NAME ...]

Each command's JSON is kept in build/experiments/ under a digest of program version and command line,
and not computed again. Cells: mean +- deviation over the runs, in per cent; with chips, over all
chips of all runs, and the worst chip.
"""
import argparse
import hashlib
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


def cell(value):
    text = f"{100 * value['mean']:.2f} +- {100 * value['deviation']:.2f}"
    return text + (f" ({100 * value['worst']:.1f})" if "worst" in value else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("experiment", type=pathlib.Path)
    parser.add_argument("--axnn", default=str(ROOT / "build/bin/axnn"))
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/experiments")
    parser.add_argument("--only", nargs="*", default=[], help="names of runs")
    options = parser.parse_args()
    experiment = tomllib.loads(options.experiment.read_text())
    options.out.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([options.axnn, "--version"], capture_output=True, text=True).stdout.strip()
    print(f"{experiment['title']}\n")
    header = None
    for run in experiment["run"]:
        if options.only and run["name"] not in options.only:
            continue
        args = f"{run['args']} {experiment.get('args', '')}".strip()
        found = result(options.axnn, version, args, options.out)
        cells = {"float": cell(found["accuracy_float"])}
        cells |= {mode: cell(value) for mode, value in found["accuracy"].items()}
        cells |= {f"{mode} flipped": cell(value) for mode, value in found.get("flipped", {}).items()}
        if header != list(cells):
            header = list(cells)
            print("\n| run | " + " | ".join(header) + " |\n|---|" + "---|" * len(header))
        print(f"| {run['name']} | " + " | ".join(cells.values()) + " |", flush=True)


main()
