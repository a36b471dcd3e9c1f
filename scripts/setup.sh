#!/usr/bin/env bash
# Installs the Debian packages that axnn needs and are missing; does nothing if all are there.
# Elsewhere than on Debian or Ubuntu, or without root and sudo, prints what is missing.
#   scripts/setup.sh           packages for building, testing, simulation and synthesis
#   scripts/setup.sh --check   only report
set -euo pipefail

packages=(
  build-essential cmake ninja-build ccache
  libeigen3-dev libcli11-dev catch2 nlohmann-json3-dev libfmt-dev libtomlplusplus-dev libssl-dev zlib1g-dev
  librandom123-dev libbenchmark-dev libonnx-dev libprotobuf-dev
  verilator iverilog yosys z3 opensta qflow-tech-osu018
  python3 gnuplot-nox
)

if ! command -v dpkg-query >/dev/null; then
  # No package manager we know: look for the programs, and leave libraries to CMake's messages.
  missing=()
  for tool in g++ cmake ninja verilator iverilog yosys sta; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "axnn: missing programs: ${missing[*]}" >&2
    echo "axnn: install them, and what the Debian packages ${packages[*]} hold" >&2
    exit 1
  fi
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "${1:-}" = --check ]; then
  echo "axnn: missing packages: ${missing[*]}" >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  echo "axnn: missing packages: ${missing[*]}" >&2
  echo "axnn: install them as root: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "axnn: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
