"""Drawings by gnuplot, as SVG."""
import subprocess

import lab

STYLE = """set encoding utf8
set border 3 lw 0.8
set tics nomirror out
set grid y lc rgb '#dddddd'
set key top outside horizontal samplen 2
set linetype 1 lc rgb '#1b6ca8' lw 2
set linetype 2 lc rgb '#d1762b' lw 2
set linetype 3 lc rgb '#3a8f5c' lw 2
set linetype 4 lc rgb '#8a4fa0' lw 2
set linetype 5 lc rgb '#7a7a7a' lw 2
"""


def block(name, rows):
    """A gnuplot data block: `plot $name ...`."""
    def word(value):
        return "NaN" if value is None else f'"{value}"' if isinstance(value, str) else f"{value:.6g}"
    return f"${name} << EOD\n" + "".join(" ".join(map(word, row)) + "\n" for row in rows) + "EOD\n"


def draw(path, commands, size=(820, 400)):
    """Writes an SVG, whole or not at all."""
    with lab.whole(path) as part:
        text = (f"set terminal svg size {size[0]},{size[1]} font 'sans,12' background '#ffffff'\n"
                f"set output '{part}'\n{STYLE}{commands}\nset output\n")
        try:
            done = subprocess.run(["gnuplot"], input=text, capture_output=True, text=True)
        except FileNotFoundError:
            raise lab.Failed("gnuplot is not there; install gnuplot-nox (scripts/setup.sh)") from None
        if done.returncode != 0 or not part.exists():
            raise lab.Failed(f"gnuplot: {' '.join(done.stderr.split())[:300]}")


def bars(path, groups, series, ylabel, errors=None, low=0):
    """Grouped bars: groups names, series {name: values}, errors the same or None."""
    rows = [[g, *(v for s in series for v in (series[s][i], errors[s][i] if errors else 0))] for i, g in enumerate(groups)]
    plots = ", ".join(f"$bars using {2 * i + 2}:{2 * i + 3}:xtic(1) title \"{s}\" lt {i + 1}" for i, s in enumerate(series))
    draw(path, block("bars", rows) + f"""
set style data histogram
set style histogram errorbars gap 1.5 lw 1
set errorbars lc rgb '#444444'
set style fill solid 0.85 noborder
set ylabel '{ylabel}'
set yrange [{low}:*]
set xtics rotate by -25
plot {plots}""")
