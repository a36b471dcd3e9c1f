#!/usr/bin/env python3
"""DRUM-k with BP, act, pas and AxTrain: accuracy and squared error of the outputs on the test parts (Fig. 9).

    experiments/drum.py experiments/drum.toml

For each k, means over the runs:
  accuracy  per cent; of pas and AxTrain the network trained for that k
  error     in multiples of BP's with exact products (Fig. 9's axis)
  cut       share of BP's error at that k that the method removes
  excess    share of what BP's error at that k lies above its error with exact products; "-" where
            that is less than a tenth of the latter, which is noise
The last table takes the mean over the sets that have the figure.
"""
import pathlib
import statistics

import lab

METHODS = ("bp", "act", "pas", "axtrain")


def figures(reports):
    """{(set, k, method): {accuracy, error, cut, excess}} and {set: BP's report}."""
    exact_of = {name.split()[0]: report for name, report in reports.items() if name.endswith(" bp")}
    found = {}
    for name, report in reports.items():
        data, method, *mode = name.split()
        exact = exact_of[data]["squared_error"]["exact"]["mean"]
        for k in range(1, 7):
            if mode not in ([], [f"K{k}"]):
                continue
            at_bp = exact_of[data]["squared_error"][f"K{k}"]["mean"]
            error = report["squared_error"][f"K{k}"]["mean"]
            found[data, k, method] = {
                "accuracy": report["accuracy"][f"K{k}"],
                "error": error / exact,
                "cut": 100 * (1 - error / at_bp),
                "excess": 100 * (at_bp - error) / (at_bp - exact) if at_bp > 1.1 * exact else None,
            }
    return found, exact_of


def number(value):
    return "-" if value is None else f"{value:.1f}"


def means(found):
    """Mean cut and excess over the sets: a table of k."""
    rows = []
    for k in sorted({key[1] for key in found}):
        row = [str(k)]
        for method in METHODS[1:]:
            for figure in ("cut", "excess"):
                known = [f[figure] for (_, at, m), f in found.items() if (at, m) == (k, method) and f[figure] is not None]
                row.append(number(statistics.mean(known) if known else None))
        rows.append(row)
    return lab.table(["k", *(f"{m} {figure}" for m in METHODS[1:] for figure in ("cut", "excess"))], rows)


def tables(found, exact_of):
    text = ""
    for data, bp in exact_of.items():
        text += (f"{data}: BP exact error {bp['squared_error']['exact']['mean']:.4f}, "
                 f"accuracy {100 * bp['accuracy']['K9']['mean']:.2f}\n\n")
        rows = [[str(k), method, lab.percent(f["accuracy"]), f"{f['error']:.2f}",
                 number(f["cut"]), number(f["excess"])]
                for (name, k, method), f in sorted(found.items(), key=lambda i: (i[0][1], METHODS.index(i[0][2])))
                if name == data and (data, k, "axtrain") in found]
        text += lab.table(["k", "method", "accuracy", "error", "cut %", "excess removed %"], rows) + "\n"
    return text + "mean over the sets\n\n" + means(found)


def main():
    parser = lab.option_parser(__doc__)
    parser.add_argument("experiment", type=pathlib.Path)
    options = parser.parse_args()
    experiment = lab.read_experiment(options.experiment)
    bench = lab.Lab(options.axnn, options.kept, options.jobs)
    print(f"{experiment['title']}\n\n{tables(*figures(lab.reports(bench, experiment)))}", end="")


if __name__ == "__main__":
    lab.main(main)
