#!/usr/bin/env python3
"""The README's picture: accuracy by PE and mode, plain training beside AxTrain, and the energy of an inference.

  make -s sim ARGS=--json > build/sim.json
  make -s power ARGS=--json > build/power.json
  experiments/picture.py build/sim.json build/power.json docs/first-look.svg

Accuracies are means over the data sets in the first file. Energies are those of Table III at 1.10 V, calibrated,
each network's over what the paper's design takes for it in M0, means over the networks: fig8 in latency mapping,
booth in throughput mapping."""
import argparse
import json
import pathlib
import statistics
import sys

import lab
import plot

DESIGNS = (("fig8", "latency", "paper's PE"), ("booth", "throughput", "fused PE"))
MODES = ("M0", "M1", "M2")


def mean(values, what):
    values = list(values)
    if not values:
        raise lab.Failed(f"no row for {what}")
    return statistics.fmean(values)


def rows(sim, power):
    """[(label, BP %, AxTrain %, energy over the paper's design in M0)], a row a design and mode."""
    def energy(kind, mapping, mode):
        return {r["dataset"]: r["pj_per_inference"]["calibrated"] for r in power["table3"]
                if (r["multiplier"], r["mapping"], r["mode"]) == (kind, mapping, mode)}
    base = energy("fig8", "latency", "M0")
    found = []
    for kind, mapping, name in DESIGNS:
        for mode in MODES:
            what = f"{kind} {mode}"
            mine = [r for r in sim["results"] if (r["multiplier"], r["mode"]) == (kind, mode) and "plain" in r]
            pj = energy(kind, mapping, mode)
            found.append((f"{name} {mode}", mean((100 * r["plain"]["accuracy_golden"] for r in mine), what),
                          mean((100 * r["accuracy_rtl"] for r in mine), what),
                          mean((pj[d] / base[d] for d in pj if d in base), what)))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("sim", type=pathlib.Path, help="what axnn sim --plain ... --json printed")
    parser.add_argument("power", type=pathlib.Path, help="what axnn power --json printed")
    parser.add_argument("svg", type=pathlib.Path)
    args = parser.parse_args()
    table = rows(*(json.loads(path.read_text()) for path in (args.sim, args.power)))
    sets = len({r["dataset"] for r in json.loads(args.sim.read_text())["results"]})
    plot.draw(args.svg, plot.block("rows", table) + f"""
set style data histogram
set style histogram cluster gap 1
set style fill solid 0.85 noborder
set xtics nomirror rotate by -30
set key top left outside horizontal samplen 1
set tmargin 5
set multiplot layout 1,2
set title 'accuracy, %, mean of {sets} data sets' offset 0,-0.5
set yrange [0:100]
plot $rows using 2:xtic(1) title "plain back-propagation" lt 5, $rows using 3 title "AxTrain" lt 1
set title 'energy of an inference, paper''s PE in M0 = 1' offset 0,-0.5
set yrange [0:1.1]
plot $rows using 4:xtic(1) lt 2 notitle, \
     $rows using 0:4:(sprintf("%.2f", $4)) with labels offset 0,0.6 notitle
unset multiplot
""", size=(880, 380))


if __name__ == "__main__":
    try:
        main()
    except (lab.Failed, OSError, ValueError, KeyError) as error:
        sys.exit(f"picture: {error}")
