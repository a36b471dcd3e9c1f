#!/usr/bin/env python3
"""Turns the files that scripts/import_data.sh unpacked into data/{breast,image,iono,satimage}.csv.

A CSV has a header (feature names, then `class`) and one row a sample, in the source's order; a
number is the source's own text where the source is text, and the shortest text that reads back
as the same number where it is binary (Satellite.rda).
"""

import argparse
import ast
import bz2
import gzip
import lzma
import pathlib
import struct


def write_csv(path, names, rows):
    lines = [",".join([*names, "class"])] + [",".join(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def read_breast(path, names_source):
    """scikit-learn's CSV (first line: rows, features, class names); names from its loader."""
    lines = pathlib.Path(path).read_text(encoding="ascii").split()
    rows, features, *classes = lines[0].split(",")
    table = [line.split(",") for line in lines[1:]]
    assert len(table) == int(rows) and all(len(r) == int(features) + 1 for r in table)
    names = None
    for node in ast.walk(ast.parse(pathlib.Path(names_source).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "array":
            values = [e.value for e in getattr(node.args[0], "elts", []) if isinstance(e, ast.Constant)]
            if len(values) == int(features) and values[0] == "mean radius":
                names = [v.replace(" ", "_") for v in values]
    assert names, "feature names not found"
    return names, [[*row[:-1], classes[int(row[-1])]] for row in table]


def read_arff(paths):
    """Weka's attribute-relation files with numeric attributes and a nominal class."""
    names, rows = None, []
    for path in paths:
        header, table, in_data = [], [], False
        for line in pathlib.Path(path).read_text(encoding="latin-1").splitlines():
            line = line.strip()
            if not line or line.startswith("%"):
                continue
            if in_data:
                table.append([field.strip() for field in line.split(",")])
            elif line.lower().startswith("@attribute"):
                header.append(line.split()[1].strip("'\""))
            elif line.lower().startswith("@data"):
                in_data = True
        assert names in (None, header) and all(len(r) == len(header) for r in table)
        names = header
        rows += table
    assert names[-1] == "class"
    return names[:-1], rows


class RData:
    """Reader of R's serialization (XDR, versions 2 and 3) for data frames of numbers and factors."""

    def __init__(self, path):
        raw = pathlib.Path(path).read_bytes()
        for magic, module in ((b"\x1f\x8b", gzip), (b"BZh", bz2), (b"\xfd7zXZ", lzma)):
            if raw.startswith(magic):
                raw = module.decompress(raw)
        assert raw[:5] in (b"RDX2\n", b"RDX3\n") and raw[5:7] == b"X\n"
        self.data, self.at, self.symbols = raw, 7, []
        version = self.int()
        self.int(), self.int()
        if version == 3:
            self.bytes(self.int())

    def bytes(self, n):
        self.at += n
        return self.data[self.at - n:self.at]

    def int(self):
        return struct.unpack(">i", self.bytes(4))[0]

    def item(self):
        """One object as (value, attributes)."""
        flags = self.int()
        kind, has_attributes, has_tag = flags & 0xFF, flags & 0x200, flags & 0x400
        if kind == 0xFE:  # NULL
            return None, {}
        if kind == 0xFF:  # a symbol seen before
            return self.symbols[(flags >> 8) - 1], {}
        if kind == 1:  # symbol
            self.symbols.append(self.item()[0])
            return self.symbols[-1], {}
        if kind == 2:  # pair list
            attributes = self.item()[0] if has_attributes else {}
            tag = self.item()[0] if has_tag else None
            value = self.item()
            rest = self.item()[0] or {}
            return {tag: value, **rest}, attributes
        if kind == 9:  # string
            n = self.int()
            return (None if n < 0 else self.bytes(n).decode()), {}
        n = self.int()
        if kind in (10, 13):
            value = list(struct.unpack(f">{n}i", self.bytes(4 * n)))
        elif kind == 14:
            value = list(struct.unpack(f">{n}d", self.bytes(8 * n)))
        elif kind in (16, 19):
            value = [self.item() for _ in range(n)]
            value = [v[0] for v in value] if kind == 16 else value
        else:
            raise ValueError(f"R type {kind} is not handled")
        return value, (self.item()[0] if has_attributes else {})


def shortest(number):
    return str(int(number)) if number == int(number) else repr(number)


def read_satimage(path):
    frame, attributes = RData(path).item()[0]["Satellite"]
    names = attributes["names"][0]
    assert names[-1] == "classes"
    codes, factor = frame[-1]
    levels = [level.replace(" ", "_") for level in factor["levels"][0]]
    columns = [[shortest(v) for v in column] for column, _ in frame[:-1]]
    columns.append([levels[c - 1] for c in codes])
    return names[:-1], [list(row) for row in zip(*columns)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--breast", required=True)
    parser.add_argument("--breast-names", required=True)
    parser.add_argument("--iono", required=True)
    parser.add_argument("--image", required=True, nargs=2)
    parser.add_argument("--satimage", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    args = parser.parse_args()
    write_csv(args.out / "breast.csv", *read_breast(args.breast, args.breast_names))
    write_csv(args.out / "iono.csv", *read_arff([args.iono]))
    write_csv(args.out / "image.csv", *read_arff(args.image))
    write_csv(args.out / "satimage.csv", *read_satimage(args.satimage))


if __name__ == "__main__":
    main()
