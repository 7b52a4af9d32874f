import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import { f32, runOnAnyThreads, u32 } from "./support/instruction.js";
import { expectNear, numbers } from "./support/numbers.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 4 });
});
afterAll(() => engine.close());

const SAMPLES = 41;
const POSITION = 5;

/** Sizes of a batch, and of a row around the vector (4) and the unrolled loop (16). */
const SHAPES: [number, number][] = [
  [0, 3],
  [1, 1],
  [3, 4],
  [5, 15],
  [7, 16],
  [4, 17],
  [17, 33],
  [3, 784],
];

const indices = (batch: number): Uint32Array =>
  Uint32Array.from({ length: batch + POSITION + 2 }, (_, i) => (i * 17 + 40) % SAMPLES);

const words = (seed: number, count: number): Uint32Array =>
  Uint32Array.from(numbers(seed, count, 0, 2 ** 31));

describe.each(SHAPES)("a batch of %i rows of %i", (batch, features) => {
  const from = {
    indices: { read: indices(batch) },
    position: { read: Uint32Array.of(POSITION) },
    batch,
    features,
  };
  const rows = Array.from({ length: batch }, (_, b) => indices(batch)[POSITION + b]!);
  const place = (i: number): number => rows[Math.floor(i / features)]! * features + (i % features);
  const scales = numbers(3, features, 0.5, 2);
  const shifts = numbers(4, features);
  const centers = numbers(5, features, -2, 2);
  const size = batch * features;
  const bytes = Uint8Array.from(numbers(1, SAMPLES * features, 0, 256));
  const floats = numbers(2, SAMPLES * features, -3, 3);

  const round = Math.fround;
  it.each([
    ["gather_u8", bytes],
    ["gather_f32", floats],
  ] as const)("%s, scaled", async (name, x) => {
    const none = { featureCenter: 0, featureScale: 0, featureShift: 0 };
    const ends = { y: { write: 4 * size }, x: { read: x } };
    const operands = { ...ends, ...from, scale: 1 / 255, shift: -0.5, ...none };
    const plain = await runOnAnyThreads(engine, name, operands);
    const want = (scale: (j: number) => number, shift: (j: number) => number): Float64Array =>
      Float64Array.from({ length: size }, (_, i) =>
        round(round(x[place(i)]! * scale(i % features)) + shift(i % features)),
      );
    expectNear(
      f32(plain.y),
      want(
        () => round(1 / 255),
        () => -0.5,
      ),
      () => 0,
    );
    const byFeature = await runOnAnyThreads(engine, name, {
      ...operands,
      featureScale: { read: scales },
      featureShift: { read: shifts },
    });
    expectNear(
      f32(byFeature.y),
      want(
        (j) => scales[j]!,
        (j) => shifts[j]!,
      ),
      () => 0,
    );
    const shifted = await runOnAnyThreads(engine, name, {
      ...operands,
      featureShift: { read: shifts },
    });
    expectNear(
      f32(shifted.y),
      want(
        () => round(1 / 255),
        (j) => shifts[j]!,
      ),
      () => 0,
    );
  });

  it.each([
    ["gather_u8", bytes],
    ["gather_f32", floats],
  ] as const)("%s, centred", async (name, x) => {
    const centred = await runOnAnyThreads(engine, name, {
      ...{ y: { write: 4 * size }, x: { read: x }, ...from, scale: 2, shift: -0.5 },
      featureCenter: { read: centers },
      featureScale: { read: scales },
      featureShift: { read: shifts },
    });
    const want = Float64Array.from({ length: size }, (_, i) => {
      const j = i % features;
      return round(round(round(x[place(i)]! - centers[j]!) * scales[j]!) + shifts[j]!);
    });
    expectNear(f32(centred.y), want, () => 0);
  });

  it("gather_u32 as they are, gather_labels_u8 widened", async () => {
    const x = words(6, SAMPLES * features);
    const wide = await runOnAnyThreads(engine, "gather_u32", {
      y: { write: 4 * size },
      x: { read: x },
      ...from,
    });
    expect([...u32(wide.y)]).toEqual(Array.from({ length: size }, (_, i) => x[place(i)]));
    const narrow = await runOnAnyThreads(engine, "gather_labels_u8", {
      y: { write: 4 * size },
      x: { read: bytes },
      ...from,
    });
    expect([...u32(narrow.y)]).toEqual(Array.from({ length: size }, (_, i) => bytes[place(i)]));
  });
});
