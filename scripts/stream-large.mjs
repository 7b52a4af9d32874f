// Trains on a data set larger than memory should hold: writes IDX files of so many GB into a temporary folder, streams them through fit, and
// prints how much memory the process had resident before and, at most, during it.
//   node scripts/stream-large.mjs [gigabytes, 2 by default]
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { Dense, Flatten, ReLU, Sequential, softmaxCrossEntropy } from "@loam/nn";
import { idxSource } from "@loam/nn/data/files";

const side = 32;
const gigabytes = Number(process.argv[2] ?? 2);
const samples = Math.floor((gigabytes * 1e9) / (side * side));
const folder = await mkdtemp(path.join(tmpdir(), "loam-stream-"));
const [images, labels] = ["images", "labels"].map((name) => path.join(folder, name));
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

/** An IDX file of bytes, a piece at a time: what is learnt is which of ten bands of a picture is bright. */
async function write(file, shape, row) {
  const handle = await open(file, "w");
  const head = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  head.setUint8(2, 8);
  head.setUint8(3, shape.length);
  for (const [i, size] of shape.entries()) head.setUint32(4 + 4 * i, size);
  await handle.writeFile(new Uint8Array(head.buffer));
  const bytes = shape.slice(1).reduce((product, size) => product * size, 1);
  const together = 4096;
  const piece = new Uint8Array(together * bytes);
  for (let i = 0; i < samples; i += together) {
    const count = Math.min(together, samples - i);
    for (let j = 0; j < count; j++) row(i + j, piece.subarray(j * bytes, (j + 1) * bytes));
    await handle.writeFile(piece.subarray(0, count * bytes));
  }
  await handle.close();
}

try {
  await write(images, [samples, side, side], (i, row) => {
    row.fill((i * 31) % 64);
    row.fill(200, (i % 10) * 100, (i % 10) * 100 + 100);
  });
  await write(labels, [samples], (i, row) => row.fill(i % 10));
  const source = await idxSource(images, labels);
  const model = new Sequential(
    [new Flatten(), new Dense({ units: 32 }), new ReLU(), new Dense({ units: 10 })],
    { inputShape: [1, side, side], seed: 1 },
  );
  model.compile({ optimizer: "sgd", loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  const history = await model.fit(source, { epochs: 1, batchSize: 128 });
  clearInterval(watch);
  const [epoch] = history.epochs;
  console.log(`${samples} samples of ${side * side} bytes: ${megabytes(samples * side * side)}`);
  console.log(
    `resident before fit ${megabytes(before)}, at most ${megabytes(most)}: ${megabytes(most - before)} more`,
  );
  console.log(`one epoch in ${epoch.seconds.toFixed(1)} s, accuracy ${(100 * epoch.accuracy).toFixed(2)} %`);
  await model.close();
  await source.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
