// What the longer trainings are fed with: scripts/accuracy/.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";

const script = (name: string) => import(new URL(`../scripts/accuracy/${name}.mjs`, import.meta.url).href);

test("draws an order that has each number once, another for another seed", async () => {
  const { randomOrder } = await script("random");
  const [one, other] = [randomOrder(50, 1), randomOrder(50, 2)];
  expect(String([...one].sort((a, b) => a - b))).toBe(String([...Array(50).keys()]));
  expect(String(one)).toBe(String(randomOrder(50, 1)));
  expect(String(other)).not.toBe(String(one));
});

test("asks for the sum of the two numbers that are marked, one in each half", async () => {
  const { adding } = await script("adding");
  const { test: held } = await adding.open({});
  const [samples, length] = held.inputs.shape;
  for (let i = 0; i < samples; i += 97) {
    const pairs = Array.from({ length }, (_, step) =>
      held.inputs.data.subarray(2 * (i * length + step), 2 * (i * length + step) + 2),
    );
    const marked = [...pairs.keys()].filter((step) => pairs[step][1] === 1);
    expect(marked.map((step) => step < length / 2)).toEqual([true, false]);
    expect(held.labels.data[i]).toBeCloseTo(pairs[marked[0]!][0] + pairs[marked[1]!][0], 6);
  }
});

/** An IDX file of bytes. */
const idx = (shape: number[], bytes: Uint8Array) => {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => {
    head.writeUInt32BE(size, 4 + 4 * i);
  });
  return Buffer.concat([head, bytes]);
};

test("shows every picture once an epoch, varied by its place, and holds out the last 10,000", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-pictures-"));
  try {
    const samples = 10_020;
    const pixels = Uint8Array.from({ length: samples * 784 }, (_, i) => (i * 31) % 251);
    const labels = Uint8Array.from({ length: samples }, (_, i) => i % 10);
    await mkdir(path.join(folder, "mnist"));
    for (const part of ["train", "t10k"]) {
      await writeFile(
        path.join(folder, "mnist", `${part}-images-idx3-ubyte`),
        idx([samples, 28, 28], pixels),
      );
      await writeFile(path.join(folder, "mnist", `${part}-labels-idx1-ubyte`), idx([samples], labels));
    }
    const { pictures } = await script("pictures");
    const [{ open, settings }] = pictures;
    const opened = await open({ folder, heldOut: true, settings: { ...settings, epochs: 2 } });
    expect([opened.steps, opened.test.inputs.shape[0], opened.test.labels.data[0]]).toEqual([1, 10_000, 0]);
    const source = opened.training(1);
    expect(source.samples).toBe(40);
    const places = Uint32Array.from({ length: 40 }, (_, i) => i);
    const all = source.read(places);
    for (const epoch of [0, 1]) {
      const seen = [...all.labels.subarray(20 * epoch, 20 * epoch + 20)].sort((a, b) => a - b);
      expect(seen).toEqual([...labels.subarray(0, 20)].sort((a, b) => a - b));
    }
    const [again] = [source.read(Uint32Array.of(33))];
    expect(again.inputs).toEqual(all.inputs.subarray(33 * 784, 34 * 784));
    expect(source.read(Uint32Array.of(13)).inputs).not.toEqual(again.inputs);
  } finally {
    await rm(folder, { recursive: true });
  }
});
