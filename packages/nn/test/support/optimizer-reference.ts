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
  AMSGrad: (theta, g, state, t, alpha, { beta1 = 0, beta2 = 0, epsilon = 0 }) => {
    state.m = beta1 * state.m! + (1 - beta1) * g;
    state.v = beta2 * state.v! + (1 - beta2) * g * g;
    state.vMax = Math.max(state.vMax!, state.v);
    const root = Math.sqrt(state.vMax) / Math.sqrt(1 - beta2 ** t) + epsilon;
    return theta - (alpha / (1 - beta1 ** t)) * (state.m / root);
  },
  Nadam: (theta, g, state, t, alpha, { beta1 = 0, beta2 = 0, epsilon = 0 }) => {
    // As in torch.optim.NAdam, with momentum_decay 4e-3.
    const mu = (step: number) => beta1 * (1 - 0.5 * 0.96 ** (step * 4e-3));
    let product = 1;
    for (let step = 1; step <= t; step++) product *= mu(step);
    state.m = beta1 * state.m! + (1 - beta1) * g;
    state.v = beta2 * state.v! + (1 - beta2) * g * g;
    const root = Math.sqrt(state.v / (1 - beta2 ** t)) + epsilon;
    const ofGradient = (alpha * (1 - mu(t))) / (1 - product);
    const ofMean = (alpha * mu(t + 1)) / (1 - product * mu(t + 1));
    return theta - (ofGradient * g) / root - (ofMean * state.m) / root;
  },
  Lion: (theta, g, state, _, alpha, { beta1 = 0, beta2 = 0 }) => {
    // In float32, since the sign of a sum that is nearly 0 is all that counts.
    const momentum = Math.fround(state.momentum!);
    const kept = Math.fround(momentum * Math.fround(beta1));
    const direction = Math.fround(kept + Math.fround(g * Math.fround(1 - beta1)));
    state.momentum = beta2 * state.momentum! + (1 - beta2) * g;
    return theta - alpha * Math.sign(direction);
  },
};

/** θ after each of the steps with gradients `gradientAt(step, index)`, one array a parameter element, in float64. */
export function referenceSteps(
  optimizer: Optimizer,
  start: ArrayLike<number>,
  steps: number,
  gradientAt: (step: number, index: number) => number,
): { theta: Float64Array; slots: Record<string, Float64Array> } {
  if (optimizer.name === "LAMB") return lambSteps(optimizer, start, steps, gradientAt);
  const decoupled = ["AdamW", "Lion"].includes(optimizer.name);
  const rule = rules[optimizer.name === "AdamW" ? "Adam" : optimizer.name]!;
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

/** LAMB of one tensor, by Algorithm 2 of arXiv:1904.00962 with φ(z) = z. */
function lambSteps(
  optimizer: Optimizer,
  start: ArrayLike<number>,
  steps: number,
  gradientAt: (step: number, index: number) => number,
) {
  const { beta1, beta2, epsilon } = optimizer.config() as Record<string, number>;
  const theta = Float64Array.from(start);
  const [m, v] = [new Float64Array(theta.length), new Float64Array(theta.length)];
  const norm = (x: Float64Array) => Math.sqrt(x.reduce((sum, one) => sum + one * one, 0));
  for (let t = 1; t <= steps; t++) {
    const u = theta.map((weight, i) => {
      const g = gradientAt(t - 1, i);
      m[i] = beta1! * m[i]! + (1 - beta1!) * g;
      v[i] = beta2! * v[i]! + (1 - beta2!) * g * g;
      const r = m[i]! / (1 - beta1! ** t) / (Math.sqrt(v[i]! / (1 - beta2! ** t)) + epsilon!);
      return r + optimizer.weightDecay * weight;
    });
    const [ofWeights, ofUpdate] = [norm(theta), norm(u)];
    const ratio = ofWeights > 0 && ofUpdate > 0 ? ofWeights / ofUpdate : 1;
    for (let i = 0; i < theta.length; i++) theta[i]! -= optimizer.learningRateAt(t - 1) * ratio * u[i]!;
  }
  return { theta, slots: { m, v } };
}
