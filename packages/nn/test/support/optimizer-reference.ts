import type { Optimizer } from "../../src/optimizers/index.js";

/** An update rule in float64, written from the papers and PyTorch's documentation: state by slot, t from 1. */
type Rule = (
  theta: number,
  g: number,
  state: Record<string, number>,
  t: number,
  alpha: number,
  options: Record<string, number>,
) => number;

const rules: Readonly<Record<string, Rule>> = {
  SGD: (theta, g, state, _, alpha, { momentum = 0, nesterov = 0 }) => {
    if (momentum === 0) return theta - alpha * g;
    state.velocity = momentum * state.velocity! + g;
    return theta - alpha * (nesterov ? g + momentum * state.velocity : state.velocity);
  },
  Adagrad: (theta, g, state, _, alpha, { epsilon = 0 }) => {
    state.accumulator! += g * g;
    return theta - (alpha * g) / (Math.sqrt(state.accumulator!) + epsilon);
  },
  RMSprop: (theta, g, state, _, alpha, { rho = 0, epsilon = 0 }) => {
    state.meanSquare = rho * state.meanSquare! + (1 - rho) * g * g;
    return theta - (alpha * g) / (Math.sqrt(state.meanSquare) + epsilon);
  },
  Adadelta: (theta, g, state, _, alpha, { rho = 0, epsilon = 0 }) => {
    state.meanSquare = rho * state.meanSquare! + (1 - rho) * g * g;
    const delta = (g * Math.sqrt(state.meanSquareUpdate! + epsilon)) / Math.sqrt(state.meanSquare + epsilon);
    state.meanSquareUpdate = rho * state.meanSquareUpdate! + (1 - rho) * delta * delta;
    return theta - alpha * delta;
  },
  Adam: (theta, g, state, t, alpha, { beta1 = 0, beta2 = 0, epsilon = 0 }) => {
    state.m = beta1 * state.m! + (1 - beta1) * g;
    state.v = beta2 * state.v! + (1 - beta2) * g * g;
    const mHat = state.m / (1 - beta1 ** t);
    const vHat = state.v / (1 - beta2 ** t);
    return theta - (alpha * mHat) / (Math.sqrt(vHat) + epsilon);
  },
};

/** θ after each of the steps with gradients `gradientAt(step, index)`, one array a parameter element, in float64. */
export function referenceSteps(
  optimizer: Optimizer,
  start: ArrayLike<number>,
  steps: number,
  gradientAt: (step: number, index: number) => number,
): { theta: Float64Array; slots: Record<string, Float64Array> } {
  const decoupled = optimizer.name === "AdamW";
  const rule = rules[decoupled ? "Adam" : optimizer.name]!;
  const options = optimizer.config() as Record<string, number>;
  const theta = Float64Array.from(start);
  const slots = Object.fromEntries(
    optimizer.slots.map((slot) => [slot, new Float64Array(start.length).fill(optimizer.slotStart(slot))]),
  );
  for (let i = 0; i < theta.length; i++) {
    const state = Object.fromEntries(optimizer.slots.map((slot) => [slot, slots[slot]![i]!]));
    for (let step = 0; step < steps; step++) {
      const alpha = optimizer.learningRateAt(step);
      let g = gradientAt(step, i);
      if (decoupled) theta[i]! -= alpha * optimizer.weightDecay * theta[i]!;
      else g += optimizer.weightDecay * theta[i]!;
      theta[i] = rule(theta[i]!, g, state, step + 1, alpha, options);
    }
    for (const slot of optimizer.slots) slots[slot]![i] = state[slot]!;
  }
  return { theta, slots };
}
