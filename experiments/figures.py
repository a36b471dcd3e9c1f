"""The paper's figures and tables from our runs: each function returns Markdown and draws what it names.

    bench    lab.Lab
    scope    Scope: data sets with their recipes, folder of the drawings
"""
import csv
import dataclasses
import math
import pathlib
import shlex
import statistics

import drum
import lab
import plot
import run
import table4

MODES = ("M0", "M1", "M2")
VOLTS = (1.10, 0.85, 0.66, 0.40)


@dataclasses.dataclass
class Scope:
    recipes: dict  # data set, in the paper's order -> options of axnn train, AxTrain with flips
    out: pathlib.Path
    synth: pathlib.Path  # folder of `axnn synth` results

    @property
    def nets(self):
        return list(self.recipes)


def experiment(name):
    return lab.read_experiment(lab.HERE / f"{name}.toml")


def rows_of(bench, scope, *names):
    """Reports of the runs of experiments that are about the scope's data sets."""
    found = {}
    for name in names:
        found |= lab.reports(bench, experiment(name), lambda _, line: lab.data_of(line) in scope.nets)
    return found


def bp_model(bench, data, split):
    return bench.model(table4.training(data, split, "--method bp"))


# Fig. 5

def fig5(bench, scope):
    curves, rows = {}, []
    for net in scope.nets:
        with open(bench.info(bp_model(bench, net, 0), "--distribution"), newline="") as file:
            lines = [line for line in csv.DictReader(file) if line["layer"] == "0"]
        of = {kind: [(float(line["magnitude"]), float(line["share"])) for line in lines if line["kind"] == kind]
              for kind in ("weight", "activation")}
        curves[net] = of
        p90 = {kind: min(m for m, share in points if share >= 0.9) for kind, points in of.items()}
        below = max((share for m, share in of["weight"] if m < 0.5), default=0)
        zero = max((share for m, share in of["activation"] if m == 0), default=0)
        rows.append([net, f"{100 * below:.0f} %", f"{p90['weight']:.3f}", f"{p90['activation']:.2f}",
                     f"{p90['activation'] / p90['weight']:.1f}", f"{100 * zero:.0f} %"])
    blocks = "".join(plot.block(f"{kind}_{net}", [p for p in points if p[0] > 0])
                     for net, of in curves.items() for kind, points in of.items())
    lines = ", ".join(f"$weight_{net} using 1:2 with lines lt {i + 1} dt 2 notitle, "
                      f"$activation_{net} using 1:2 with lines lt {i + 1} title '{net}'" for i, net in enumerate(curves))
    plot.draw(scope.out / "fig5.svg", blocks + "set logscale x\nset xrange [1e-3:20]\nset yrange [0:1]\n"
              "set xlabel 'magnitude (dashed: weights, solid: activations)'\nset ylabel 'share below'\n"
              f"plot {lines}")
    mean = statistics.mean(float(row[1].split()[0]) for row in rows)
    return (lab.table(["net", "weights below 0.5", "weights, 90 % below", "activations, 90 % below", "ratio",
                       "activations that are 0"], rows)
            + f"\nMean share of weights below 0.5: {mean:.0f} %. Networks by BP, split 0, test part; activations include "
            "inputs.\n\n![](fig5.svg)\n")


# Fig. 6

FIG6 = {
    "BP": "--method bp",
    "act": "--method act --lambda 1e-4",
    "pas (fig8 M2)": "--method pas --multiplier fig8 --modes M2 --halvings 0,1,1,1,1,1",
}


def last_layer(path):
    """{(output, input): term of S} of a network's last layer."""
    with open(path, newline="") as file:
        lines = list(csv.DictReader(file))
    last = max(int(line["layer"]) for line in lines)
    return {(int(line["output"]), int(line["input"])): float(line["contribution"])
            for line in lines if int(line["layer"]) == last}


def fig6(bench, scope):
    net = "mnist" if "mnist" in scope.nets else scope.nets[0]
    maps = {"logits": {}, "outputs": {}}
    models = dict(zip(FIG6, bench.map(lambda m: bench.model(table4.training(net, 0, FIG6[m])), FIG6)))
    for name, model in models.items():
        for of in maps:
            maps[of][name] = last_layer(bench.info(model, f"--sensitivity-of {of} --sensitivity"))
    rows, blocks = [], ""
    for of, by_name in maps.items():
        base = statistics.mean(by_name["BP"].values())
        median = statistics.median(by_name["BP"].values())
        for name, terms in by_name.items():
            less = sum(v < median for v in terms.values()) / len(terms)
            rows.append([of, name, f"{statistics.mean(terms.values()) / base:.3f}", f"{100 * less:.0f} %",
                         f"{max(terms.values()) / base:.1f}"])
    base = statistics.mean(maps["outputs"]["BP"].values())
    for i, (name, terms) in enumerate(maps["outputs"].items()):
        blocks += plot.block(f"map{i}", [(x, y, v / base) for (y, x), v in terms.items()])
    panels = "".join(f"set title '{name}'\nplot $map{i} using 1:2:3 with image pixels notitle\n"
                     for i, name in enumerate(maps["outputs"]))
    plot.draw(scope.out / "fig6.svg", f"""{blocks}set multiplot layout 3,1
set palette defined (0 '#08306b', 1 '#6baed6', 2 '#f7fbff', 4 '#fdae6b', 8 '#a63603')
set cbrange [0:4]
set grid noy
set ylabel 'output'
set xlabel 'hidden neuron'
set autoscale fix
{panels}unset multiplot""", size=(820, 720))
    header = ["S of", f"{net}, last layer", "mean, BP = 1", "weights below BP's median", "largest, in BP's means"]
    return (lab.table(header, rows)
            + "\nTerms of S, |w| x mean over samples of sum over k of |dO_k/dw|, split 0. The drawing shows those of the outputs, in "
            "BP's means.\n\n![](fig6.svg)\n")


# Fig. 9

def fig9(bench, scope):
    found, exact = drum.figures(rows_of(bench, scope, "drum", "drum-mnist"))
    blocks, panels = "", ""
    for data in exact:
        ks = [k for k in range(1, 7) if (data, k, "axtrain") in found]
        blocks += plot.block(f"net_{data}", [[k, *(found[data, k, m]["error"] for m in drum.METHODS)] for k in ks])
        panels += f"set title '{data}'\nplot " + ", ".join(
            f"$net_{data} using 1:{i + 2} with linespoints lt {i + 1} pt 7 ps 0.5 title '{m}'"
            for i, m in enumerate(drum.METHODS)) + "\n"
    plot.draw(scope.out / "fig9.svg", f"""{blocks}set multiplot layout 2,{math.ceil(len(exact) / 2)}
set logscale y
set xtics 1
set yrange [0.5:40]
set key top right inside vertical
set xlabel 'k'
set ylabel 'error, BP exact = 1'
{panels}unset multiplot""", size=(960, 620))
    paper = ("paper, cut at K1 / K2 / K3: act 40.55 / 23.60 / 24.41, pas 59.93 / 45.38 / 26.03, AxTrain 71.95 / 51.90 / 35.26 %. "
             "A cut beyond the excess over exact products needs a better network than BP's.")
    return (f"Mean over the sets, per cent of BP's error at that k, and of its excess over exact products; {paper}\n\n"
            f"{drum.means(found)}\n![](fig9.svg)\n")


# Fig. 10

FIG10 = {  # name -> (recipe or None for BP, storage format)
    "BP, two's complement": (None, "twos-complement"),
    "BP, guarded": (None, "guarded"),
    "AxTrain, guarded": ("axtrain", "guarded"),
}


def low_voltage(bench, scope, net, name, mode, volts):
    """{V: accuracies of each split's network, mean over its chips}, {V: deviation of all chips}."""
    method, weight_format = FIG10[name]

    def judged(split):
        model = bench.model(table4.training(net, split, scope.recipes[net])) if method else bp_model(bench, net, split)
        return {v: table4.chips(bench, model, v, weight_format)[mode] for v in volts}

    found = bench.map(judged, bench.splits(net))
    return ({v: [statistics.mean(split[v]) for split in found] for v in volts},
            {v: statistics.pstdev([a for split in found for a in split[v]]) for v in volts})


def fig10(bench, scope):
    groups, series, errors, rows, gains = [], {n: [] for n in FIG10}, {n: [] for n in FIG10}, [], {"Con": [], "Agg": []}
    for net in scope.nets:
        for level, vdd in zip(("Con", "Agg"), lab.PAPER[net]["con_agg_v"]):
            groups.append(f"{net} {level}")
            row = [net, f"{vdd:.2f} ({level})"]
            for name in FIG10:
                means, deviation = low_voltage(bench, scope, net, name, "M0", [vdd])
                series[name].append(statistics.mean(means[vdd]))
                errors[name].append(deviation[vdd])
                row.append(f"{series[name][-1]:.2f} +- {errors[name][-1]:.2f}")
            names = list(FIG10)
            gains[level].append([series[names[2]][-1] - series[n][-1] for n in names[:2]])
            rows.append(row)
    plot.bars(scope.out / "fig10.svg", groups, series, "accuracy, %", errors)
    gain = "; ".join(f"{level} {statistics.mean(g[0] for g in of):+.2f} (of which training, BP having the same format, "
                     f"{statistics.mean(g[1] for g in of):+.2f})" for level, of in gains.items())
    return (lab.table(["net", "V", *FIG10], rows)
            + f"\nExact products (M0), {lab.CHIPS} chips for each split, deviation over all chips. Mean gain of AxTrain over BP, "
            f"points: {gain}; paper: Con +8.57, Agg +30.03.\n\n![](fig10.svg)\n")


# Fig. 11

def fig11(bench, scope):
    found = rows_of(bench, scope, "fig11")
    if not found:
        return "None of the data sets is in this report.\n"
    return run.tables(found) + "\nproducts: share of multiplications that are approximate at a loss of at most 2 points on the " \
        "validation parts. Paper: an act network allows 20.03 % more in K2, 20.34 % more in K1.\n"


# Accuracies by mode and energies

def accuracies(bench, net, kind, training):
    """{mode: report of its accuracy}, of BP also "float"; training: bp, one-net or per-mode."""
    mnist = net == "mnist"
    file = {"bp": "bp-mnist" if mnist else "bp",
            "one-net": f"one-net-mnist-{kind}" if mnist else f"one-net-{kind}",
            "per-mode": "per-mode-mnist" if mnist else f"per-mode-{kind}"}[training]
    name = {"bp": kind if mnist else f"{net} {kind}", "one-net": net}.get(training)
    names = {name: MODES} if name else {f"{kind if mnist else net} for {m}": (m,) for m in MODES[1:]}
    found = {}
    for run_name, report in lab.reports(bench, experiment(file), lambda n, _: n in names).items():
        found |= {mode: report["accuracy"][mode] for mode in names[run_name]}
        if training == "bp":
            found["float"] = report["accuracy_float"]
    return found


DESIGNS = {"fig8": ("fig8", "latency", "the paper's design"), "booth": ("booth", "throughput", "`booth`, throughput mapping")}


def energies(bench, scope, kind):
    """{(net, mode): row of Table III} of a design, at the nominal voltage."""
    of = DESIGNS[kind][:2]
    rows = bench.fresh(f"power --out {shlex.quote(str(scope.synth))}")["table3"]
    return {(r["dataset"], r["mode"]): r for r in rows if (r["multiplier"], r["mapping"]) == of}


def logic_pj(row):
    memories = ("memories", "weight buffer", "neuron buffer", "memory")
    return sum(v["calibrated"] for part, v in row["parts_pj"].items() if not part.endswith(memories))


def cheapest(energy, accuracy, floor):
    """The mode of least energy whose mean accuracy is at least `floor`, in per cent; M0 if none is."""
    allowed = [m for m in MODES if 100 * accuracy[m]["mean"] >= floor] or ["M0"]
    return min(allowed, key=lambda m: energy[m])


# Table II

PAPER_TABLE2 = {"breast": (1.91, 1.91), "image": (1.74, 1.82), "iono": (1.87, 1.87), "satimage": (1.85, 1.89), "mnist": (2.06, 2.06)}


def table2(bench, scope):
    rows, means = [], {}
    for net in scope.nets:
        row = [net]
        for kind in DESIGNS:
            table3_rows = energies(bench, scope, kind)
            energy = {m: table3_rows[net, m]["pj_per_inference"]["calibrated_paper_sram"] for m in MODES}
            base = accuracies(bench, net, kind, "bp")["float"]["mean"] * 100
            for training in ("bp", "one-net"):
                accuracy = accuracies(bench, net, kind, training)
                for loss in (2.5, 7.5):
                    mode = cheapest(energy, accuracy, base - loss)
                    gain = energy["M0"] / energy[mode]
                    means.setdefault((kind, training, loss), []).append(gain)
                    row.append(f"{gain:.2f} ({mode})")
        rows.append([*row, *(f"{g:.2f}" for g in PAPER_TABLE2[net])])
    rows.append(["mean", *(f"{statistics.mean(m):.2f}" for m in means.values()), "1.89 (AxNN 1.58)", "1.91 (AxNN 1.75)"])
    header = ["net"] + [f"{kind} {name} < {loss}" for kind in DESIGNS for name in ("BP", "AxTrain") for loss in (2.5, 7.5)]
    return (lab.table([*header, "paper < 2.5", "paper < 7.5"], rows)
            + "\nEnergy per inference in M0 over that in the mode of least energy whose mean accuracy is within the loss of float BP; "
            "one network for all modes. The paper's modes are DRUM's K1 to K3, ours those of the accelerator; weight memories by "
            "the fit to the paper, 1.10 V.\n")


# Fig. 12

def approxann_pj(bench, net, kind, energy):
    """Energy of ApproxANN's network: its share of products in a rough mode, the others in M0, the better of M1 and M2."""
    def wanted(_, line):
        return (lab.data_of(line) == net and "--method approxann" in line and f"--multiplier {kind} " in line)

    name = "baselines-mnist" if net == "mnist" else "baselines"
    found = []
    for run_name, report in lab.reports(bench, experiment(name), wanted).items():
        mode, share = run_name.split()[-1], report["approximate_products"]["mean"]
        found.append(share * energy[mode] + (1 - share) * energy["M0"])
    return min(found)


def fig12(bench, scope):
    loss = 2.0
    rows, cuts = [], {}
    for net in scope.nets:
        row = [net]
        for kind in DESIGNS:
            table3_rows = energies(bench, scope, kind)
            energy = {m: logic_pj(table3_rows[net, m]) for m in MODES}
            base = accuracies(bench, net, kind, "bp")["float"]["mean"] * 100
            bp, ax = (cheapest(energy, accuracies(bench, net, kind, t), base - loss) for t in ("bp", "one-net"))
            found = [100 * (1 - energy[ax] / other) for other in (energy[bp], approxann_pj(bench, net, kind, energy))]
            cuts.setdefault(kind, []).append(found)
            row += [f"{bp}, {ax}", *(f"{cut:.1f}" for cut in found)]
        base = accuracies(bench, net, "booth", "bp")["float"]["mean"] * 100
        chosen = []
        for name in ("BP, two's complement", "AxTrain, guarded"):
            means, _ = low_voltage(bench, scope, net, name, "M0", VOLTS)
            chosen.append(min([v for v in VOLTS if statistics.mean(means[v]) >= base - loss] or [VOLTS[0]]))
        found = [100 * (1 - (chosen[1] / chosen[0]) ** power) for power in (2, 4)]
        cuts.setdefault("memory", []).append(found)
        rows.append([*row, f"{chosen[0]:.2f}, {chosen[1]:.2f}", *(f"{cut:.1f}" for cut in found)])
    row = ["mean"]
    for found in cuts.values():
        row += ["", *(f"{statistics.mean(cut):.1f}" for cut in zip(*found))]
    rows.append(row)
    header = ["net"]
    for kind in DESIGNS:
        header += [f"{kind}: BP's, AxTrain's mode", "less than BP, %", "than ApproxANN, %"]
    return (lab.table([*header, "weight memories: BP's, AxTrain's V", "less, % (V^2)", "less, % (V^4, fit)"], rows)
            + f"\nLeast energy within {loss:.0f} points of float BP. Modes: energy of the logic per inference at the nominal "
            "voltage; ApproxANN (loss of at most 2 points on validation parts) as if an array could give every neuron a mode of its "
            "own for nothing. Voltages: of the weight memories in M0, BP in two's complement, AxTrain in guarded storage. Paper: "
            "38.78 % less computational power than BP and 22.91 % less than ApproxANN (DRUM), 30.81 % less storage power than BP.\n")


# Table III

def table3(bench, scope):
    text = ""
    for kind, (_, _, title) in DESIGNS.items():
        rows = []
        power = energies(bench, scope, kind)
        for net in scope.nets:
            by = {t: accuracies(bench, net, kind, t) for t in ("bp", "per-mode", "one-net")}
            paper = lab.PAPER[net]
            for i, mode in enumerate(MODES):
                p = power[net, mode]
                rows.append([net, mode, *(lab.percent(by[t][mode]) if mode in by[t] else "-" for t in by),
                             f"{paper['accuracy_without'][i]:.2f}, {paper['accuracy'][i]:.2f}",
                             f"{p['power_mw']['calibrated_paper_sram']:.1f}", f"{paper['power_mw'][i]:.1f}",
                             f"{p['gops']['calibrated']:.1f}", f"{paper['gops'][i]:.1f}",
                             f"{p['at_chip_clock']['gops']:.1f}, {p['at_chip_clock']['limit']}",
                             f"{p['pj_per_inference']['calibrated_paper_sram']:.0f}"])
        header = ["net", "mode", "BP", "AxTrain-pas, a net each", "one net", "paper without, with", "mW", "paper", "GOPS", "paper",
                  "GOPS chip, by", "pJ per inference"]
        text += f"{title}:\n\n{lab.table(header, rows)}\n"
    return text + (
        "Accuracies: means over splits, the paper's are of one. mW, GOPS and pJ: calibrated on the paper's M0 (`axnn power` prints "
        "raw and scaled columns, and Table III with 65 nm memories), weight memories by the fit; M1 and M2 are predictions. GOPS "
        "are at the PE's clock (the paper's design: at the paper's), \"chip\" at the clock that PE, the rest of the accelerator and "
        "the weight memory allow together (docs/power.md).\n")


def table4_section(bench, scope):
    return (table4.tables(bench, scope.recipes)
            + "\n`booth`, guarded storage, one set of weights a net. Means and deviations as `experiments/table4.py --help` says.\n")


def plain(*names):
    """A section of tables as run.py prints them."""
    def section(bench, scope):
        return run.tables(rows_of(bench, scope, *names)) or "None of the data sets is in this report.\n"
    return section
