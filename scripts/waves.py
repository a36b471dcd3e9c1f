#!/usr/bin/env python3
"""Waveforms of a layer of one sample and of a batch, for docs/architecture.md.

Assembles docs/waves/NAME.s, runs it on the RTL in Icarus (docs/waves/bench.sv) and writes
docs/waves/NAME.svg and NAME.json (WaveDrom), from the first step to the last result.
"""
import argparse
import html
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "waves"

# (label, signal, signal that says when it means something; None: always)
STEP = [("step", "step", None), ("tile", "tile", "step")]
PE = [("PE (0,0): operands there", "operands", None), ("activation", "bus", "operands"),
      ("weight", "weight", "operands"), ("product there", "product", None), ("accumulator", "acc", None)]
ROWS = [("row stages 4..0", "rows", None), ("bias read", "bias", None),
        ("requantisation stages 2..0", "requant", None)]
WRITE = [("write", "write", None), ("its tile", "write_tile", "write")]
WAVES = {
    "layer": STEP + [("neuron word", "word", "step"), ("keep in local memory", "keep", "step"),
                     ("columns, hexadecimal", "columns", None)] + PE + [("token", "token", None)] + ROWS + WRITE,
    "batch": STEP + [("input", "sub", "step"), ("columns, hexadecimal", "columns", None)] + PE +
             [("token of a column", "token", None)] + ROWS + WRITE +
             [("its column", "write_col", "write"), ("output stream: valid", "out_valid", None),
              ("output 0 of the tile", "result", "out_valid")],
}
ROW, CYCLE, LEFT, TOP = 24, 34, 190, 26


def run(command):
    try:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:  # the design never settles, or never ends
        sys.exit(f"waves: {command[0]} had not finished after 60 s")
    if done.returncode != 0:
        sys.exit(f"waves: {command[0]} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def simulate(axnn, name, folder):
    """Cycles as dictionaries of signal to text, from the cycle before the first step on."""
    run([axnn, "asm", FOLDER / f"{name}.s", "--out", folder / f"{name}.hex"])
    lines = run(["vvp", "-n", folder / "bench", f"+program={folder / name}.hex"]).splitlines()
    cycles = [dict(f.split("=") for f in line.split()[1:]) for line in lines if line.startswith("CYCLE")]
    first = next(i for i, c in enumerate(cycles) if c["step"] == "1")
    last = max(i for i, c in enumerate(cycles) if c["write"] == "1" or c["out_valid"] == "1")
    return cycles[first - 1:last + 2]


def segments(cycles, signal, gate):
    """[(first cycle, cycles, text or None)], as long as the text stays the same."""
    texts = [c[signal] if (gate is None or c[gate] == "1") and "x" not in c[signal] else None
             for c in cycles]
    result = []
    for i, text in enumerate(texts):
        if result and result[-1][2] == text:
            result[-1][1] += 1
        else:
            result.append([i, 1, text])
    return result


def is_bit(cycles, signal):
    return signal not in ("tile", "write_tile", "word", "sub", "write_col") and all(
        c[signal] in ("0", "1", "x") for c in cycles)


def to_svg(name, cycles):
    rows = WAVES[name]
    width, height = LEFT + CYCLE * len(cycles) + 10, TOP + ROW * len(rows) + 8
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
           f'aria-label="Waveforms: {name}">', "<style>text{font:11px sans-serif;fill:#1c2733}"
           ".v{text-anchor:middle;font-size:10px}.n{text-anchor:end}.c{text-anchor:middle;fill:#4a5a6a;font-size:9px}"
           ".g{stroke:#e3e8ee}.w{fill:none;stroke:#33506e;stroke-width:1.5}"
           ".b{fill:#eef3f8;stroke:#33506e}.h{fill:#f3f3f3;stroke:none}</style>",
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for i in range(len(cycles) + 1):
        x = LEFT + i * CYCLE
        out.append(f'<path class="g" d="M{x},{TOP - 4}V{height - 4}"/>')
        if i < len(cycles):
            out.append(f'<text class="c" x="{x + CYCLE // 2}" y="{TOP - 10}">{i - 1}</text>')
    out.append(f'<text class="n" x="{LEFT - 8}" y="{TOP - 10}">cycle after the first step</text>')
    for r, (label, signal, gate) in enumerate(rows):
        high, low = TOP + r * ROW + 4, TOP + r * ROW + 19
        out.append(f'<text class="n" x="{LEFT - 8}" y="{low - 4}">{html.escape(label)}</text>')
        if is_bit(cycles, signal):
            path, before = "", None
            for i, n, text in segments(cycles, signal, gate):
                y = high if text == "1" else low
                path += f"M{LEFT + i * CYCLE},{y}" if before is None else f"V{y}"
                path += f"H{LEFT + (i + n) * CYCLE}"
                before = y
            out.append(f'<path class="w" d="{path}"/>')
            continue
        for i, n, text in segments(cycles, signal, gate):
            x, w = LEFT + i * CYCLE, n * CYCLE
            kind = "h" if text is None else "b"
            out.append(f'<rect class="{kind}" x="{x}" y="{high}" width="{w}" height="{low - high}"/>')
            if text is not None:
                fit = f' textLength="{w - 4}"' if len(text) * 6 > w - 4 else ""
                out.append(f'<text class="v" x="{x + w / 2:g}" y="{low - 4}"{fit}>{text}</text>')
    return "\n".join(out + ["</svg>", ""])


def to_wavedrom(name, cycles):
    lanes = []
    for label, signal, gate in WAVES[name]:
        wave, data = "", []
        bit = is_bit(cycles, signal)
        for _, n, text in segments(cycles, signal, gate):
            wave += ("0" if text is None else text) if bit else ("x" if text is None else "=")
            wave += "." * (n - 1)
            if not bit and text is not None:
                data.append(text)
        lanes.append({"name": label, "wave": wave, **({"data": data} if data else {})})
    lanes = ",\n".join("  " + json.dumps(lane) for lane in lanes)
    return f'{{"signal": [\n{lanes}\n], "head": {{"tick": -1}}}}\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--axnn", type=pathlib.Path, default=ROOT / "build" / "bin" / "axnn",
                        help="program that assembles (default: build/bin/axnn)")
    parser.add_argument("--check", action="store_true", help="only say whether the files are up to date")
    options = parser.parse_args()
    if not options.axnn.exists():
        sys.exit(f"waves: no {options.axnn}; build it with make build, or name it with --axnn")
    rtl = [ROOT / f for f in subprocess.run([ROOT / "scripts/rtl_files.sh", "--machine"], check=True, text=True,
                                            stdout=subprocess.PIPE).stdout.split()]
    stale = []
    with tempfile.TemporaryDirectory(prefix="axnn-waves-") as temporary:
        folder = pathlib.Path(temporary)
        run(["iverilog", "-g2012", "-s", "bench", "-o", folder / "bench", *rtl,
             FOLDER / "bench.sv"])
        for name in WAVES:
            cycles = simulate(options.axnn, name, folder)
            for file, text in ((f"{name}.svg", to_svg(name, cycles)),
                               (f"{name}.json", to_wavedrom(name, cycles))):
                path = FOLDER / file
                if options.check:
                    if not path.exists() or path.read_text() != text:
                        stale.append(file)
                else:
                    path.write_text(text)
    if stale:
        sys.exit(f"waves: docs/waves/{', '.join(stale)} not as the RTL runs now; scripts/waves.py mends it")


if __name__ == "__main__":
    main()
