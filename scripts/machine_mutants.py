#!/usr/bin/env python3
"""How good are the checks of the machine? Changes what goes into or out of cells of its modules at random
(Yosys mutate), puts all mutants into one design, and runs benches with independently computed results on
every one. scripts/mutants.sh does the same for multipliers, MACs and PEs.

  scripts/machine_mutants.py --build DIR [--count N] [--seed S] [--jobs N] [--verdicts FILE] [--fresh] [--again]
                             [--report] [MODULE...]
    DIR       a whole build; the benches and their models are kept in DIR/mutants
    N         mutants of each module, default 8. The first ones of 200 are those of 40
    FILE      where verdicts are kept, default DIR/mutants/verdicts.json
    --fresh   forget the verdicts there are. Those of another RTL are forgotten anyway; those of other
              benches are not, since a bench with more cases kills no less
    --again   what survived or is undecided is shown to all benches once more
    --report  print the verdicts there are, run nothing
    MODULE    e.g. control; default: all. A model with many mutants is slow: for a long run, one module at a time

A mutant is killed by the first bench that fails: tests/test_axi.cpp, tests/cover_top.cpp (networks, ends of the
memories, errors, all against the golden model), a bench of its own (UNITS). One that no
bench kills is equivalent if yosys-abc (scorr, pdr) proves from reset on that no output of its module ever
differs, whatever the inputs. What is neither is printed and fails, unless tests/mutants/undecided.txt
gives the reason. All benches come first, then the proofs; a run that was stopped goes on where it was."""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = ("control decoder sequencer retire drain receiver neuron_buffer fifo column counters "
           "axi_in axi_out axi_regs axi_run axi_lite weight_buffer").split()
BITS = 16  # of the number that chooses the mutant
DPI = 'import "DPI-C" function int axnn_mutant();'
MUTANT = """#include <cstdlib>
extern "C" int axnn_mutant() {
  const char* mutant = std::getenv("AXNN_MUTANT");
  return mutant == nullptr ? 0 : std::atoi(mutant);
}
"""
REASONS = ROOT / "tests/mutants/undecided.txt"
BENCH_SECONDS = 300  # of a bench; one that takes longer than that hangs
PROOF_SECONDS = 20


def run(command, folder, **options):
    """Its output; ends the program with what it said if it fails."""
    done = subprocess.run([str(c) for c in command], cwd=folder, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"machine_mutants: {command[0]} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def yosys(script, folder):
    return run(["yosys", "-q", "-p", script], folder)


def rtl_files(*which):
    """The accelerator's files, packages first, or some of them (scripts/rtl_files.sh)."""
    return [ROOT / f for f in run([ROOT / "scripts/rtl_files.sh", *which], ROOT).split()]


def rtl_of(module):
    return rtl_files(f"axnn_{module}")[0]


def elaborate(folder):
    """The accelerator with its parameters resolved, as machine.il, its memories black boxes."""
    names = " ".join(str(f) for f in rtl_files() if f.stem != "axnn_sram")
    yosys(f"read_verilog -sv {ROOT / 'rtl/tech/asic/axnn_sram.sv'}; read_verilog -sv -formal {names}; "
          "hierarchy -check -top axnn_axi -chparam Mult 0; write_rtlil machine.il", folder)


def derived(name, folder):
    """What Yosys calls the module once its parameters are in."""
    names = re.findall(r"^module (\S+)", (folder / "machine.il").read_text(), re.M)
    found = [n for n in names if n == f"\\axnn_{name}" or re.match(r"\$paramod.*\\axnn_" + name + r"(\\|$)", n)]
    if len(found) != 1:
        sys.exit(f"machine_mutants: {name}: not one module in the accelerator: {found}")
    return found[0]


def header(name):
    """A module's declaration, up to the end of its ports."""
    return re.search(r"^module .*?^\);", rtl_of(name).read_text(), re.M | re.S).group(0)


def ports(name):
    """Directions and names of a module's ports."""
    return re.findall(r"^\s*(input|output)\b(?:[^,/]|/(?!/))*?(\w+)\s*,?\s*(?://.*)?$", header(name), re.M)


def wrapper(name):
    """A module with the name and the ports of the changed one, whose contents are the gates."""
    wires = ",\n".join(f"    .{p}({p})" for _, p in ports(name))
    return (f"{header(name)}\n  {DPI}\n  logic [{BITS - 1}:0] mutsel;\n  initial mutsel = {BITS}'(axnn_mutant());\n"
            f"  mutated_{name} u_mutated (\n{wires},\n    .mutsel(mutsel)\n  );\nendmodule\n")


def make_mutants(name, first, args, folder):
    """Writes mutated_NAME.v with `count` mutants, numbered from `first`; their changes."""
    there = derived(name, folder)
    yosys(f"read_rtlil machine.il; hierarchy -top {there}; "
          "proc; flatten; opt; memory_map; opt -full; "
          f"rename -top mutated_{name}; clean; write_rtlil {name}.il; "
          f"mutate -list {args.count} -seed {args.seed} -o {name}.list mutated_{name}", folder)
    changes = [re.sub(r" -src .*", "", line) for line in (folder / f"{name}.list").read_text().splitlines()]
    (folder / f"{name}.ys").write_text(
        "".join(f"{c} -ctrl mutsel {BITS} {first + i}\n" for i, c in enumerate(changes)))
    yosys(f"read_rtlil {name}.il; script {name}.ys; opt_clean; write_verilog -noattr mutated_{name}.v", folder)
    (folder / f"wrap_{name}.sv").write_text(wrapper(name))
    return changes


# Benches: how a model is made, what is linked to it.

def verilate(prefix, top, files, folder, options):
    """A model as archive; warnings are the RTL's own business (scripts/lint.sh)."""
    # Verilator up to 5.009 can be wrong on Yosys netlists through const-bit-op-tree, and 5.006 through its
    # data-flow graph: of the decoder with 200 mutants none of which is chosen.
    run(["verilator", "--cc", "--top-module", top, "--prefix", prefix, "--Mdir", prefix, "-O3", "--x-assign", "fast",
         "--assert", "-Wno-lint", "-Wno-style", "-Wno-fatal", "-fno-const-bit-op-tree",
         "-fno-dfg", *options, *files], folder)
    run(["make", "-s", "-C", prefix, "-f", f"{prefix}.mk", "OPT_FAST=-O1", "OPT_SLOW=-O0", "OPT_GLOBAL=-O1",
         "VM_PARALLEL_BUILDS=0", "OBJCACHE=ccache", f"{prefix}__ALL.a"], folder)


def link(bench, source, prefixes, libraries, binaries, folder, options=()):
    """The program `bench` of a Catch2 source on models."""
    project = (ROOT / "CMakeLists.txt").read_text()
    version = re.search(r"^project\(.*?VERSION (\S+?)[\s)]", project, re.M | re.S).group(1)
    include = run(["verilator", "--getenv", "VERILATOR_ROOT"], folder).strip() + "/include"
    run(["ccache", "g++", "-std=c++20", "-O1", "-march=native", f'-DAXNN_VERSION="{version}"', "-DVM_COVERAGE=0",
         "-DVM_SC=0", f"-I{ROOT}", f"-I{binaries}/gen", "-isystem", "/usr/include/eigen3",
         *(part for p in prefixes for part in ("-isystem", p)), "-isystem", include, "-isystem", include + "/vltstd",
         *options, "-c", source, "-o", f"{bench}.o"], folder)
    run(["g++", f"{bench}.o", "mutant.cpp", *(f"{p}/{p}__ALL.a" for p in prefixes), binaries / "tests/libcatch_main.a",
         *(binaries / library for library in libraries), "-lfmt", "-lcrypto", "-lz", "-lpthread", "-o", bench], folder)


def build_axi(names, binaries, folder):
    files = [f for f in rtl_files() if f.stem[len("axnn_"):] not in names]
    gates = [g for n in names for g in (f"wrap_{n}.sv", f"mutated_{n}.v")]
    verilate("Vaxi", "axnn_axi", [ROOT / "sim/verilator.vlt", *files, *gates], folder,
             ["--x-initial", "fast", "-GMult=0"])
    link("axi", ROOT / "tests/test_axi.cpp", ["Vaxi"],
         ["tests/libaxnn_host_example.a", "sim/libaxnn_program.a", "sim/libaxnn_weight_reads.a",
          "model/libaxnn_model.a", "sim/libverilator_runtime.a"], binaries, folder)


def build_top(names, binaries, folder):
    files = [f for f in rtl_files() if f.stem[len("axnn_"):] not in names and not f.stem.startswith("axnn_axi")]
    gates = [g for n in names if not n.startswith("axi") for g in (f"wrap_{n}.sv", f"mutated_{n}.v")]
    verilate("Vmutants", "axnn_top", [ROOT / "sim/verilator.vlt", *files, *gates], folder,
             ["--x-initial", "fast", "-GMult=0"])
    others = sorted(str(f.relative_to(binaries)) for f in (binaries / "sim").glob("libverilated_*.a"))
    link("top", ROOT / "tests/cover_top.cpp", ["Vmutants"],
         ["sim/libaxnn_sim.a", *others, "sim/libaxnn_program.a", "sim/libaxnn_weight_reads.a", "model/libaxnn_model.a",
          "sim/libverilator_runtime.a"], binaries, folder,
         ['-DAXNN_TOP_HEADER="Vmutants.h"', "-DAXNN_TOP_MODEL=Vmutants"])


def build_unit(name, source, binaries, folder):
    verilate(f"V{name}", f"axnn_{name}", [f for f in rtl_files() if f.name.endswith("_pkg.sv")] +
             [*rtl_files("--only-cells"), f"wrap_{name}.sv", f"mutated_{name}.v"], folder,
             ["--x-initial", "unique"])
    link(name, source, [f"V{name}"], ["sim/libaxnn_program.a", "model/libaxnn_model.a", "sim/libverilator_runtime.a"],
         binaries, folder)


def build(names, binaries, folder, pool):
    """The programs of all benches, those that are not there as they would be made now."""
    def make(bench, maker, source, *arguments):
        parts = [("tests", "*.h"), ("examples", "axnn_host.*"), ("sim", "*.[ch]*"), ("model", "*.[ch]*")]
        files = [*rtl_files(), source, *(f for part, which in parts for f in sorted((ROOT / part).glob(which))),
                 *(folder / f"mutated_{n}.v" for n in names)]
        digest = hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()
        stamp = folder / f"{bench}.built"
        if not stamp.exists() or stamp.read_text() != digest:
            maker(*arguments, binaries, folder)
            stamp.write_text(digest)

    jobs = [pool.submit(make, "axi", build_axi, ROOT / "tests/test_axi.cpp", names)]
    if any(not n.startswith("axi") for n in names):
        jobs.append(pool.submit(make, "top", build_top, ROOT / "tests/cover_top.cpp", names))
    for n in names:
        if n in UNITS:
            jobs.append(pool.submit(make, n, build_unit, ROOT / UNITS[n], n, ROOT / UNITS[n]))
    for job in jobs:
        job.result()


UNITS = {"decoder": "tests/test_decoder.cpp", "counters": "tests/mutants/counters.cpp",
         "column": "tests/mutants/column.cpp", "weight_buffer": "tests/mutants/weight_buffer.cpp"}


def benches(name):
    """Programs that may kill a mutant of the module, quick ones first."""
    return ([name] if name in UNITS else []) + ([] if name.startswith("axi") else ["top"]) + ["axi"]


def failing(bench, number, folder):
    """Does a test fail? Number 0 is the design as it is."""
    try:
        done = subprocess.run([folder / bench, "--abort"], env={**os.environ, "AXNN_MUTANT": str(number)},
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=BENCH_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


# Proofs.

def held_in_reset(text, name):
    """The netlist with rst_ni low in the first cycle, so that it starts from reset."""
    before, line, module = re.split(rf"^(module \\mutated_{name}\n)", text, maxsplit=1, flags=re.M)
    if "\\rst_ni" not in module:
        return text
    module = re.sub(r"^(\s+connect .*?)\\rst_ni\b", r"\1\\rst_held", module, flags=re.M)
    cells = ("  cell $dff $started\n    parameter \\CLK_POLARITY 1\n    parameter \\WIDTH 1\n"
             "    connect \\CLK \\clk_i\n    connect \\D 1'1\n    connect \\Q \\started\n  end\n"
             "  cell $and $held\n    parameter \\A_SIGNED 0\n    parameter \\A_WIDTH 1\n"
             "    parameter \\B_SIGNED 0\n    parameter \\B_WIDTH 1\n    parameter \\Y_WIDTH 1\n"
             "    connect \\A \\rst_ni\n    connect \\B \\started\n    connect \\Y \\rst_held\n  end\n")
    module = re.sub(r"^end\s*$", lambda end: cells + end.group(0), module, count=1, flags=re.M)
    return before + line + "  attribute \\init 1'0\n  wire \\started\n  wire \\rst_held\n" + module


def equivalent(name, change, folder):
    """Is the mutant's output the module's for ever? From reset on, registers without one from 0; what is x is 0.
    Not for modules that hold memories."""
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        text = (folder / f"{name}.il").read_text()
        # Cut out (expose -evert) a memory hides changes at its ports: a killed mutant was "proved" so.
        if "axnn_sram" in text[text.index(f"module \\mutated_{name}\n"):]:
            return False
        (work / "held.il").write_text(held_in_reset(text, name))
        yosys(f"read_rtlil held.il; copy mutated_{name} gold; {change}; rename mutated_{name} gate; opt_clean; "
              "miter -equiv -flatten gold gate both; hierarchy -top both; "
              "flatten; async2sync; setundef -init -zero; opt -full; dffunmap; techmap; opt; setundef -zero; "
              "dffunmap; aigmap; opt_clean; write_aiger -zinit miter.aig", work)
        try:
            done = subprocess.run(["yosys-abc", "-c", f"read_aiger miter.aig; scorr; pdr -T {PROOF_SECONDS}"],
                                  cwd=work, capture_output=True, text=True, check=False, timeout=3 * PROOF_SECONDS)
        except subprocess.TimeoutExpired:
            return False
        return "Property proved" in done.stdout


# Verdicts.

class Verdicts:
    """What is known of mutants, as DIR/mutants/verdicts.json, written with every new one."""

    def __init__(self, path, fresh):
        self.path = path
        self.lock = threading.Lock()
        digest = hashlib.sha256(b"".join(f.read_bytes() for f in rtl_files())).hexdigest()
        self.all = {"rtl": digest, "modules": {}}
        if path.exists() and not fresh:
            there = json.loads(path.read_text())
            if there["rtl"] == digest:
                self.all = there

    @staticmethod
    def key(change):
        return change.replace(str(ROOT) + "/", "")

    def get(self, name, change):
        return self.all["modules"].get(name, {}).get(self.key(change))

    def put(self, name, change, verdict):
        with self.lock:
            self.all["modules"].setdefault(name, {})[self.key(change)] = verdict
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps(self.all, indent=1))
            new.replace(self.path)


def reasons():
    """Of mutants that are neither killed nor proved: {(module, change): reason}."""
    found = {}
    if REASONS.exists():
        for line in REASONS.read_text().splitlines():
            if line and not line.startswith("#"):
                module, change, reason = line.split(" | ")
                found[module, change] = reason
    return found


def decided(verdict):
    return verdict is not None and verdict.split()[0] in ("killed", "proved")


def test(number, name, change, verdicts, folder, again):
    """Does a bench kill the mutant? One that survived benches is shown to others only, unless `again`."""
    verdict = verdicts.get(name, change)
    tried = [] if verdict is None or again else verdict.split()[1:]
    untried = [b for b in benches(name) if b not in tried]
    if decided(verdict) or not untried:
        return
    bench = next((b for b in untried if failing(b, number, folder)), None)
    verdict = f"killed by {bench}" if bench else f"survived {' '.join(tried + untried)}"
    verdicts.put(name, change, verdict)
    print(f"{name} {number}: {verdict}: {verdicts.key(change)}", flush=True)


def prove(number, name, change, verdicts, folder):
    """Is one that survived equivalent?"""
    verdict = verdicts.get(name, change)
    if verdict.startswith("survived"):
        verdict = "proved" if equivalent(name, change, folder) else verdict.replace("survived", "undecided")
        verdicts.put(name, change, verdict)
        print(f"{name} {number}: {verdict}: {verdicts.key(change)}", flush=True)


def table(names, changes, verdicts):
    """Prints counts and what is undecided; is everything decided or has its reason?"""
    known = reasons()
    good = True
    print(f"{'module':14} {'made':>5} {'killed':>7} {'proved':>7} {'undecided':>10}")
    for name in names:
        mine = [(c, verdicts.get(name, c) or "not run") for c in changes[name]]
        killed = sum(v.startswith("killed") for _, v in mine)
        proved = sum(v == "proved" for _, v in mine)
        print(f"{name:14} {len(mine):5} {killed:7} {proved:7} {len(mine) - killed - proved:10}")
    for name in names:
        for change in changes[name]:
            verdict = verdicts.get(name, change) or "not run"
            if not decided(verdict):
                reason = known.get((name, verdicts.key(change)))
                good = good and reason is not None
                print(f"{name}: {verdict}: {verdicts.key(change)}{': ' + reason if reason else ''}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verdicts", type=pathlib.Path)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    args = parser.parse_args()
    names = args.modules or MODULES
    for name in names:
        if name not in MODULES:
            print(f"machine_mutants: no module '{name}'; there are {' '.join(MODULES)}", file=sys.stderr)
            return 2
    binaries = args.build.resolve()
    folder = binaries / "mutants" / f"{args.seed}-{args.count}" / ("all" if names == MODULES else "-".join(names))
    folder.mkdir(parents=True, exist_ok=True)
    verdicts = Verdicts(args.verdicts or binaries / "mutants/verdicts.json", args.fresh)
    elaborate(folder)
    (folder / "mutant.cpp").write_text(MUTANT)
    mutants, changes = [], {}  # the numbers go on from module to module
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        jobs = [pool.submit(make_mutants, name, 1 + args.count * i, args, folder) for i, name in enumerate(names)]
        for i, (name, job) in enumerate(zip(names, jobs)):
            changes[name] = job.result()
            mutants += [(1 + args.count * i + n, name, change) for n, change in enumerate(changes[name])]
        if not args.report:
            build(names, binaries, folder, pool)
            for bench in sorted({b for n in names for b in benches(n)}):
                if failing(bench, 0, folder):
                    sys.exit(f"machine_mutants: {folder / bench} fails on the design as it is")
            # Of each module the first ones first.
            mutants.sort(key=lambda m: (m[0] - 1) % args.count)
            list(pool.map(lambda m: test(*m, verdicts, folder, args.again), mutants))
            list(pool.map(lambda m: prove(*m, verdicts, folder), mutants))
    return 0 if table(names, changes, verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
