#!/usr/bin/env python3
"""Table IV's accuracies over many splits: one set of weights a net in M1 and M2 at the paper's two voltages.

    experiments/table4.py [--axnn build/bin/axnn] [--jobs N] "breast OPTIONS of axnn train" ["image ..." ...]

`make table4` calls it with the recipes that models/axtrain/ are trained by. Trains split 0 to 9 with seeds 1 to
10 (mnist, whose split is fixed: seeds 1 to 3) and judges each network on 50 chips. Models are kept in
build/experiments/ under a digest of program version and command line and not trained again.

A cell: mean over all chips of all splits, in per cent; the deviation over a network's chips, the mean of the
splits' (the paper's figure is of one split); the deviation of the splits' means; the mean over chips of the best
split's network (one for all cells of a net: of those with most means at or above the paper's the one with the
largest sum); the paper's mean and deviation. A mean below the paper's is bold.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHIPS = 50


def call(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"table4.py: {done.stderr.strip()} ({shlex.join(command)})")
    return done.stdout


def chips_of(options, version, name, recipe, split, volts):
    """Accuracies of the chips of one training, in per cent, by mode and voltage."""
    line = ["--data", name, "--split", str(split), "--seed", str(split + 1), "--threads", "1", *recipe]
    digest = hashlib.sha256(f"{version} {shlex.join(line)}".encode()).hexdigest()[:16]
    model = options.out / f"{name}-{split}-{digest}.axnn"
    if not model.exists():
        call(options.axnn, "train", *line, "--out", str(model))
    found = {}
    for vdd in volts:
        report = json.loads(call(options.axnn, "eval", str(model), "--multiplier", "booth", "--vdd", str(vdd), "--chips",
                                 str(CHIPS), "--weight-format", "guarded", "--threads", "1", "--json"))
        for row in report["results"]:
            found[row["mode"], vdd] = [100 * a for a in row["chips"]["accuracies"]]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipes", nargs="+", help="name of a data set and options of axnn train")
    parser.add_argument("--axnn", default=str(ROOT / "build/bin/axnn"))
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/experiments")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    version = call(options.axnn, "--version").strip()
    paper = {net["name"]: net for net in json.loads((ROOT / "constraints/tech/paper.json").read_text())["nets"]}
    recipes = [shlex.split(text) for text in options.recipes]
    for name, *_ in recipes:
        if name not in paper:
            sys.exit(f"table4.py: {name}: not a net of the paper; take one of {', '.join(paper)}")
    print("| | mode | V | mean | of chips | of splits | best split | paper |\n|---|---|---|---|---|---|---|---|")
    cells = met = 0
    for name, *recipe in recipes:
        net = paper[name]
        runs = range(3 if name == "mnist" else 10)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            found = list(pool.map(lambda s: chips_of(options, version, name, recipe, s, net["con_agg_v"]), runs))
        cell_keys = [(m, v) for m in ("M1", "M2") for v in net["con_agg_v"]]
        split_means = [[statistics.mean(run[key]) for key in cell_keys] for run in found]
        best = max(split_means, key=lambda m: (sum(a >= g for a, g in zip(m, net["low_accuracy"])), sum(m)))
        for i, (mode, vdd) in enumerate(cell_keys):
            chips = [run[mode, vdd] for run in found]
            means = [m[i] for m in split_means]
            mean, goal = statistics.mean(means), net["low_accuracy"][i]
            cells += 1
            met += mean >= goal
            text = f"{mean:.2f}" if mean >= goal else f"**{mean:.2f}**"
            print(f"| {name} | {mode} | {vdd:.2f} | {text} | {statistics.mean(map(statistics.stdev, chips)):.2f} "
                  f"| {statistics.stdev(means):.2f} | {best[i]:.2f} | {goal:.2f} +- {net['low_deviation'][i]:.2f} |", flush=True)
    print(f"\n{met} of {cells} means at or above the paper's")


main()
