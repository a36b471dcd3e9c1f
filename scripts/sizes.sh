# Sourced. axnn_sizes NAME: the sizes of a row of rtl/configs.txt as macro definitions, in the array
# `defines` (-DAXNN_SIDE=4 ...), and its names in `known_sizes`; one line and exit code 2 if there is
# no such row.
axnn_sizes_table=$(cd "$(dirname "${BASH_SOURCE[0]}")/../rtl" && pwd)/configs.txt

axnn_sizes() {
  local table=$axnn_sizes_table columns sizes i
  mapfile -t known_sizes < <(sed -n 's/^\([a-z][a-z0-9]*\) .*/\1/p' "$table")
  if ! printf '%s\n' "${known_sizes[@]}" | grep -qx -- "$1"; then
    echo "$(basename "$0" .sh): rtl/configs.txt has no row '$1'; it has ${known_sizes[*]}" >&2
    exit 2
  fi
  read -ra columns < <(sed -n 's/^# name *//p' "$table")
  read -ra sizes < <(sed -n "s/^$1  *//p" "$table")
  defines=()
  for i in "${!columns[@]}"; do defines+=("-DAXNN_${columns[$i]}=${sizes[$i]}"); done
}
