#!/usr/bin/env bash
# ONNX Runtime as the judge of what axnn reads and writes: every class of imported files, every code of
# exported ones, over 1,000 samples of each set. Its WebAssembly build runs in Node and is fetched by npm
# into BUILD/interop once.
#   scripts/interop.sh BUILD MODEL.axnn...
set -euo pipefail
build=$1
shift
version=1.30.0
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$build/interop
for tool in node npm; do
  command -v $tool >/dev/null || { echo "axnn: no $tool; apt-get install nodejs npm" >&2; exit 1; }
done
mkdir -p "$folder"
if ! grep -qs "\"version\": \"$version\"" "$folder/node_modules/onnxruntime-web/package.json"; then
  echo '{"private": true}' >"$folder/package.json"
  (cd "$folder" && npm install --ignore-scripts --no-audit --no-fund --silent "onnxruntime-web@$version") ||
    { echo "axnn: npm could not fetch onnxruntime-web $version" >&2; exit 1; }
fi
"$build/bin/interop_cases" "$folder/cases" "$@"
node "$here/tests/interop.cjs" "$folder/node_modules" "$folder/cases"
