import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/** An image of its own is one thread's: the others wait for it at the barrier before the sum, for far longer than one look. */
const PROGRAM = `
const { createEngine, ProgramWriter } = await import(process.argv[1]);
const threads = Number(process.argv[2]);
const engine = await createEngine({ threads });
const [height, kernel, channels] = [200, 64, 4];
const out = height - kernel + 1;
const [inputs, outputs] = [height * height * channels, out * out * channels];
const [dy, dx, y] = [await engine.allocate(4 * outputs), await engine.allocate(4 * inputs), await engine.allocate(4)];
await engine.write(dy, new Float32Array(outputs).fill(1));
const writer = new ProgramWriter();
writer.emit("avg_pool2d_grad", {
  dy, dx, batch: 1, height, width: height, channels, outHeight: out, outWidth: out, kernelHeight: kernel, kernelWidth: kernel,
  strideHeight: 1, strideWidth: 1, padTop: 0, padLeft: 0, dilationHeight: 1, dilationWidth: 1, includePadding: 1,
});
writer.emit("sum_cols", { y, x: dx, rows: 1, cols: inputs, scale: 1 / outputs, accumulate: 0 });
const words = writer.finish();
const program = await engine.allocate(words.byteLength);
await engine.write(program, words);
const sums = [];
for (let run = 0; run < 2; run++) {
  await engine.run(program);
  sums.push(new Float32Array((await engine.read(y, 4)).buffer)[0]);
  await engine.write(dx, new Float32Array(inputs));
}
await engine.close();
console.log(JSON.stringify(sums));
`;

describe("a barrier", () => {
  // Every dy of 1 is spread over its window: the sum of dx over that of dy is 1.
  it.each([
    { compiler: "the compiler for what is hot", flags: ["--no-liftoff"], threads: 2 },
    { compiler: "the compiler for what is not", flags: ["--liftoff-only"], threads: 2 },
    { compiler: "the compiler for what is not", flags: ["--liftoff-only"], threads: 4 },
  ])("holds $threads threads until the last has come, run by $compiler", async ({ flags, threads }) => {
    const built = new URL("../dist/index.js", import.meta.url).href;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...flags, "--input-type=module", "--eval", PROGRAM, built, String(threads)],
      { cwd: fileURLToPath(new URL(".", import.meta.url)) },
    );
    for (const sum of JSON.parse(stdout)) expect(sum).toBeCloseTo(1, 4);
  });
});
