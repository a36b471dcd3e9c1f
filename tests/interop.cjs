// ONNX Runtime (onnxruntime-web, wasm, one thread) as the judge of what interop_cases wrote.
//   node interop.cjs NODE_MODULES FOLDER
// Every output code of `exact` files and every class of imported ones must be equal.
'use strict';
const fs = require('fs');
const path = require('path');

const [modules, folder] = process.argv.slice(2);
const ort = require(path.resolve(modules, 'onnxruntime-web'));
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const read = (name) => fs.readFileSync(path.join(folder, name));
const array = (Type, name) => {
  const bytes = read(name);
  return new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

async function session(c) {
  const options = {executionProviders: ['wasm']};
  if (c.beside) options.externalData = [{path: c.beside, data: read(path.join(path.dirname(c.model), c.beside))}];
  return ort.InferenceSession.create(read(c.model), options);
}

// Runs all samples, `batch` at a time; outputs by name, one after the other.
async function run(c, names) {
  const s = await session(c);
  const rows = array(Float32Array, c.rows);
  const all = Object.fromEntries(names.map((n) => [n, []]));
  for (let first = 0; first < c.samples; first += c.batch) {
    const count = Math.min(c.batch, c.samples - first);
    const shape = c.shape ? [count, ...c.shape.slice(1)] : [count, c.features];
    const x = new ort.Tensor('float32', rows.slice(first * c.features, (first + count) * c.features), shape);
    const out = await s.run({[c.input]: x}, names);
    for (const n of names) all[n].push(out[n].data);
  }
  return all;
}

const TYPES = {float64: Float64Array, int64: BigInt64Array};

async function exact(c) {
  const out = await run(c, c.outputs.map((o) => o.name));
  let compared = 0, differ = 0;
  for (const o of c.outputs) {
    const wanted = array(TYPES[o.type], o.file);
    let i = 0;
    for (const part of out[o.name]) for (const v of part) { differ += v !== wanted[i++]; ++compared; }
    if (i !== wanted.length) throw new Error(`${o.name} has ${i} values, not ${wanted.length}`);
  }
  return {compared, differ};
}

async function imported(c) {
  const out = (await run(c, [c.decides]))[c.decides];
  const wanted = array(Int32Array, c.classes);
  let n = 0, differ = 0;
  for (const part of out) {
    const width = part.length / Math.min(c.batch, c.samples);
    for (let i = 0; i < part.length; i += width) {
      const row = Array.from(part.slice(i, i + width));
      const own = c.threshold === null ? row.indexOf(Math.max(...row)) : +(row[0] > c.threshold);
      differ += own !== wanted[n++];
    }
  }
  if (n !== wanted.length) throw new Error(`${n} classes, not ${wanted.length}`);
  return {compared: n, differ};
}

(async () => {
  const cases = JSON.parse(read('cases.json'));
  const sum = {exact: [0, 0, 0], imported: [0, 0, 0]};
  let failed = 0;
  for (const c of cases) {
    let line = '';
    try {
      const r = await (c.kind === 'exact' ? exact(c) : imported(c));
      sum[c.kind][0]++;
      sum[c.kind][1] += r.compared;
      sum[c.kind][2] += r.differ;
      if (r.differ) { failed++; line = `${r.differ} of ${r.compared} differ`; }
    } catch (e) {
      failed++;
      line = String(e.message ?? e).split('\n')[0];
    }
    if (line) console.log(`${c.name}: ${line}`);
  }
  console.log(`ONNX Runtime ${ort.env.versions?.web ?? ''}`.trim());
  console.log(`imported  ${sum.imported[0]} files, ${sum.imported[1]} classes compared, ${sum.imported[2]} differ`);
  console.log(`exact     ${sum.exact[0]} files, ${sum.exact[1]} outputs compared, ${sum.exact[2]} differ`);
  process.exit(failed ? 1 : 0);
})();
