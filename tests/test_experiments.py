#!/usr/bin/env python3
"""Experiments: what they keep, how they count, and the report as a user makes it.

    tests/test_experiments.py [--axnn build/bin/axnn] [--synth build/synth]
"""
import argparse
import json
import os
import pathlib
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "experiments"))

import drum  # noqa: E402
import figures  # noqa: E402
import lab  # noqa: E402
import nested  # noqa: E402
import run  # noqa: E402

OPTIONS = argparse.Namespace(axnn=ROOT / "build/bin/axnn", synth=ROOT / "build/synth")
LIBERTY = pathlib.Path("/usr/share/qflow/tech/osu018/osu018_stdcells.lib")


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="axnn_experiments_")
        self.addCleanup(temporary.cleanup)
        self.path = pathlib.Path(temporary.name)

    def program(self, text):
        """A shell script in axnn's place."""
        path = self.path / "axnn"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path


class Kept(Folder):
    def test_a_result_is_computed_once_and_anew_by_another_program(self):
        count = self.path / "count"
        text = f"echo x >> {count}; echo '{{\"a\": 1}}'\n"
        for program, calls in ((text, 1), (text, 1), (text + "# changed\n", 2)):
            bench = lab.Lab(self.program(program), self.path / "kept", 2)
            found = bench.map(lambda _: bench.report("train --data breast"), range(4))
            self.assertEqual(found, [{"a": 1}] * 4)
            self.assertEqual(len(count.read_text().split()), calls)

    def test_a_failed_run_leaves_nothing_and_says_why(self):
        bench = lab.Lab(self.program("echo half; echo 'axnn: no such data' >&2; exit 1\n"), self.path / "kept")
        with self.assertRaisesRegex(lab.Failed, r"axnn: no such data \(axnn train --json\)"):
            bench.report("train")
        self.assertEqual(list((self.path / "kept").glob("*.json")), [])

    def test_at_most_as_many_run_at_once_as_there_are_jobs(self):
        text = f"mkdir {self.path}/busy || exit 1; sleep 0.05; rmdir {self.path}/busy; echo 1\n"
        bench = lab.Lab(self.program(text), self.path / "kept", 1)
        self.assertEqual(bench.map(lambda i: bench.report(f"train {i}"), range(6)), [1] * 6)


class Files(unittest.TestCase):
    def test_every_experiment_names_a_data_set_in_every_run(self):
        for path in sorted((ROOT / "experiments").glob("*.toml")):
            names = [name for name, _ in lab.lines(lab.read_experiment(path))]
            self.assertEqual(len(names), len(set(names)), path)
            for _, line in lab.lines(lab.read_experiment(path)):
                self.assertIn(lab.data_of(line), lab.PAPER, f"{path}: {line}")
                self.assertNotIn("{", line, path)

    def test_a_matrix_multiplies_only_the_runs_that_name_its_keys(self):
        experiment = {"args": "--runs 10", "matrix": {"k": [1, 2], "m": ["x"]},
                      "run": [{"name": "a {k} {m}", "args": "--a {k}{m}"}, {"name": "b", "args": "--b"}]}
        self.assertEqual(list(lab.lines(experiment)),
                         [("a 1 x", "--a 1x --runs 10"), ("a 2 x", "--a 2x --runs 10"), ("b", "--b --runs 10")])

    def test_every_run_is_a_training_whose_options_all_do_something(self):
        known = ("breast", "image", "iono", "satimage")  # part of the program
        for path in sorted((ROOT / "experiments").glob("*.toml")):
            for name, line in lab.lines(lab.read_experiment(path)):
                if lab.data_of(line) not in known:
                    line = line.replace(f"--data {lab.data_of(line)}", "--data image")
                    line = line.replace("--pixel-shifts", "")
                done = subprocess.run([OPTIONS.axnn, "train", "--show-recipe", *shlex.split(line)], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, f"{path.name}: {name}: {done.stderr}")

    def test_every_choice_has_its_candidates(self):
        runs = dict(lab.lines(lab.read_experiment(nested.CHOOSE / "nested.toml")))
        for name, args in runs.items():
            done = subprocess.run([OPTIONS.axnn, *shlex.split(nested.command(args)), "--list"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, f"{name}: {done.stderr}")
            self.assertGreater(len(json.loads(done.stdout)), 1, name)

    def test_settings_are_options_again(self):
        self.assertEqual(nested.options({"clip": 2.0, "halvings": [0, 1], "centre": False, "clean-gradient": True}),
                         "--clip 2.0 --halvings 0,1 --no-centre --clean-gradient")

    def test_every_net_has_a_recipe(self):
        known = lab.read_experiment(lab.RECIPES)
        self.assertLessEqual(set(lab.PAPER), set(known["data"]))
        self.assertLessEqual(set(lab.PAPER), set(known["recipe"]["axtrain"]["data"]))


class Counts(unittest.TestCase):
    def test_cut_and_excess_by_hand(self):
        def report(exact, k1, k2):
            errors = {"exact": exact, "K1": k1, "K2": k2} | {f"K{k}": exact for k in range(3, 7)}
            return {"squared_error": {k: {"mean": v} for k, v in errors.items()},
                    "accuracy": {f"K{k}": {"mean": 0.5, "deviation": 0} for k in range(1, 10)}}

        found, exact = drum.figures({"s bp": report(0.1, 0.4, 0.105), "s pas K1": report(0.1, 0.2, 0.9)})
        self.assertEqual(list(exact), ["s"])
        self.assertAlmostEqual(found["s", 1, "pas"]["error"], 2)
        self.assertAlmostEqual(found["s", 1, "pas"]["cut"], 50)  # 0.4 -> 0.2
        self.assertAlmostEqual(found["s", 1, "pas"]["excess"], 100 * 2 / 3)  # 0.2 of 0.3
        self.assertNotIn(("s", 2, "pas"), found)  # the network was trained for K1
        self.assertIsNone(found["s", 2, "bp"]["excess"])  # 5 % is noise

    def test_the_cheapest_mode_keeps_the_accuracy(self):
        energy = {"M0": 3, "M1": 2, "M2": 1}
        accuracy = {m: {"mean": a} for m, a in (("M0", 0.98), ("M1", 0.97), ("M2", 0.90))}
        for floor, mode in ((89, "M2"), (90, "M2"), (91, "M1"), (97.5, "M0"), (99, "M0")):
            self.assertEqual(figures.cheapest(energy, accuracy, floor), mode)

    def test_runs_with_the_same_columns_share_a_table(self):
        one = {"accuracy_float": {"mean": 0.5, "deviation": 0.125}, "accuracy": {"M0": {"mean": 1, "deviation": 0}}}
        two = one | {"accuracy": {"M1": {"mean": 1, "deviation": 0}}}
        text = run.tables({"a": one, "c": two, "b": one})
        self.assertEqual(text.count("\n|---|"), 2)
        self.assertIn("| a | 50.00 +- 12.50 | 100.00 +- 0.00 |\n| b |", text)


class Report(Folder):
    def paper(self, *args):
        done = subprocess.run([ROOT / "experiments/paper.py", "--axnn", OPTIONS.axnn, "--synth", OPTIONS.synth,
                               "--kept", self.path / "kept", "--out", self.path / "out", *args], capture_output=True, text=True,
                              env=os.environ | {"AXNN_SOURCE": str(ROOT), "AXNN_DATA": ""})
        return done, (self.path / "out/report.md").read_text() if (self.path / "out/report.md").exists() else ""

    def test_the_report_of_one_net_has_its_tables_and_drawings(self):
        if shutil.which("gnuplot") is None:
            self.skipTest("gnuplot is not installed")
        sections = ["fig5", "fig6", "fig10", "table4"] + (["table2", "table3"] if LIBERTY.exists() else [])
        args = ["--nets", "breast", "--runs", "1", "--only", *sections]
        done, text = self.paper(*args)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(text.count("\n## "), len(sections))
        self.assertIn("a quick look", text)
        for name in ("fig5.svg", "fig6.svg", "fig10.svg"):
            self.assertIn("</svg>", (self.path / "out" / name).read_text())
        self.assertRegex(text, r"\| breast \| M1 \| 0\.66 \| \*{0,2}\d+\.\d+")
        again, same = self.paper(*args)
        self.assertEqual(same, text)
        self.assertIn("done, 0 runs", again.stderr)

    def test_a_section_that_fails_is_named_and_the_others_are_there(self):
        broken = self.path / "experiments"
        shutil.copytree(ROOT / "experiments", broken)
        shutil.copytree(ROOT / "constraints/tech", self.path / "constraints/tech")
        (broken / "fig11.toml").write_text('title = "t"\n[[run]]\nname = "n"\nargs = "--data breast --method nothing"\n')
        done = subprocess.run([broken / "paper.py", "--axnn", OPTIONS.axnn, "--kept", self.path / "kept", "--out", self.path / "out",
                               "--nets", "breast", "--runs", "1", "--only", "fig11", "table4"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr.splitlines()[-1], r"^paper.py: fig11: axnn: --method: method is one of")
        self.assertRegex((self.path / "out/report.md").read_text(), r"Failed: axnn: --method(.|\n)*## Table IV")

    def test_what_cannot_be_done_is_one_line(self):
        for args, words in ((["--nets", "mnist"], "none of the data sets can be read"),
                            (["--axnn", "/no/axnn"], "/no/axnn is not there")):
            done, _ = self.paper(*args)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, words)
            self.assertEqual(done.stderr.count("\n"), 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--axnn", type=pathlib.Path, default=OPTIONS.axnn)
    parser.add_argument("--synth", type=pathlib.Path, default=OPTIONS.synth)
    OPTIONS, others = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *others])
