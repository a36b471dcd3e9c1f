"""What the experiments share: runs of axnn whose results are kept, and experiment files.

Results are kept in a folder under a digest of the program's bytes and the command line, and not computed again:
an interrupted experiment goes on where it stopped, and a changed program starts anew.
"""
import argparse
import concurrent.futures
import contextlib
import hashlib
import itertools
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import threading
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
RECIPES = ROOT / "data/recipes.toml"
PAPER = {net["name"]: net for net in json.loads((ROOT / "constraints/tech/paper.json").read_text())["nets"]}
CHIPS = 50  # the paper's number of runs with flipped bits


class Failed(Exception):
    """A command of an experiment failed; the text says which and why."""


@contextlib.contextmanager
def whole(path):
    """A path to write to: the file appears as `path` if all went well, or not at all."""
    part = path.with_name(f"part-{path.name}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Lab:
    """Runs axnn, as many at a time as there are jobs. `most_runs` shortens experiments for a quick look."""

    def __init__(self, axnn, out, jobs=1, most_runs=None, on_run=lambda: None):
        self.axnn = pathlib.Path(axnn)
        if not self.axnn.exists():
            raise Failed(f"{axnn} is not there; build it (make build) or name it by --axnn")
        self.out = pathlib.Path(out).resolve()
        self.out.mkdir(parents=True, exist_ok=True)
        self.most_runs = most_runs
        self.on_run = on_run
        self._program = hashlib.sha256(self.axnn.read_bytes()).hexdigest()
        self._slots = threading.Semaphore(jobs)
        self._locks = {}
        self._fresh = {}
        self._jobs = jobs

    def _kept(self, name, suffix, make):
        """Path of a result; `make(path)` writes it if it is not there. Whole or not at all."""
        digest = hashlib.sha256(f"{self._program} {name}".encode()).hexdigest()[:16]
        path = self.out / f"{digest}{suffix}"
        with self._locks.setdefault(path, threading.Lock()):
            if not path.exists():
                with self._slots, whole(path) as part:
                    make(part)
                self.on_run()
        return path

    def _call(self, args):
        done = subprocess.run([self.axnn, *args], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"{(done.stderr.strip().splitlines() or ['?'])[-1]} (axnn {shlex.join(args)})")
        return done.stdout

    def report(self, line):
        """What `axnn LINE --json` prints, parsed."""
        args = [*shlex.split(line), "--json"]
        return json.loads(self._kept(line, ".json", lambda path: path.write_text(self._call(args))).read_text())

    def fresh(self, line):
        """The same, not kept: for what depends on more than the program, such as constraints/."""
        if line not in self._fresh:
            self._fresh[line] = json.loads(self._call([*shlex.split(line), "--json"]))
        return self._fresh[line]

    def model(self, line):
        """Path of the model that `axnn train LINE` makes of the whole training part."""
        return self._kept(f"train {line}", ".axnn",
                          lambda p: self._call(["train", *shlex.split(line), "--final", "--update", "--out", str(p)]))

    def info(self, model, option):
        """Path of the CSV that `axnn info MODEL OPTION` writes."""
        return self._kept(f"info {model} {option}", ".csv",
                          lambda path: self._call(["info", str(model), *shlex.split(option), str(path)]))

    def map(self, function, items):
        """List of function(item), the calls side by side; the first failure is raised."""
        with concurrent.futures.ThreadPoolExecutor(max(2, 2 * self._jobs)) as pool:
            futures = [pool.submit(function, item) for item in items]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def splits(self, data):
        """Split numbers of a data set: ten, mnist, whose split is fixed, three seeds."""
        most = 3 if data == "mnist" else 10
        return range(min(most, self.most_runs or most))

    def shortened(self, line):
        if self.most_runs is None:
            return line
        return re.sub(r"--runs (\d+)", lambda m: f"--runs {min(int(m[1]), self.most_runs)}", line)


def recipes(bench, nets=None, recipe="axtrain"):
    """{data set: options of axnn train} of the nets that can be read, in the paper's order; `recipe` as of --recipe."""
    there = subprocess.run([bench.axnn, "data", "list", "--names"], capture_output=True, text=True).stdout.split()
    found = {net: f"--recipe {shlex.quote(str(recipe))}" for net in PAPER if net in there and net in (nets or PAPER)}
    if not found:
        raise Failed("none of the data sets can be read")
    return found


def read_experiment(path):
    return tomllib.loads(pathlib.Path(path).read_text())


def lines(experiment):
    """Names and command lines (options of axnn train) of an experiment, in the file's order."""
    for run in experiment["run"]:
        line = f"{run['args']} {experiment.get('args', '')}".strip()
        keys = [key for key in experiment.get("matrix", {}) if f"{{{key}}}" in run["name"] + line]
        for values in itertools.product(*(experiment["matrix"][key] for key in keys)):
            names = dict(zip(keys, values))
            yield run["name"].format(**names), line.format(**names)


def data_of(line):
    """The data set a line of options trains on."""
    return re.search(r"--data (\S+)", line)[1]


def reports(bench, experiment, wanted=lambda name, line: True):
    """Name and report of the runs that are wanted."""
    chosen = [(name, line) for name, line in lines(experiment) if wanted(name, line)]
    found = bench.map(lambda run: bench.report("train " + bench.shortened(run[1])), chosen)
    return {name: report for (name, _), report in zip(chosen, found)}


def percent(value):
    """Mean, deviation and, for chips, the worst, in per cent."""
    text = f"{100 * value['mean']:.2f} +- {100 * value['deviation']:.2f}"
    return text + (f" ({100 * value['worst']:.1f})" if "worst" in value else "")


def table(header, rows):
    """A table in Markdown."""
    text = "| " + " | ".join(header) + " |\n|" + "---|" * len(header) + "\n"
    return text + "".join("| " + " | ".join(row) + " |\n" for row in rows)


def option_parser(about):
    """The options that all experiments have."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--axnn", default=ROOT / "build/bin/axnn", help="the program")
    parser.add_argument("--kept", type=pathlib.Path, default=ROOT / "build/experiments", help="folder of kept results")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time")
    return parser


def add_nets(parser):
    parser.add_argument("--nets", nargs="+", choices=PAPER, metavar="NET", help="data sets (all that can be read)")


def main(function):
    """Calls it; a failure is one line on stderr and exit status 1."""
    try:
        function()
    except OSError as failure:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {failure.filename}: {failure.strerror}")
    except (Failed, tomllib.TOMLDecodeError) as failure:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {failure}")
    except KeyboardInterrupt:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: interrupted; finished runs are kept")
