#!/usr/bin/env bash
# Makes the embedded data sets data/*.csv from the Debian 12 packages that carry them, without
# installing any: each package is downloaded and unpacked in a temporary folder.
#   scripts/import_data.sh [FOLDER]    default: data/ of this repository
# Needs apt-get, dpkg-deb and python3 (standard library only). Prints each file's sha256.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "${1:-$here/../data}" && cd "${1:-$here/../data}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

for package in python3-sklearn weka r-cran-mlbench; do
  apt-get download -qq "$package" 2>apt.log || { cat apt.log >&2; exit 1; }
  dpkg-deb -x "$package"_*.deb root
done
examples=root/usr/share/doc/weka/examples
python3 "$here/import_data.py" \
  --breast root/usr/lib/python3/dist-packages/sklearn/datasets/data/breast_cancer.csv \
  --breast-names root/usr/lib/python3/dist-packages/sklearn/datasets/_base.py \
  --iono "$examples/ionosphere.arff" \
  --image "$examples/segment-challenge.arff" "$examples/segment-test.arff" \
  --satimage root/usr/lib/R/site-library/mlbench/data/Satellite.rda \
  --out "$out"
(cd "$out" && sha256sum breast.csv image.csv iono.csv satimage.csv)
