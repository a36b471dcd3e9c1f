#!/usr/bin/env python3
"""Line, branch and toggle coverage of rtl/*.sv, by file.

Builds the counting models (tests/coverage.cmake: minutes the first time), runs their regression,
merges what they leave with verilator_coverage and prints a table. What cannot be reached stands
in tests/coverage_waivers.txt with its reason; a waiver of something that was hit fails.

  line     every point of a line was hit: its block, and each branch that begins on it
  branch   either way of an if, each case; an else that is not written counts
  toggle   a bit of a signal went up and down in some instance of the module; contents of memories
           do not count, since a macro takes their place
"""
import argparse
import collections
import fnmatch
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
WAIVERS = ROOT / "tests" / "coverage_waivers.txt"
PROGRAMS = ("cover_top", "cover_host")
KINDS = ("line", "branch", "toggle")
Point = collections.namedtuple("Point", "file line kind name")


def run(command, **options):
    done = subprocess.run([str(c) for c in command], **options)
    if done.returncode != 0:
        sys.exit(f"coverage: {command[0]} failed (exit code {done.returncode})")


def collect(build, jobs, folder):
    """Builds and runs the programs; returns the merged counts as text."""
    run(["cmake", "--build", build, "-j", jobs, "--target", "coverage_programs"],
        stdout=subprocess.DEVNULL)
    environment = {**os.environ, "AXNN_COVERAGE": str(folder)}
    # Two at a time; what they print matters only if they fail.
    running = [(name, subprocess.Popen([str(build / "bin" / name)], env=environment,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
               for name in PROGRAMS]
    for name, process in running:
        text = process.communicate()[0]
        if process.returncode != 0:
            sys.exit(f"{text[-4000:]}\ncoverage: {name} failed; the regression must pass first")
    merged = folder / "merged"
    run(["verilator_coverage", "--write", merged, *sorted(folder.glob("*.dat"))],
        stdout=subprocess.DEVNULL)
    return merged.read_text(encoding="latin-1")


def parse(text):
    """(hits of each point, lines of each file with the points that name them)."""
    hits = collections.Counter()
    lines = collections.defaultdict(set)
    for record in text.splitlines():
        found = re.match(r"C '(.*)' (\d+)$", record)
        if not found:
            continue
        fields = dict(f.split("\x02", 1) for f in found[1].split("\x01") if f)
        path = pathlib.Path(fields["f"])
        if path.parent.name != "rtl":
            continue
        kind = "toggle" if fields["page"].startswith("v_toggle") else "branch"
        name = fields["o"] if kind == "toggle" else f"{fields['o']}:{fields['n']}"
        point = Point(path.name, int(fields["l"]), kind, name)
        hits[point] += int(found[2])
        for part in filter(None, fields.get("S", "").split(",")):
            first, _, last = part.partition("-")
            for line in range(int(first), int(last or first) + 1):
                lines[path.name, line].add(point)
    return hits, lines


def read_waivers():
    """[(line number, test of a point)]; every one has a reason. The file says how they look."""
    waivers = []
    for number, text in enumerate(WAIVERS.read_text().splitlines(), 1):
        if not text.strip() or text.startswith("#"):
            continue
        toggle = re.match(r"(\S+) toggle ([\w.*,]+)(?:%(\d+))?(?:\[(\d+):(\d+)\])?  +\S", text)
        branch = re.match(r"(\S+) branch `([^`]+)`  +\S", text)
        if toggle:
            waivers.append((number, toggle_test(*toggle.groups())))
        elif branch:
            waivers.append((number, branch_test(*branch.groups())))
        else:
            sys.exit(f"coverage: {WAIVERS.name} line {number}: no waiver with a reason; see its head")
    return waivers


def toggle_test(file, signals, modulo, high, low):
    def test(point):
        name, _, bit = point.name.rstrip("]").rpartition("[")
        name, bit = (name, bit) if name and bit.isdigit() else (point.name, "0")
        if point.kind != "toggle" or not fnmatch.fnmatchcase(point.file, file):
            return False
        if not any(fnmatch.fnmatchcase(name, s) for s in signals.split(",")):
            return False
        bit = int(bit) % int(modulo or 1 << 30)
        return high is None or int(low) <= bit <= int(high)
    return test


def branch_test(file, source):
    where = subprocess.run([ROOT / "scripts/rtl_files.sh", "--cells", "faults", file.removesuffix(".sv")],
                           check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    texts = (ROOT / where).read_text().splitlines()
    return lambda p: p.file == file and p.kind == "branch" and source in texts[p.line - 1]


def measure(hits, lines, waivers):
    """{file: {kind: [hit, all, waived]}}, points missed, messages about waivers that are wrong."""
    # A toggle is up and down again: two changes.
    good = {p: n >= (2 if p.kind == "toggle" else 1) for p, n in hits.items()}
    waived, stale = set(), []
    for number, test in waivers:
        matched = [p for p in good if test(p)]
        if not matched:
            stale.append(f"{WAIVERS.name} line {number}: there is no such point")
        elif all(good[p] for p in matched):
            stale.append(f"{WAIVERS.name} line {number}: all of it was hit")
        waived.update(p for p in matched if not good[p])
    table = collections.defaultdict(lambda: {k: [0, 0, 0] for k in KINDS})
    for point, ok in good.items():
        entry = table[point.file][point.kind]
        entry[0] += ok
        entry[1] += point not in waived
        entry[2] += point in waived
    for (file, _), points in lines.items():
        entry = table[file]["line"]
        counting = points - waived
        entry[0] += all(good[p] for p in counting) and bool(counting)
        entry[1] += bool(counting)
        entry[2] += not counting
    missed = sorted(p for p, ok in good.items() if not ok and p not in waived)
    return table, missed, stale


def percent(hit, of):
    return 100.0 if of == 0 else 100.0 * hit / of


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build",
                        help="CMake build folder (default: build)")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count(), help="of the build")
    parser.add_argument("--lines", type=float, default=95, help="target in percent (default: 95)")
    parser.add_argument("--toggles", type=float, default=90, help="target in percent (default: 90)")
    parser.add_argument("--missed", action="store_true", help="print every point that was not hit")
    parser.add_argument("--counts", type=pathlib.Path, metavar="FILE",
                        help="merged counts: read if the file exists, else written after the run")
    options = parser.parse_args()
    if options.counts and options.counts.exists():
        text = options.counts.read_text(encoding="latin-1")
    else:
        with tempfile.TemporaryDirectory(prefix="axnn-coverage-") as folder:
            text = collect(options.build.resolve(), options.jobs, pathlib.Path(folder))
        if options.counts:
            options.counts.write_text(text, encoding="latin-1")
    table, missed, stale = measure(*parse(text), read_waivers())
    total = {k: [sum(t[k][i] for t in table.values()) for i in range(3)] for k in KINDS}
    print(f"{'file':26}{'lines':>9}{'%':>7}{'branches':>10}{'%':>7}{'toggles':>10}{'%':>7}"
          f"{'waived':>8}")
    for file, entry in [*sorted(table.items()), ("total", total)]:
        line, branch, toggle = (entry[k] for k in KINDS)
        print(f"{file:26}{line[1]:>9}{percent(*line[:2]):>7.1f}{branch[1]:>10}"
              f"{percent(*branch[:2]):>7.1f}{toggle[1]:>10}{percent(*toggle[:2]):>7.1f}"
              f"{branch[2] + toggle[2]:>8}")
    hit, of, waived = total["toggle"]
    print(f"Without waivers {percent(hit, of + waived):.1f} % of {of + waived} toggles.")
    if options.missed:
        for p in missed:
            print(f"missed: {p.file}:{p.line} {p.kind} {p.name}")
    sys.stdout.flush()
    counted = {f.name for f in (ROOT / "rtl").rglob("*.sv") if not f.name.endswith("_pkg.sv")}
    for file in sorted(counted - table.keys()):
        stale.append(f"rtl/{file} is not counted; add it to tests/coverage.cmake")
    for text in stale:
        print(f"coverage: {text}", file=sys.stderr)
    short = [f"{k}s {percent(*total[k][:2]):.1f} % of {want:g}"
             for k, want in (("line", options.lines), ("toggle", options.toggles))
             if percent(*total[k][:2]) < want]
    if short:
        print(f"coverage: short of the target: {', '.join(short)}", file=sys.stderr)
    sys.exit(1 if short or stale else 0)


if __name__ == "__main__":
    main()
