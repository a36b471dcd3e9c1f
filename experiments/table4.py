#!/usr/bin/env python3
"""Table IV's accuracies over many splits: one set of weights a net in M1 and M2 at the paper's two voltages.

    experiments/table4.py [--nets breast iono] [--recipe axtrain | --nested]

Trains split 0 to 9 with seeds 1 to 10 (mnist, whose split is fixed: seeds 1 to 3) by the recipe of models/axtrain/
and judges each network on 50 chips. With --nested the recipe of each split is chosen inside its training part
(experiments/choose/nested.toml), so that no test row has a part in it. Results are kept (lab.py).

A cell: mean over all chips of all splits, in per cent; the deviation over a network's chips, the mean of the
splits' (the paper's figure is of one split); the deviation of the splits' means; the paper's mean and deviation. A
mean below the paper's is bold.
"""
import shlex
import statistics

import lab
import nested


def training(data, split, recipe):
    """Options of axnn train for a data set's split, by a recipe."""
    return f"--data {data} --split {split} --seed {split + 1} --threads 1 {recipe}".strip()


def chips(bench, model, vdd, weight_format="guarded"):
    """{mode: accuracies of the chips, in per cent} of a model on booth at a voltage."""
    line = (f"eval {shlex.quote(str(model))} --multiplier booth --vdd {vdd} --chips {lab.CHIPS} "
            f"--weight-format {weight_format} --threads 1")
    return {row["mode"]: [100 * a for a in row["chips"]["accuracies"]] for row in bench.report(line)["results"]}


def nested_recipes(bench, recipes):
    """{data set: {split: options}}, each chosen inside the split's training part."""
    runs = dict(lab.lines(lab.read_experiment(nested.CHOOSE / "nested.toml")))
    found = {}
    for name in recipes:
        if f"{name}, axtrain" not in runs:
            continue
        report = bench.report(nested.command(runs[f"{name}, axtrain"]))
        found[name] = {split["split"]: f"--recipe axtrain {nested.options(report['candidates'][split['winner']]['settings'])}"
                       for split in report["splits"]}
    return found


def tables(bench, recipes):
    """`recipes`: {data set: options of axnn train, or {split: options}}."""
    rows, met = [], 0
    for name, recipe in recipes.items():
        net = lab.PAPER[name]
        keys = [(mode, vdd) for mode in ("M1", "M2") for vdd in net["con_agg_v"]]

        def judged(split):
            model = bench.model(training(name, split, recipe if isinstance(recipe, str) else recipe[split]))
            at = {vdd: chips(bench, model, vdd) for vdd in net["con_agg_v"]}
            return [at[vdd][mode] for mode, vdd in keys]

        found = bench.map(judged, bench.splits(name))
        split_means = [[statistics.mean(c) for c in cells] for cells in found]
        for i, (mode, vdd) in enumerate(keys):
            means = [m[i] for m in split_means]
            mean, goal = statistics.mean(means), net["low_accuracy"][i]
            met += mean >= goal
            rows.append([name, mode, f"{vdd:.2f}", f"{mean:.2f}" if mean >= goal else f"**{mean:.2f}**",
                         f"{statistics.mean(statistics.stdev(cells[i]) for cells in found):.2f}",
                         f"{statistics.stdev(means):.2f}" if len(means) > 1 else "-",
                         f"{goal:.2f} +- {net['low_deviation'][i]:.2f}"])
    header = ["", "mode", "V", "mean", "of chips", "of splits", "paper"]
    return lab.table(header, rows) + f"\n{met} of {len(rows)} means at or above the paper's\n"


def main():
    parser = lab.option_parser(__doc__)
    lab.add_nets(parser)
    parser.add_argument("--recipe", default="axtrain", help="name or file, as of axnn train --recipe (axtrain)")
    parser.add_argument("--nested", action="store_true", help="choose each split's recipe inside its training part")
    options = parser.parse_args()
    bench = lab.Lab(options.axnn, options.kept, options.jobs)
    recipes = lab.recipes(bench, options.nets, options.recipe)
    print(tables(bench, nested_recipes(bench, recipes) if options.nested else recipes), end="")


if __name__ == "__main__":
    lab.main(main)
