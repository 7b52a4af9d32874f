import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradients } from "../src/autodiff/gradients.js";
import { sameShape, sizeOf } from "../src/graph/shape.js";
import { reachable, type Tensor } from "../src/graph/tensor.js";
import * as ops from "../src/ops/index.js";
import { input, parameterTensor } from "../src/ops/leaves.js";
import type { Instruction } from "../src/program/instructions.js";
import { kernelPlanning } from "../src/program/kernel-planning.js";
import { loadMaps } from "../src/program/load-maps.js";
import { type Assign, makePlan, type Plan, type PlanRequest } from "../src/program/plan.js";
import { isLeaf } from "../src/program/step.js";
import { DataFlow, rangesOf, unrolled } from "./support/data-flow.js";

await loadMaps();

// A plan gives the memory of what nobody needs any more to what comes next, and lets ops write over what they read. That must change nothing:
// every instruction finds the numbers of those that it would find in a plan in which each buffer has memory of its own. Nothing is run; who
// wrote what is followed through the instructions, by what the kernels' table says that they read and write.

/** Programs end where leaves and words begin. */
const ARENA = 1 << 24;

/** (a·b, a − b), of which a graph may use either. */
const productAndDifference = ops.elementwise(
  "productAndDifference",
  ["a", "b"],
  ({ a, b }) => [a.mul(b), a.sub(b)] as const,
);

/** A loop over the rows of x, of which the last carry, one that is carried in vain and every step's output are used, or some of them. */
const loop: (which: number, reverse: boolean) => Make = (which, reverse) => (x, other, weight) => {
  const units = x.shape[1]!;
  if (isImage(x) || x.shape[0] !== 2 || units > 30) return [];
  const w = weight(units, units);
  const extra = ops.mean(ops.square(other));
  const { carry, outputs } = ops.scan(
    ([h, sum], [now]) => {
      const next = ops.tanh(ops.add(now!, ops.matmul(h, w)));
      const seen = ops.mul(ops.add(next, extra), now!);
      return { carry: [next, ops.add(sum, seen), h], outputs: [seen, next, ops.reshape(h, [units])] };
    },
    {
      init: [ops.fill([1, units], 0), ops.slice(x, { starts: [1], ends: [2] }), weight(1, units)],
      inputs: [ops.reshape(x, [2, 1, units])],
      reverse,
    },
  );
  const flat = [...outputs.map((y) => ops.reshape(y, x.shape)), ...carry.map((y) => ops.concat([y, y], 0))];
  return flat.filter((_, i) => (which >> i) & 1);
};

/** Values are images [2, c, h, w] and rows [2, n]; an op is skipped where it does not fit. */
type Make = (x: Tensor, other: Tensor, weight: (...shape: number[]) => Tensor) => readonly Tensor[];

const isImage = (x: Tensor) => x.shape.length === 4;
const conv: (kernel: number, relu: boolean) => Make = (kernel, relu) => (x, _, weight) => {
  if (!isImage(x)) return [];
  const y = ops.conv2d(x, weight(4, x.shape[1]!, kernel, kernel), { padding: [1, 1, 1, 1] });
  const z = ops.addBias(y, weight(4));
  return [relu ? ops.relu(z) : z];
};
const dense: Make = (x, _, weight) => {
  const flat = ops.reshape(x, [2, sizeOf(x.shape) / 2]);
  return [ops.addBias(ops.matmul(flat, weight(flat.shape[1]!, 5)), weight(5))];
};
const pool: (op: typeof ops.maxPool2d) => Make = (op) => (x) =>
  isImage(x) && x.shape[2]! > 2 && x.shape[3]! > 2 ? [op(x, { kernelSize: [2, 2], stride: [2, 2] })] : [];
const both: (op: (a: Tensor, b: Tensor) => readonly Tensor[]) => Make = (op) => (x, other) =>
  sameShape(x.shape, other.shape) ? op(x, other) : [];

const makers: readonly Make[] = [
  loop(0b001001, false),
  loop(0b110010, true),
  loop(0b101100, false),
  conv(3, true),
  conv(3, true),
  conv(1, false),
  dense,
  dense,
  pool(ops.maxPool2d),
  pool((x, options) => ops.avgPool2d(x, options)),
  both((a, b) => [ops.add(a, b)]),
  both((a, b) => [ops.mul(a, b)]),
  both(productAndDifference),
  both((a, b) => [ops.concat([a, b], 1)]),
  (x) => [ops.relu(x)],
  (x) => [ops.tanh(x)],
  (x) => [ops.elu(x, 1)],
  (x) => [ops.square(ops.sigmoid(x))],
  (x) => [ops.softmax(x)],
  (x) => [ops.dropout(x, { rate: 0.3, stream: 1 })],
  (x) => [ops.sub(x, ops.mean(x, { axes: [0], keepDims: true }))],
  (x) => [ops.mul(x, ops.mean(x, { axes: [1], keepDims: true }))],
  (x) => [ops.reshape(x, [2, sizeOf(x.shape) / 2])],
  (x) => (isImage(x) ? [] : [ops.transpose(ops.reshape(ops.transpose(x), x.shape))]),
  (x) => [ops.slice(x, { starts: [1], ends: [2], axes: [0] })].map((part) => ops.concat([part, part], 0)),
];

const recipe = fc.record({
  steps: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 2, maxLength: 14 }),
  image: fc.tuple(fc.constantFrom(1, 3), fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 9 })),
  sources: fc.integer({ min: 1, max: 3 }),
  threads: fc.constantFrom(1, 2, 4),
  assigned: fc.integer({ min: 0, max: 7 }),
  intermediate: fc.boolean(),
});
type Recipe = typeof recipe extends fc.Arbitrary<infer T> ? T : never;

/** A training step: the loss over the last values, its gradients, and perhaps weights that become something else. */
function requestOf({ steps, image, sources, threads, assigned, intermediate }: Recipe): PlanRequest {
  const weights: Tensor[] = [];
  const early = new Map<Tensor, Tensor>();
  const weight = (...shape: number[]) => {
    const fits = weights.filter((one) => sameShape(one.shape, shape));
    // Every third is one that is there already.
    if (fits.length > 0 && weights.length % 3 === 0) return fits[0]!;
    const made = parameterTensor(`w${weights.length}`, shape);
    weights.push(made);
    const turned = ops.slice(made, { starts: [-1], steps: [-1], axes: [0] });
    early.set(made, weights.length % 2 ? ops.scale(made, 0.9) : turned);
    return made;
  };
  const values: Tensor[] = [input("x", [2, ...image]), weight(2, ...image)];
  for (const [which, left, right] of steps) {
    const pick = (place: number) => values[values.length - 1 - (place % Math.min(4, values.length))]!;
    const made = makers[which % makers.length]!(pick(left), pick(right), weight);
    values.push(...made.filter(({ shape }) => sizeOf(shape) < 2000));
  }
  const loss = values
    .slice(-sources)
    .map((y) => ops.mean(ops.square(y)))
    .reduce((sum, y) => ops.add(sum, y));
  const slopes = gradients(loss, weights);
  const assigns: Assign[] = weights.slice(0, assigned).flatMap((to, i) => {
    const slope = slopes[i];
    const alike = weights.filter(({ shape }) => sameShape(shape, to.shape));
    // A step down the slope; what is known before the weight is used; what another weight was, or the weight itself.
    const value = [
      slope && ops.sub(to, ops.scale(slope, 0.1)),
      early.get(to),
      alike.at(-1 - alike.indexOf(to)),
    ];
    return value[i % 3] ? [{ to, value: value[i % 3]! }] : [];
  });
  const outputs = [loss, ...slopes.filter((slope) => slope !== undefined)];
  if (intermediate) outputs.push(values[values.length >> 1]!);
  let next = 1 << 16;
  const allocate = (bytes: number) => {
    const address = next;
    next += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const roots = [...outputs, ...assigns.flatMap(({ to, value }) => [to, value])];
  const leaves = reachable(roots).filter(isLeaf);
  const constants = new Map<number, number>();
  return {
    outputs,
    assigns,
    places: new Map(
      leaves.map((leaf) => [leaf, { address: allocate(4 * sizeOf(leaf.shape)), layout: undefined }]),
    ),
    words: { step: allocate(8), seed: allocate(8) },
    planning: kernelPlanning({ threads, precision: "standard" } as Parameters<typeof kernelPlanning>[0]),
    constant: (value) => {
      if (!constants.has(value)) constants.set(value, 1024 + 4 * constants.size);
      return constants.get(value)!;
    },
  };
}

/** What each instruction reads, by who wrote it, and then what outputs and leaves hold. */
function flowOf(plan: Plan, { outputs, places }: PlanRequest, threads: number) {
  const instructions = unrolled(plan.instructions(ARENA));
  const flow = new DataFlow(threads);
  const reads = instructions.map((one, i) => ({ name: one.name, op: one.op, ...flow.follow(one, i) }));
  const holds = (address: number, tensor: Tensor) =>
    flow.writersOf(address, address + 4 * sizeOf(tensor.shape));
  return {
    instructions,
    reads,
    outputs: outputs.map((y) => holds(plan.addressOf(y, ARENA), y)),
    leaves: [...places].map(([leaf, { address }]) => holds(address, leaf)),
  };
}

/** Working space apart from everything, outputs apart from each other; over an input only if they are of one size and it is not rearranged. */
function expectApart(instruction: Instruction, threads: number): void {
  const ranges = rangesOf(instruction, threads).filter(({ begin, end }) => end > begin);
  for (const [i, a] of ranges.entries())
    for (const b of ranges.slice(i + 1)) {
      if (a.end <= b.begin || b.end <= a.begin || !(a.writes || b.writes)) continue;
      const over =
        a.begin === b.begin && a.end === b.end && a.writes !== b.writes && !a.scratch && !b.scratch;
      const said = `${instruction.op}: ${instruction.name} has ${a.name} and ${b.name} over each other`;
      expect(over && instruction.name !== "permute", said).toBe(true);
    }
}

/** What runs without waiting for what is before it touches nothing that may still be in work there. */
function expectWaits(instructions: readonly Instruction[], threads: number): void {
  let open: Instruction[] = [];
  for (const one of instructions) {
    if (one.barrier !== false) open = [];
    for (const other of open)
      for (const a of rangesOf(one, threads))
        for (const b of rangesOf(other, threads)) {
          if (!(a.writes || b.writes) || a.end <= b.begin || b.end <= a.begin) continue;
          throw new Error(`${one.name} does not wait for ${other.name}: ${a.name} lies over ${b.name}`);
        }
    open.push(one);
  }
}

/** Leaves lie before the arena, and are read as they were before the program, whatever is assigned to them. */
function expectLeavesAsTheyWere(
  instruction: Instruction,
  reads: Record<string, string>,
  threads: number,
): void {
  for (const { name, begin, end, reads: read } of rangesOf(instruction, threads)) {
    if (!read || begin >= ARENA || end === begin) continue;
    expect(reads[name], `${instruction.op}: ${instruction.name} reads ${name}`).toMatch(/^before×\d+$/);
  }
}

describe("memory that a plan shares", () => {
  it("holds for every instruction what memory of its own would", () => {
    let shared = 0;
    let own = 0;
    fc.assert(
      fc.property(recipe, (one) => {
        const request = requestOf(one);
        const [plan, apart] = [makePlan(request), makePlan({ ...request, apart: true })];
        const [got, want] = [flowOf(plan, request, one.threads), flowOf(apart, request, one.threads)];
        expectWaits(got.instructions, one.threads);
        expect(got.reads).toEqual(want.reads);
        expect(got.outputs).toEqual(want.outputs);
        expect(got.leaves).toEqual(want.leaves);
        for (const [i, instruction] of got.instructions.entries()) {
          expectApart(instruction, one.threads);
          expectLeavesAsTheyWere(instruction, got.reads[i]!, one.threads);
        }
        for (const range of got.instructions.flatMap((each) => rangesOf(each, one.threads)))
          if (range.begin >= ARENA) expect(range.end).toBeLessThanOrEqual(ARENA + plan.arenaBytes);
        shared += plan.arenaBytes;
        own += apart.arenaBytes;
      }),
      { numRuns: 200 },
    );
    expect(shared).toBeLessThan(0.7 * own); // or there was nothing to be wrong
  });
});
