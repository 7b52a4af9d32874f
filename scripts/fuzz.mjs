// npm run fuzz [-- --inputs 200000 --reader png --seed 1]: mutated files for every reader, and what they did. A file that is read wrongly is kept in
// test/fuzz/found/, where the tests read it again from then on.
import process from "node:process";
import { parseArgs } from "node:util";
import { fuzz, keep } from "../test/fuzz/fuzz.mjs";
import { buildOrExit } from "./build.mjs";

buildOrExit();
const { READERS } = await import("../test/fuzz/readers.mjs");
const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "20000" },
    reader: { type: "string", multiple: true, default: Object.keys(READERS) },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
console.log(`seed ${values.seed}`);
console.log("reader             inputs  refused  slowest s  peak MB  finds");
for (const reader of values.reader) {
  const options = { inputs: Number(values.inputs), seed: Number(values.seed) };
  const { finds, refused, peak, slowest, inputs } = await fuzz(reader, options);
  const figures = [inputs, refused, slowest.toFixed(3), (peak / 2 ** 20).toFixed(1), finds.length];
  const widths = [8, 8, 10, 8, 6];
  console.log(reader.padEnd(17) + figures.map((figure, i) => String(figure).padStart(widths[i])).join(" "));
  for (const { index, file, fault, bytes } of finds) {
    const where = bytes ? await keep(reader, bytes) : (file ?? `file ${index}`);
    console.log(`  ${where}: ${fault}`);
    process.exitCode = 1;
  }
}
