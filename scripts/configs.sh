#!/usr/bin/env bash
# Lints the design in other sizes than the default, builds its simulator and runs the RTL against the
# golden model there, both PEs, all modes and mappings. The sizes are the rows of rtl/configs.txt.
#   scripts/configs.sh [NAME...]     default: every row but `default`, e.g. scripts/configs.sh small
# JOBS: compilers at once. The builds stay in build/configs/NAME.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t known < <(sed -n 's/^\([a-z][a-z0-9]*\) .*/\1/p' rtl/configs.txt)
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(printf '%s\n' "${known[@]}" | grep -vx default)
for name in "${names[@]}"; do
  if ! printf '%s\n' "${known[@]}" | grep -qx -- "$name"; then
    echo "configs: rtl/configs.txt has no row '$name'; it has ${known[*]}" >&2
    exit 2
  fi
done
for name in "${names[@]}"; do
  echo "configs: $(sed -n "s/^# name/    name/p; s/^$name /$name /p" rtl/configs.txt | paste -sd'|' | sed 's/|/\n         /')"
  scripts/lint.sh --config "$name" axnn_axi  # all modules are below it
  build=build/configs/$name
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DAXNN_CONFIG="$name" >/dev/null
  cmake --build "$build" --target test_rtl -j "${JOBS:-$(nproc)}" >"$build/build.log" 2>&1 ||
    { tail -30 "$build/build.log" >&2; exit 1; }
  ctest --test-dir "$build" -R '^test_rtl:' --no-tests=error -j "${JOBS:-$(nproc)}" --output-on-failure | tail -12
done
