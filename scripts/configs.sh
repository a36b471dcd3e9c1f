#!/usr/bin/env bash
# Lints the design in other sizes than the default, proves its properties, builds its simulator and
# runs the RTL against the golden model there, both PEs, all modes and mappings. The sizes are the rows
# of rtl/configs.txt.
#   scripts/configs.sh [NAME...]     default: every row but `default`, e.g. scripts/configs.sh small
# JOBS: compilers at once. The builds stay in build/configs/NAME.
set -euo pipefail
. "$(dirname "$0")/sizes.sh"
cd "$(dirname "$0")/.."

names=("$@")
axnn_sizes default
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(printf '%s\n' "${known_sizes[@]}" | grep -vx default)
for name in "${names[@]}"; do axnn_sizes "$name"; done
for name in "${names[@]}"; do
  echo "configs: $(sed -n "s/^# name/    name/p; s/^$name /$name /p" rtl/configs.txt | paste -sd'|' | sed 's/|/\n         /')"
  scripts/lint.sh --config "$name" axnn_axi  # all modules are below it
  scripts/formal.sh --config "$name" || [ $? -eq 4 ]  # 4: no solver, said so
  build=build/configs/$name
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DAXNN_CONFIG="$name" >/dev/null
  cmake --build "$build" --target test_rtl test_padding -j "${JOBS:-$(nproc)}" >"$build/build.log" 2>&1 ||
    { tail -30 "$build/build.log" >&2; exit 1; }
  ctest --test-dir "$build" -R '^test_(rtl|padding):' --no-tests=error -j "${JOBS:-$(nproc)}" --output-on-failure | tail -12
done
