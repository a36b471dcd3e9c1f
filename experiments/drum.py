#!/usr/bin/env python3
"""DRUM-k with BP, act, pas and AxTrain: accuracy and squared error of the outputs on the test parts.

    experiments/drum.py experiments/drum.toml [the options of run.py but --best]

Runs the experiment as run.py does and prints, for each k, means over the runs:
  accuracy  per cent; of pas and AxTrain the network trained for that k
  error     in multiples of BP's with exact products (Fig. 9's axis)
  cut       share of BP's error at that k that the method removes
  excess    share of what BP's error at that k lies above its error with exact products; "-" where
            that is less than a tenth of the latter, which is noise
The last table takes the mean over the sets that have the figure.
"""
import tomllib

import run


def figure(value):
    return "-" if value is None else f"{value:.1f}"


def main():
    options = run.arguments()
    experiment = tomllib.loads(options.experiment.read_text())
    print(experiment["title"])
    found = dict(run.results(options, experiment))
    kinds = experiment["matrix"]["data"], experiment["matrix"]["k"]
    cuts = {}
    for data in kinds[0]:
        if f"{data} bp" not in found:
            continue
        bp = found[f"{data} bp"]
        exact = bp["squared_error"]["exact"]["mean"]
        print(f"\n{data}: BP exact error {exact:.4f}, accuracy {100 * bp['accuracy']['K9']['mean']:.2f}")
        print("\n| k | method | accuracy | error | cut % | excess removed % |\n|---|---|---|---|---|---|")
        for k in kinds[1]:
            mode = f"K{k}"
            at_bp = bp["squared_error"][mode]["mean"]
            for method in ("bp", "act", "pas", "axtrain"):
                one = found[f"{data} {method}" + (f" {mode}" if method in ("pas", "axtrain") else "")]
                error = one["squared_error"][mode]["mean"]
                cut = 100 * (1 - error / at_bp)
                excess = 100 * (at_bp - error) / (at_bp - exact) if at_bp > 1.1 * exact else None
                if method != "bp":
                    cuts.setdefault((k, method), []).append((cut, excess))
                print(f"| {k} | {method} | {run.cell(one['accuracy'][mode])} | {error / exact:.2f} "
                      f"| {cut:.1f} | {figure(excess)} |")
    print("\nmean over the sets\n\n| k | " + " | ".join(
        f"{m} cut | {m} excess" for m in ("act", "pas", "axtrain")) + " |\n|---|" + "---|" * 6)
    for k in kinds[1]:
        cells = []
        for method in ("act", "pas", "axtrain"):
            for values in zip(*cuts[k, method]):
                known = [value for value in values if value is not None]
                cells.append(figure(sum(known) / len(known) if known else None))
        print(f"| {k} | " + " | ".join(cells) + " |")


main()
