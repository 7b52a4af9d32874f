import type { OptimizerName } from "../train/settings.js";

/** A hill of two variables: what the optimizers race down. */
export interface Landscape {
  readonly height: (x: number, y: number) => number;
  readonly gradient: (x: number, y: number) => readonly [number, number];
  /** Where the map ends: x from −halfWidth to halfWidth around the centre, y in proportion. */
  readonly centre: readonly [number, number];
  readonly halfWidth: number;
  readonly start: readonly [number, number];
  readonly lowest: readonly (readonly [number, number])[];
  /** Learning rates with which each optimizer gets somewhere on this hill. */
  readonly rates: Readonly<Record<OptimizerName, number>>;
}

export const LANDSCAPES = {
  /** f = (x² + 18y²) / 2: plain descent swings from side to side. */
  bowl: {
    height: (x, y) => (x * x + 18 * y * y) / 2,
    gradient: (x, y) => [x, 18 * y],
    centre: [0, 0],
    halfWidth: 5,
    start: [-4.3, 2.9],
    lowest: [[0, 0]],
    rates: {
      sgd: 0.1,
      momentum: 0.02,
      nesterov: 0.02,
      adagrad: 0.7,
      rmsprop: 0.08,
      adadelta: 12,
      adam: 0.25,
      adamw: 0.25,
    },
  },
  /** f = (1 − x)² + 10(y − x²)²: a bent valley, flat along its ground. */
  rosenbrock: {
    height: (x, y) => (1 - x) ** 2 + 10 * (y - x * x) ** 2,
    gradient: (x, y) => [-2 * (1 - x) - 40 * x * (y - x * x), 20 * (y - x * x)],
    centre: [0, 0.9],
    halfWidth: 2.4,
    start: [-1.7, -0.3],
    lowest: [[1, 1]],
    rates: {
      sgd: 0.01,
      momentum: 0.002,
      nesterov: 0.002,
      adagrad: 0.4,
      rmsprop: 0.03,
      adadelta: 6,
      adam: 0.12,
      adamw: 0.12,
    },
  },
  /** f = (x² + y − 11)² + (x + y² − 7)²: four pits; which one is found depends on the way. */
  himmelblau: {
    height: (x, y) => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
    gradient: (x, y) => [
      4 * x * (x * x + y - 11) + 2 * (x + y * y - 7),
      2 * (x * x + y - 11) + 4 * y * (x + y * y - 7),
    ],
    centre: [0, 0],
    halfWidth: 6.4,
    start: [-0.4, -0.9],
    lowest: [
      [3, 2],
      [-2.805118, 3.131312],
      [-3.77931, -3.283186],
      [3.584428, -1.848127],
    ],
    rates: {
      sgd: 0.01,
      momentum: 0.004,
      nesterov: 0.004,
      adagrad: 0.6,
      rmsprop: 0.06,
      adadelta: 40,
      adam: 0.2,
      adamw: 0.2,
    },
  },
  /** f = x²/2 − y² + y⁴/8: a saddle at the origin with a pit on either side; the start lies almost on the ridge. */
  saddle: {
    height: (x, y) => (x * x) / 2 - y * y + y ** 4 / 8,
    gradient: (x, y) => [x, -2 * y + y ** 3 / 2],
    centre: [0, 0],
    halfWidth: 4,
    start: [-3.4, 0.01],
    lowest: [
      [0, 2],
      [0, -2],
    ],
    rates: {
      sgd: 0.08,
      momentum: 0.02,
      nesterov: 0.02,
      adagrad: 0.4,
      rmsprop: 0.04,
      adadelta: 40,
      adam: 0.1,
      adamw: 0.1,
    },
  },
} as const satisfies Record<string, Landscape>;

export type LandscapeName = keyof typeof LANDSCAPES;

/** Height of the map for a width of 1. */
export const ASPECT = 3 / 4;
