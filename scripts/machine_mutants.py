#!/usr/bin/env python3
"""How good are the checks of the machine? Changes what goes into or out of cells of its modules at random
(Yosys mutate), puts all mutants into one design, the whole accelerator behind its AXI ports, and runs
tests/test_axi.cpp on it, as it is, for every mutant. scripts/mutants.sh does the same for multipliers, MACs
and PEs by benches of their own.

  scripts/machine_mutants.py --build DIR [--count N] [--seed S] [--jobs N] [MODULE...]
    DIR     a build folder in which test_axi is built
    N       mutants of each module, default 8
    MODULE  e.g. control; default: all

Mutants that no test kills are listed, and the program fails: nothing here proves yet that they are
equivalent to their module."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = ("control decoder sequencer retire drain receiver neuron_buffer fifo column counters "
           "axi_in axi_out axi_regs axi_run axi_lite weight_buffer").split()
BITS = 16  # of the number that chooses the mutant
DPI = 'import "DPI-C" function int axnn_mutant();'


def run(command, folder, **options):
    """Its output; ends the program with what it said if it fails."""
    done = subprocess.run([str(c) for c in command], cwd=folder, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"machine_mutants: {command[0]} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def rtl_files(*modules):
    """The accelerator's files, or those of these modules (scripts/rtl_files.sh)."""
    return [ROOT / f for f in run([ROOT / "scripts/rtl_files.sh", *modules], ROOT).split()]


def yosys(script, folder):
    return run(["yosys", "-q", "-p", script], folder)


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


def wrapper(name):
    """A module with the name and the ports of the changed one, whose contents are the gates."""
    text = rtl_files(f"axnn_{name}")[0].read_text()
    header = re.search(r"^module .*?^\);", text, re.M | re.S).group(0)
    ports = re.findall(r"^\s*(?:input|output)\b(?:[^,/]|/(?!/))*?(\w+)\s*,?\s*(?://.*)?$", header, re.M)
    wires = ",\n".join(f"    .{p}({p})" for p in ports)
    return (f"{header}\n  {DPI}\n  logic [{BITS - 1}:0] mutsel;\n  initial mutsel = {BITS}'(axnn_mutant());\n"
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
    yosys(f"read_rtlil {name}.il; script {name}.ys; opt_clean; write_verilog -noattr mutated_{name}.v",
          folder)
    return changes


def build(names, binaries, folder):
    """The accelerator with these modules as gates, and tests/test_axi.cpp on it: the program `bench`."""
    rtl = [f for f in rtl_files() if f.stem[len("axnn_"):] not in names]
    gates = [f"{kind}_{n}" for n in names for kind in ("wrap", "mutated")]
    gates = [g + (".sv" if g.startswith("wrap") else ".v") for g in gates]
    # Verilator up to 5.009 can be wrong on Yosys netlists through const-bit-op-tree.
    run(["verilator", "--cc", "--top-module", "axnn_axi", "--prefix", "Vaxi", "--Mdir", "obj", "-O3", "--x-assign",
         "fast", "--x-initial", "fast", "--assert", "-Wno-lint", "-Wno-style", "-Wno-fatal",
         "-fno-const-bit-op-tree", "-GMult=0", ROOT / "sim/verilator.vlt", *rtl, *gates], folder)
    run(["make", "-s", "-C", "obj", "-f", "Vaxi.mk", "OPT_FAST=-O1", "OPT_SLOW=-O0", "OPT_GLOBAL=-O1",
         "VM_PARALLEL_BUILDS=0", "OBJCACHE=ccache", "Vaxi__ALL.a"], folder)
    (folder / "mutant.cpp").write_text(
        "#include <cstdlib>\n"
        "extern \"C\" int axnn_mutant() {\n"
        "  const char* mutant = std::getenv(\"AXNN_MUTANT\");\n"
        "  return mutant == nullptr ? 0 : std::atoi(mutant);\n"
        "}\n")
    version = re.search(r"^project\(.*?VERSION (\S+?)[\s)]", (ROOT / "CMakeLists.txt").read_text(), re.M | re.S).group(1)
    include = run(["verilator", "--getenv", "VERILATOR_ROOT"], folder).strip() + "/include"
    run(["ccache", "g++", "-std=c++20", "-O1", "-march=native", f'-DAXNN_VERSION="{version}"', "-DVM_COVERAGE=0",
         "-DVM_SC=0", f"-I{ROOT}", f"-I{binaries}/gen", "-isystem", "/usr/include/eigen3", "-isystem", "obj",
         "-isystem", include, "-isystem", include + "/vltstd", "-c", ROOT / "tests/test_axi.cpp", "-o", "bench.o"],
        folder)
    libraries = ["tests/libcatch_main.a", "tests/libaxnn_host_example.a", "sim/libaxnn_program.a",
                 "sim/libaxnn_weight_reads.a", "model/libaxnn_model.a", "sim/libverilator_runtime.a"]
    run(["g++", "bench.o", "mutant.cpp", "obj/Vaxi__ALL.a", *(binaries / lib for lib in libraries),
         "-lfmt", "-lcrypto", "-lz", "-lpthread", "-o", "bench"], folder)


def killed(number, folder):
    """Does a test fail? Number 0 is the design as it is."""
    done = subprocess.run([folder / "bench", "--abort"], env={**os.environ, "AXNN_MUTANT": str(number)},
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return done.returncode != 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    args = parser.parse_args()
    names = args.modules or MODULES
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        elaborate(folder)
        mutants = []  # of all modules; the numbers go on from module to module
        for name in names:
            changes = make_mutants(name, len(mutants) + 1, args, folder)
            (folder / f"wrap_{name}.sv").write_text(wrapper(name))
            mutants += [(name, change) for change in changes]
        build(names, args.build.resolve(), folder)
        if killed(0, folder):
            sys.exit("machine_mutants: the tests fail on the design as it is")
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            verdicts = list(pool.map(lambda n: killed(n, folder), range(1, len(mutants) + 1)))
        for name in names:
            mine = [(c, k) for (n, c), k in zip(mutants, verdicts) if n == name]
            print(f"machine_mutants: {name:14} {len(mine):4} made, {sum(k for _, k in mine):4} killed", flush=True)
            for change, dead in mine:
                if not dead:
                    print(f"  {name}: not killed: {change.replace(str(ROOT) + '/', '')}")
    if not all(verdicts):
        sys.exit(1)


if __name__ == "__main__":
    main()
