import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import { philox4x32 } from "../src/random/philox.js";
import { type DropoutKey, dropoutKeeps, dropoutKept, dropoutScale } from "./reference/dropout.js";
import { f32, run, runOnAnyThreads } from "./support/instruction.js";
import { type Module, openModule } from "./support/module.js";
import { expectNear, numbers } from "./support/numbers.js";

let engine: Engine;
let module: Module;
beforeAll(async () => {
  engine = await createEngine({ threads: 4 });
  module = await openModule();
});
afterAll(() => engine.close());

const KEY: DropoutKey = { seed: [7, 0x89abcdef], step: [1234567, 0], stream: 3 };

const operands = ({ seed, step, stream }: DropoutKey, rate: number) => ({
  rate: { read: Float32Array.of(rate) },
  seed: { read: Uint32Array.from(seed) },
  step: { read: Uint32Array.from(step) },
  stream,
});

async function dropout(x: Float32Array, rate: number, key = KEY): Promise<Float32Array> {
  const { y } = await runOnAnyThreads(engine, "dropout", {
    y: { write: x.byteLength },
    x: { read: x },
    n: x.length,
    ...operands(key, rate),
  });
  return f32(y);
}

/** y = keep(i) ? scale·x[i] : 0, from the reference's decisions. */
function expected(x: Float32Array, rate: number, key = KEY): Float32Array {
  const keeps = dropoutKeeps(key, rate, x.length);
  const scale = dropoutScale(rate);
  return x.map((value, i) => (keeps[i] ? value * scale : 0));
}

describe("dropout", () => {
  // Around a group of 64 and its words of 16; several groups, of which more than one has a byte at the limit.
  it.each([0, 1, 3, 4, 15, 16, 17, 63, 64, 65, 129, 200, 4099])(
    "decides on %i elements as the formula",
    async (n) => {
      const x = numbers(n, n, 0.5, 2);
      expect(await dropout(x, 0.2)).toEqual(expected(x, 0.2));
    },
  );

  it.each([0.001, 0.0039, 0.004, 0.25, 0.5, 0.8, 0.996, 0.9961, 0.9999])("at rate %f", async (rate) => {
    const x = numbers(1, 20_003, 0.5, 2);
    const y = await dropout(x, rate);
    expect(y).toEqual(expected(x, rate));
    const kept = y.filter((value) => value !== 0).length;
    const chance = dropoutKept(rate) / 65536;
    expect(Math.abs(chance - (1 - rate))).toBeLessThanOrEqual(2 ** -17 + 1e-7);
    expect(Math.abs(kept - chance * x.length)).toBeLessThan(
      5 * Math.sqrt(chance * (1 - chance) * x.length) + 1,
    );
  });

  it("keeps all at rate 0, and none at 1", async () => {
    const x = numbers(1, 77);
    expect(await dropout(x, 0)).toEqual(x);
    expect(await dropout(x, 1)).toEqual(new Float32Array(77));
  });

  it("works in place, and the gradient is the same op on dy", async () => {
    const x = numbers(1, 333);
    const inPlace = await run(engine, "dropout", {
      y: { at: "x" },
      x: { change: x },
      n: 333,
      ...operands(KEY, 0.3),
    });
    expect(f32(inPlace.x)).toEqual(expected(x, 0.3));
    const ones = await dropout(new Float32Array(333).fill(1), 0.3);
    expectNear(
      f32(inPlace.x),
      x.map((value, i) => value * ones[i]!),
      () => 0,
    );
  });

  it("draws anew for another seed, step or stream", async () => {
    const x = new Float32Array(2048).fill(1);
    const base = await dropout(x, 0.5);
    const others: DropoutKey[] = [
      { ...KEY, seed: [8, 0x89abcdef] },
      { ...KEY, seed: [7, 0x89abcdee] },
      { ...KEY, step: [1234568, 0] },
      { ...KEY, step: [1234567, 1] },
      { ...KEY, stream: 4 },
    ];
    for (const other of others) {
      const y = await dropout(x, 0.5, other);
      expect(y).toEqual(expected(x, 0.5, other));
      const agree = y.filter((value, i) => value === base[i]).length;
      expect(Math.abs(agree - 1024)).toBeLessThan(5 * Math.sqrt(512));
    }
  });

  it("decides about neighbours, and about the same place of the next step, independently", () => {
    const n = 1 << 16;
    const one = dropoutKeeps(KEY, 0.25, n).map((keep) => (keep ? 0.25 : -0.75));
    const next = dropoutKeeps({ ...KEY, step: [1234568, 0] }, 0.25, n).map((keep) => (keep ? 0.25 : -0.75));
    const deviation = 0.25 * 0.75 * Math.sqrt(n);
    const covariance = (lag: number, other: readonly number[]): number =>
      one.reduce((sum, value, i) => sum + value * (other[(i + lag) % n] ?? 0), 0) / deviation;
    for (const lag of [1, 2, 3, 4, 5, 8, 15, 16, 17, 32, 48, 63, 64, 65, 128, 256, 1024, 4096, 16384]) {
      expect(Math.abs(covariance(lag, one)), `lag ${lag}`).toBeLessThan(4.5);
      expect(Math.abs(covariance(lag, next)), `lag ${lag} of the next step`).toBeLessThan(4.5);
    }
    expect(Math.abs(covariance(0, next))).toBeLessThan(4.5);
  });

  it.each([0, 1, 5, 8, 16, 37])("gradient through relu from the output, %i elements", async (n) => {
    const y = numbers(n, n).map((value, i) => (i % 5 === 0 ? 0 : value));
    const dy = numbers(n + 1, n);
    const { dx } = await runOnAnyThreads(engine, "dropout_relu_grad", {
      dx: { write: 4 * n },
      y: { read: y },
      dy: { read: dy },
      n,
      rate: { read: Float32Array.of(0.2) },
    });
    expectNear(
      f32(dx),
      dy.map((value, i) => (y[i]! > 0 ? value * dropoutScale(0.2) : 0)),
      () => 0,
    );
  });
});

describe("philox4x32_u32", () => {
  type Philox = (out: number, counter: number, key: number, blocks: number, rounds: number) => void;

  function words(
    counter: readonly number[],
    key: readonly number[],
    blocks: number,
    rounds = 10,
  ): Uint32Array {
    const { memory, exports } = module;
    const out = memory.allocate(16 * blocks + 16);
    const at = memory.allocate(24);
    memory.u32(at, 4).set(counter);
    memory.u32(at + 16, 2).set(key);
    memory.u32(out + 16 * blocks, 1)[0] = 0xa5a5a5a5;
    (exports.philox4x32_u32 as Philox)(out, at, at + 16, blocks, rounds);
    expect(memory.u32(out + 16 * blocks, 1)[0]).toBe(0xa5a5a5a5);
    return memory.u32(out, 4 * blocks).slice();
  }

  it("gives the known answers of Random123 (kat_vectors, philox4x32, 7 and 10 rounds)", () => {
    const ones = 0xffffffff;
    const pi = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
    expect(words([0, 0, 0, 0], [0, 0], 1)).toEqual(
      Uint32Array.of(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8),
    );
    expect(words([ones, ones, ones, ones], [ones, ones], 1)).toEqual(
      Uint32Array.of(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd),
    );
    expect(words(pi, [0xa4093822, 0x299f31d0], 1)).toEqual(
      Uint32Array.of(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1),
    );
    expect(words([0, 0, 0, 0], [0, 0], 1, 7)).toEqual(
      Uint32Array.of(0x5f6fb709, 0x0d893f64, 0x4f121f81, 0x4f730a48),
    );
  });

  it.each([0, 1, 2, 3, 4, 5, 9, 13])("%i blocks in a row are those of TypeScript", (blocks) => {
    const counter = [0xfffffffe, 1, 2, 3];
    const want = Array.from({ length: blocks }, (_, b) => [
      ...philox4x32([(0xfffffffe + b) >>> 0, 1, 2, 3], [5, 6]),
    ]);
    expect([...words(counter, [5, 6], blocks)]).toEqual(want.flat());
  });
});
