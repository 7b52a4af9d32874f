// One update of each optimizer in float64, in place, as the papers and PyTorch have it: what the kernels are tested against.
type Block = Float64Array;

/** How a stretch of the parameters is updated: learning rate α and weight decay λ. */
interface Rates {
  readonly alpha: number;
  readonly lambda?: number;
}

/** g + λθ. */
const slope = (theta: Block, g: ArrayLike<number>, i: number, lambda = 0): number =>
  g[i]! + lambda * theta[i]!;

export interface SgdOptions extends Rates {
  readonly mu: number;
  readonly nesterov?: boolean;
}

/** v ← μv + g; θ ← θ − α·v, or −α·(g + μv). */
export function sgd(theta: Block, grads: ArrayLike<number>, v: Block, options: SgdOptions): void {
  const { alpha, lambda, mu, nesterov = false } = options;
  for (let i = 0; i < theta.length; i++) {
    const g = slope(theta, grads, i, lambda);
    v[i] = mu * v[i]! + g;
    theta[i]! -= alpha * (nesterov ? g + mu * v[i]! : v[i]!);
  }
}

/** s ← s + g²; θ ← θ − α·g / (√s + ε). */
export function adagrad(
  theta: Block,
  grads: ArrayLike<number>,
  s: Block,
  { alpha, lambda, epsilon }: Rates & { readonly epsilon: number },
): void {
  for (let i = 0; i < theta.length; i++) {
    const g = slope(theta, grads, i, lambda);
    s[i]! += g * g;
    theta[i]! -= (alpha * g) / (Math.sqrt(s[i]!) + epsilon);
  }
}

interface Averaged extends Rates {
  readonly rho: number;
  readonly epsilon: number;
}

/** s ← ρs + (1 − ρ)g²; θ ← θ − α·g / (√s + ε). */
export function rmsprop(theta: Block, grads: ArrayLike<number>, s: Block, options: Averaged): void {
  const { alpha, lambda, rho, epsilon } = options;
  for (let i = 0; i < theta.length; i++) {
    const g = slope(theta, grads, i, lambda);
    s[i] = rho * s[i]! + (1 - rho) * g * g;
    theta[i]! -= (alpha * g) / (Math.sqrt(s[i]!) + epsilon);
  }
}

/** s ← ρs + (1 − ρ)g²; Δ = g·√(u + ε) / √(s + ε); u ← ρu + (1 − ρ)Δ²; θ ← θ − α·Δ. */
export function adadelta(
  theta: Block,
  grads: ArrayLike<number>,
  s: Block,
  u: Block,
  options: Averaged,
): void {
  const { alpha, lambda, rho, epsilon } = options;
  for (let i = 0; i < theta.length; i++) {
    const g = slope(theta, grads, i, lambda);
    s[i] = rho * s[i]! + (1 - rho) * g * g;
    const delta = (g * Math.sqrt(u[i]! + epsilon)) / Math.sqrt(s[i]! + epsilon);
    u[i] = rho * u[i]! + (1 - rho) * delta * delta;
    theta[i]! -= alpha * delta;
  }
}

export interface AdamOptions extends Rates {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** 1 at the first update. */
  readonly t: number;
  /** AdamW: the decay is taken off θ by itself. */
  readonly decoupled?: boolean;
}

/** m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; θ ← θ − α·m̂ / (√v̂ + ε), m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ). */
export function adam(theta: Block, grads: ArrayLike<number>, m: Block, v: Block, options: AdamOptions): void {
  const { alpha, lambda = 0, beta1, beta2, epsilon, t, decoupled = false } = options;
  const correction1 = 1 - beta1 ** t;
  const correction2 = 1 - beta2 ** t;
  for (let i = 0; i < theta.length; i++) {
    if (decoupled) theta[i]! -= alpha * lambda * theta[i]!;
    const g = decoupled ? grads[i]! : slope(theta, grads, i, lambda);
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    theta[i]! -= (alpha * (m[i]! / correction1)) / (Math.sqrt(v[i]! / correction2) + epsilon);
  }
}
