// Draws one synthetic digit of each class as a PNG, dark ink on light paper as a hand would: what examples/digits holds.
// usage: node examples/draw-digits.mjs [folder]
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { syntheticDigits } from "@loam/nn";
import { encode } from "fast-png";

const folder = process.argv[2] ?? join(import.meta.dirname, "digits");
const SIDE = 28;
const SCALE = 5;

await mkdir(folder, { recursive: true });
const { inputs, labels, classNames } = syntheticDigits({ samples: 200, seed: 1, start: 2 ** 30 });
for (const [digit, name] of classNames.entries()) {
  const sample = labels.data.indexOf(digit);
  const ink = inputs.data.subarray(sample * SIDE * SIDE, (sample + 1) * SIDE * SIDE);
  const width = SIDE * SCALE;
  const paper = Uint8Array.from({ length: width * width }, (_, i) => {
    const x = Math.floor((i % width) / SCALE);
    const y = Math.floor(i / width / SCALE);
    return 250 - Math.round(ink[y * SIDE + x] * 0.9);
  });
  await writeFile(
    join(folder, `${name}.png`),
    encode({ width, height: width, data: paper, channels: 1, depth: 8 }),
  );
}
console.log(`ten drawings in ${folder}`);
