import { ConfigError, ShapeError, showValue } from "../errors.js";
import type { Layout } from "../graph/layout.js";
import { formatShape, sameShape } from "../graph/shape.js";
import { type Tensor, withScope } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { input } from "../ops/leaves.js";
import { scale } from "../ops/scale.js";
import { sub } from "../ops/sub.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { emitterOf } from "./emitter.js";
import { loadMaps } from "./load-maps.js";
import { type Assign, makePlan, type Plan } from "./plan.js";
import { isLeaf } from "./step.js";
import { StepNumbers } from "./step-numbers.js";
import type { Update, UpdatePlaces } from "./update.js";

/**
 * The update of an optimizer that says its rule in ops.
 * @throws {ShapeError} {ConfigError} as `planUpdate`.
 */
export async function updateInOps(optimizer: Optimizer, places: UpdatePlaces): Promise<Update> {
  const { machine, words, keep } = places;
  const names = Object.keys(optimizer.scalars(0));
  const numbers = await StepNumbers.create(machine, words, "f32", names.length);
  keep(numbers.row);
  const scalars = new Map(names.map((name, i) => [name, numbers.row + 4 * i]));
  // A rule is formulas; it is asked for once.
  await loadMaps();
  const plan = planUpdate(optimizer, places, scalars);
  return {
    ...{ numbers, numbersOf: (step) => scalarsOf(optimizer, names, step) },
    emit: await emitterOf(plan, places),
  };
}

/**
 * The plan of an update that an optimizer says in ops: its rule over every range of the blocks, with the results in place of what was there. It is
 * the same for every batch and ends each training program, behind the look at the loss, so that a step that leaves itself changes nothing.
 * @param scalars Where the numbers of the step are, by name.
 * @throws {ShapeError} `optimizer-update` when the rule leaves the weight or a slot out, names another, or gives one another shape.
 * @throws {ConfigError} `optimizer-not-elementwise` when the rule is not elementwise though not `perTensor`, or uses tensors from elsewhere: what lies in a range follows from which layers are frozen.
 */
export function planUpdate(
  optimizer: Optimizer,
  { machine, words, blocks, ranges }: Omit<UpdatePlaces, "keep">,
  scalars: ReadonlyMap<string, number>,
): Plan {
  const places = new Map<Tensor, { address: number; layout: Layout | undefined }>();
  const leaf = (name: string, shape: readonly number[], address: number): Tensor => {
    const tensor = input(`${optimizer.name}/${name}`, shape);
    places.set(tensor, { address, layout: undefined });
    return tensor;
  };
  const leaves = (addresses: ReadonlyMap<string, number>, shape: readonly number[], offset = 0) =>
    Object.fromEntries(
      [...addresses].map(([name, address]) => [name, leaf(name, shape, address + 4 * offset)]),
    );
  const numbers = leaves(scalars, []);
  const assigns: Assign[] = [];
  for (const { offset, length, frozen, weightDecay = 0, learningRateFactor = 1 } of ranges) {
    if (frozen) continue;
    const weight = leaf("weight", [length], blocks.weights + 4 * offset);
    const gradient = leaf("gradient", [length], blocks.gradients + 4 * offset);
    const slots = leaves(blocks.slots, [length], offset);
    const decayed =
      weightDecay === 0 || optimizer.decaysItself ? gradient : add(gradient, scale(weight, weightDecay));
    const given = { weight, gradient: decayed, slots, scalars: numbers, weightDecay };
    const after = withScope(optimizer.name, () => optimizer.update!(given));
    const wanted = named(weight, slots);
    const made = named(after?.weight, after?.slots);
    requireResult(optimizer, wanted, made);
    requireElementwise(
      optimizer,
      [...wanted.keys()].map((name) => made.get(name)!),
      new Set(places.keys()),
    );
    // Whatever the learning rate is part of, the step as a whole is proportional to it.
    if (learningRateFactor !== 1)
      made.set("weight", add(weight, scale(sub(made.get("weight")!, weight), learningRateFactor)));
    for (const [name, to] of wanted) assigns.push({ to, value: made.get(name)! });
  }
  return makePlan({ ...machine.planning, outputs: [], places, words, assigns });
}

/**
 * The numbers of a step, in the order of `names`.
 * @throws {ConfigError} `optimizer-scalars` when one is missing, new or not finite.
 */
function scalarsOf(optimizer: Optimizer, names: readonly string[], step: number): number[] {
  const given = optimizer.scalars(step);
  const wrong =
    names.find((name) => !Number.isFinite(given[name])) ??
    Object.keys(given).find((name) => !names.includes(name));
  if (wrong === undefined) return names.map((name) => given[name]!);
  throw new ConfigError(
    "optimizer-scalars",
    `${optimizer.name}: expected scalars to give the finite numbers ${names.join(", ")} at step ${step}, got ${wrong} ${showValue(given[wrong])}; give the same names at every step.`,
  );
}

/** The tensors of an update as messages call them. */
function named<T>(weight: T, slots: Readonly<Record<string, T>> = {}): Map<string, T> {
  return new Map([
    ["weight", weight],
    ...Object.entries(slots).map(([name, slot]) => [`slots.${name}`, slot] as const),
  ]);
}

function requireResult(
  { name: owner }: Optimizer,
  wanted: ReadonlyMap<string, Tensor>,
  made: ReadonlyMap<string, Tensor | undefined>,
): void {
  for (const name of new Set([...wanted.keys(), ...made.keys()])) {
    const [to, value] = [wanted.get(name), made.get(name)];
    if (to && value?.type === "f32" && sameShape(value.shape, to.shape)) continue;
    const got = value ? `${value.type} of shape ${formatShape(value.shape)}` : "nothing";
    throw new ShapeError(
      "optimizer-update",
      to
        ? `${owner}: expected update to give ${name} as f32 of shape ${formatShape(to.shape)}, got ${got}; return { weight, slots } in the shapes that they came in.`
        : `${owner}: expected update to give ${[...wanted.keys()].join(", ")}, got ${name} too; name it in slots, or leave it out.`,
    );
  }
}

/** Looks at all that the tensors are made of. */
function requireElementwise(
  { name: owner, perTensor }: Optimizer,
  tensors: readonly Tensor[],
  given: ReadonlySet<Tensor>,
): void {
  const seen = new Set(tensors);
  for (const tensor of seen) {
    const usable = isLeaf(tensor) ? given.has(tensor) : perTensor || tensor.op.expressions;
    if (!usable) {
      throw new ConfigError(
        "optimizer-not-elementwise",
        `${owner}: expected update to use nothing but ${perTensor ? "ops" : "elementwise ops"} of what it is given, got ${tensor.op.name}.`,
      );
    }
    for (const x of tensor.inputs) seen.add(x);
  }
}
