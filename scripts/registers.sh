#!/usr/bin/env bash
# Writes the tables of docs/registers.md, between its marks, from rtl/host/axnn_axi_pkg.sv and
# rtl/axnn_pkg.sv, whose comments are the text.
#   scripts/registers.sh           brings the document up to date
#   scripts/registers.sh --check   only says whether it is
set -euo pipefail
cd "$(dirname "$0")/.."
document=docs/registers.md

registers() {
  echo "| address | register | access | bits | field | meaning |"
  echo "| --- | --- | --- | --- | --- | --- |"
  awk '
    function text(line) { sub(/^[^\/]*\/\/ */, "", line); return line }
    field != "" {  # the line after a position may give the width
      width = 1
      if ($3 == field "W") { width = $5 + 0 }
      bits = width == 1 ? lsb : (lsb + width - 1) ":" lsb
      printf "| | | | %s | `%s` | %s |\n", bits, field, meaning
      field = ""
    }
    /localparam int Reg[A-Za-z0-9]+ = .h/ {
      address = $5; sub(/.h/, "", address); sub(/;/, "", address)
      about = text($0); access = about; sub(/ .*/, "", access); sub(/^[^ ]* /, "", about)
      printf "| 0x%s | `%s` | %s | | | %s |\n", address, $3, access, about
      next
    }
    /localparam int [A-Za-z0-9]+Lsb = / {
      field = $3; sub(/Lsb$/, "", field); lsb = $5 + 0; meaning = text($0)
    }
  ' rtl/host/axnn_axi_pkg.sv
}
members() {  # PACKAGE ENUM: code, name and comment of its members
  awk -v name="$2" '
    /typedef enum/ { rows = "" }
    $2 == "=" && $3 ~ /\x27d/ {
      code = $3; sub(/.*\x27d/, "", code); sub(/,/, "", code)
      about = $0; if (!sub(/^[^\/]*\/\/ */, "", about)) about = ""
      rows = rows "| " code " | `" $1 "` | " about " |\n"
    }
    $0 ~ "^ *} " name ";" { printf "%s", rows }
  ' "$1"
}
streams() {
  echo "| code | name | a beat holds |"
  echo "| --- | --- | --- |"
  members rtl/host/axnn_axi_pkg.sv stream_e
}
counters() {
  echo "| counter | name | counts |"
  echo "| --- | --- | --- |"
  members rtl/axnn_pkg.sv counter_e
}
errors() {
  echo "| code | name | reason |"
  echo "| --- | --- | --- |"
  { members rtl/axnn_pkg.sv err_e; members rtl/host/axnn_axi_pkg.sv stop_e; } | grep -v '^| 0 '
}

new=$(mktemp)
trap 'rm -f "$new"' EXIT
skip=0
while IFS= read -r line; do
  case $line in
    "<!-- made by scripts/registers.sh: "*)
      printf '%s\n' "$line"
      table=${line##*: }
      "${table% -->}"
      skip=1
      ;;
    "<!-- end -->") skip=0 ;;&
    *) [ "$skip" -eq 1 ] || printf '%s\n' "$line" ;;
  esac
done <"$document" >"$new"

if [ "${1:-}" = --check ]; then
  diff -u "$document" "$new" || {
    echo "registers: $document differs from the packages; run scripts/registers.sh" >&2
    exit 1
  }
else
  cat "$new" >"$document"
fi
