import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Adam, meanSquaredError } from "@loam/nn";
import { importOnnx } from "@loam/nn/io/onnx";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSession, type Session, tensorOf } from "./onnx-runtime.js";

const python = "/usr/bin/python3";
const hasOnnx = spawnSync(python, ["-c", "import onnx"]).status === 0;
if (!hasOnnx) process.stderr.write("skipped   no python3-onnx to make models with\n");

let folder: string;
let made: readonly { readonly name: string; readonly shape: number[]; readonly ids: number }[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "loam-onnx-"));
  if (!hasOnnx) return;
  const program = fileURLToPath(new URL("write_onnx.py", import.meta.url));
  made = JSON.parse(execFileSync(python, [program, folder], { encoding: "utf8" }));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(!hasOnnx).each(["dense", "pictures", "recurrent", "attention"])(
  "a model of python3-onnx predicts here as in ONNX Runtime, and learns: %s",
  async (name) => {
    const { shape, ids } = made.find((one) => one.name === name)!;
    const bytes = readFileSync(join(folder, `${name}.onnx`));
    const batch = [4, ...shape];
    const size = batch.reduce((product, side) => product * side, 1);
    const data = Float32Array.from({ length: size }, (_, i) =>
      ids ? (i * i + 3 * i) % ids : 2 * Math.cos(1.3 * i),
    );
    const session: Session = await openSession(bytes);
    const [want] = Object.values(await session.run({ x: tensorOf(data, batch, ids ? "int64" : "float32") }));
    await using model = await importOnnx(bytes, { threads: 1 });
    const x = { data, shape: batch };
    const got = await model.predict(x);
    expect(got.shape).toEqual(want!.dims);
    const greatest = want!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    got.data.forEach((value, i) => {
      expect(Math.abs(value - want!.data[i]!)).toBeLessThanOrEqual(1e-5 * greatest);
    });
    // Samples come out differently, so that they are not all one constant.
    const each = got.data.length / 4;
    expect(Math.max(...got.data.slice(each).map((y, i) => Math.abs(y - got.data[i]!)))).toBeGreaterThan(1e-3);

    model.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss: meanSquaredError() });
    const targets = { data: got.data.map((_, i) => (i % got.shape.at(-1)! === 0 ? 1 : 0)), shape: got.shape };
    const before = (await model.evaluate(x, targets)).loss;
    await model.fit(x, targets, { epochs: 30, batchSize: 4 });
    expect((await model.evaluate(x, targets)).loss).toBeLessThan(before / 2);
  },
);
