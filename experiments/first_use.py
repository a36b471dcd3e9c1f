#!/usr/bin/env python3
"""Data nobody tuned for: the default recipe beside scikit-learn's MLPClassifier.

    experiments/first_use.py [--only wine vowel ...] [--splits 10] [--hardware]

Writes data sets of installed Debian packages as CSV, trains each by `axnn train --data FILE` without any other setting
(letter: --layers 64) and MLPClassifier with the same hidden layers on the same rows, as it comes (200 epochs) and
with early_stopping=True; its inputs standardised by StandardScaler. Cells: accuracy on the test part, mean +- deviation
over splits 0, 1, ..., in per cent; CPU seconds of one training. A set whose package is missing is left out, with the
reason. --hardware adds `--recipe axtrain`: one network for M0, M1 and M2 of booth, in its arithmetic.

Packages: apt-get install python3-sklearn r-base-core r-cran-mlbench r-cran-kernlab
Results are kept (--kept) under a digest of the program, the data and the settings.
"""
import csv
import dataclasses
import hashlib
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time
import warnings

import lab

# Numbers as they are, factors as the numbers of their levels; rows with a missing value go.
R_EXPORT = """
args <- commandArgs(TRUE)
if (!requireNamespace(args[1], quietly = TRUE)) quit(status = 3)
data(list = args[2], package = args[1])
table <- get(args[2]); table <- table[complete.cases(table), ]
columns <- setdiff(names(table), args[3])
out <- as.data.frame(lapply(table[columns], function(v) if (is.factor(v)) as.integer(v) - 1L else as.numeric(v)))
out$class <- table[[args[3]]]
write.csv(out, args[4], row.names = FALSE, quote = FALSE)
"""


@dataclasses.dataclass
class Source:
    """Where a set comes from: a Debian package, the name there, for R the label column; hidden layers if not the
    default ones."""
    package: str
    name: str
    label: str = ""
    layers: tuple = (64, 64)


SETS = {
    "wine": Source("python3-sklearn", "load_wine"),
    "vehicle": Source("r-cran-mlbench", "Vehicle", "Class"),
    "vowel": Source("r-cran-mlbench", "Vowel", "Class"),
    "pima": Source("r-cran-mlbench", "PimaIndiansDiabetes", "diabetes"),
    "dna": Source("r-cran-mlbench", "DNA", "Class"),
    "spam": Source("r-cran-kernlab", "spam", "type"),
    "letter": Source("r-cran-mlbench", "LetterRecognition", "lettr", (64,)),
}


def sklearn():
    try:
        import sklearn as found
    except ImportError:
        raise lab.Failed(f"{sys.executable} has no scikit-learn; install python3-sklearn, or run with /usr/bin/python3")
    return found


def export(source, path):
    """Writes a set as CSV, the class last. Raises lab.Failed if its package is not there."""
    if source.package == "python3-sklearn":
        import sklearn.datasets
        bunch = getattr(sklearn.datasets, source.name)()
        with open(path, "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow([*bunch.feature_names, "class"])
            for values, label in zip(bunch.data, bunch.target):
                rows.writerow([*map(float, values), bunch.target_names[label]])
        return
    library = source.package.removeprefix("r-cran-")
    try:
        done = subprocess.run(["Rscript", "-e", R_EXPORT, library, source.name, source.label, str(path)],
                              capture_output=True, text=True)
    except FileNotFoundError:
        raise lab.Failed("Rscript is not there; install r-base-core") from None
    if done.returncode == 3:
        raise lab.Failed(f"{source.package} is not installed")
    if done.returncode != 0:
        raise lab.Failed((done.stderr.strip().splitlines() or ["Rscript failed"])[-1])


def cpu_seconds():
    """CPU time of this process and of those it has waited for."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


class Comparison:
    """One set: its file, its splits, and what was trained on it."""

    def __init__(self, given, name):
        self.axnn = pathlib.Path(given.axnn)
        self.folder = given.kept / "first_use"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.splits = given.splits
        self.jobs = given.jobs
        self.source = SETS[name]
        self.path = self.folder / f"{name}.csv"
        if not self.path.exists():
            with lab.whole(self.path) as part:
                export(self.source, part)
        self.data = hashlib.sha256(self.path.read_bytes()).hexdigest()

    def _kept(self, key, make):
        digest = hashlib.sha256(json.dumps([self.data, key]).encode()).hexdigest()[:16]
        path = self.folder / f"{digest}.json"
        if not path.exists():
            with lab.whole(path) as part:
                part.write_text(json.dumps(make()))
        return json.loads(path.read_text())

    def _call(self, *args):
        done = subprocess.run([self.axnn, *args, "--json"], capture_output=True, text=True)
        if done.returncode != 0:
            raise lab.Failed((done.stderr.strip().splitlines() or ["axnn failed"])[-1])
        return json.loads(done.stdout)

    def ours(self, *options):
        """What `axnn train` reports over the splits, and CPU seconds of one training."""
        layers = [] if self.source.layers == (64, 64) else ["--layers", ",".join(map(str, self.source.layers))]
        args = ["train", "--data", str(self.path), *layers, *options, "--runs", str(self.splits), "--test"]

        def make():
            before = cpu_seconds()
            report = self._call(*args, "--threads", str(self.jobs))
            return {"report": report, "seconds": (cpu_seconds() - before) / self.splits}
        return self._kept(["axnn", hashlib.sha256(self.axnn.read_bytes()).hexdigest(), args], make)

    def theirs(self, early):
        """Accuracies of MLPClassifier on the same splits, and CPU seconds of one training."""
        rows = [self._call("data", "split", str(self.path), "--split", str(split)) for split in range(self.splits)]
        make = [lambda split=split, seed=seed: self._fit(split, seed, early) for seed, split in enumerate(rows, 1)]
        key = ["sklearn", sklearn().__version__, self.source.layers, early]
        runs = [self._kept([*key, seed, split], one) for seed, (split, one) in enumerate(zip(rows, make), 1)]
        return {"accuracy": [run["accuracy"] for run in runs],
                "seconds": statistics.mean(run["seconds"] for run in runs)}

    def _fit(self, split, seed, early):
        import numpy
        from sklearn.neural_network import MLPClassifier
        from sklearn.preprocessing import StandardScaler
        with open(self.path, newline="") as file:
            table = list(csv.reader(file))[1:]
        x = numpy.array([row[:-1] for row in table], dtype=float)
        y = numpy.array([row[-1] for row in table])
        before = cpu_seconds()
        scaler = StandardScaler().fit(x[split["train"]])
        net = MLPClassifier(self.source.layers, early_stopping=early, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # 200 epochs reached
            net.fit(scaler.transform(x[split["train"]]), y[split["train"]])
        seconds = cpu_seconds() - before
        return {"accuracy": net.score(scaler.transform(x[split["test"]]), y[split["test"]]), "seconds": seconds}


def percent(values):
    return lab.percent({"mean": statistics.mean(values),
                        "deviation": statistics.stdev(values) if len(values) > 1 else 0.0})


def seconds(value):
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def row(comparison, hardware):
    ours = comparison.ours()
    theirs = comparison.theirs(early=False)
    early = comparison.theirs(early=True)
    report = ours["report"]
    epochs = sorted(run["epochs"] for run in report["runs"])
    float_runs = [run["accuracy_float"] for run in report["runs"]]
    differences = [a - b for a, b in zip(float_runs, theirs["accuracy"])]
    cells = [f"{report['train'] + report['judged']} x {report['features']}, {len(report['classes'])}",
             percent(float_runs), percent(theirs["accuracy"]), percent(early["accuracy"]), percent(differences),
             f"{epochs[0]} to {epochs[-1]}", seconds(ours["seconds"]), seconds(theirs["seconds"])]
    if hardware:
        found = comparison.ours("--recipe", "axtrain")
        cells += [lab.percent(found["report"]["accuracy"][mode]) for mode in ("M0", "M1", "M2")]
        cells.append(seconds(found["seconds"]))
    return cells


def main():
    parser = lab.option_parser(__doc__)
    parser.add_argument("--only", nargs="+", choices=SETS, metavar="SET", default=list(SETS), help=", ".join(SETS))
    parser.add_argument("--splits", type=int, default=10, help="splits 0 to N - 1 (10)")
    parser.add_argument("--hardware", action="store_true", help="also train for booth, one network for M0, M1, M2")
    given = parser.parse_args()
    if given.splits < 1:
        parser.error("--splits: at least 1")
    given.kept = given.kept.resolve()
    if not pathlib.Path(given.axnn).exists():
        raise lab.Failed(f"{given.axnn} is not there; build it (make build) or name it by --axnn")
    sklearn()
    header = ["", "rows x features, classes", "axnn, float", "scikit-learn", "with early stopping",
              "axnn - scikit-learn", "epochs chosen", "CPU s", "CPU s, scikit-learn"]
    if given.hardware:
        header += ["booth M0", "M1", "M2", "CPU s, axtrain"]
    rows = []
    for name in given.only:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            comparison = Comparison(given, name)
        except lab.Failed as reason:
            print(f"{name} left out: {reason}", file=sys.stderr)
            continue
        rows.append([name, *row(comparison, given.hardware)])
    if not rows:
        raise lab.Failed("no data set is here")
    print(lab.table(header, rows), end="")


if __name__ == "__main__":
    lab.main(main)
