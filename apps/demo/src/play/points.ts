import { initialize, randomNormal, randomUniform } from "@loam/nn";

/** A point of the plane, x and y in [−1, 1], and what the network is to say of it: 1 or 0 of two classes, or a number in [−1, 1]. */
export interface Sample {
  readonly x: number;
  readonly y: number;
  readonly target: number;
}

/** How the points are to be learnt. */
export type TaskKind = "classes" | "numbers";

interface Shape {
  readonly task: TaskKind;
  /** A point of the plane from two numbers in [0, 1), and its target. `odd` tells which class's turn it is. */
  place(u: number, v: number, odd: boolean): Sample;
}

const { PI, cos, sin, sqrt, exp, sign } = Math;

/** The points at that radius and angle. */
const polar = (r: number, angle: number, target: number): Sample => ({
  x: r * cos(angle),
  y: r * sin(angle),
  target,
});

const hill = (x: number, y: number, cx: number, cy: number) => exp(-8 * ((x - cx) ** 2 + (y - cy) ** 2));

export const SHAPES = {
  circles: {
    task: "classes",
    place: (u, v, odd) => polar(odd ? 0.45 * sqrt(u) : 0.65 + 0.3 * u, 2 * PI * v, odd ? 1 : 0),
  },
  xor: {
    task: "classes",
    place: (u, v) => {
      // A street between the quarters, so that there is something to find.
      const apart = (w: number) => (2 * w - 1) * 0.88 + 0.06 * sign(w - 0.5);
      const [x, y] = [apart(u), apart(v)];
      return { x, y, target: x * y > 0 ? 1 : 0 };
    },
  },
  moons: {
    task: "classes",
    place: (u, v, odd) => {
      const angle = PI * u;
      const r = 0.55 + 0.12 * (v - 0.5);
      return odd
        ? { x: r * cos(angle) - 0.25, y: r * sin(angle) - 0.15, target: 1 }
        : { x: 0.25 - r * cos(angle), y: 0.15 - r * sin(angle), target: 0 };
    },
  },
  spirals: {
    task: "classes",
    place: (u, _, odd) => polar(0.08 + 0.87 * u, 1.25 * 2 * PI * u + (odd ? PI : 0), odd ? 1 : 0),
  },
  slope: {
    task: "numbers",
    place: (u, v) => ({ x: 2 * u - 1, y: 2 * v - 1, target: (2 * u - 1 + (2 * v - 1)) / 2 }),
  },
  hills: {
    task: "numbers",
    place: (u, v) => {
      const [x, y] = [2 * u - 1, 2 * v - 1];
      return { x, y, target: hill(x, y, -0.5, 0.4) + hill(x, y, 0.5, 0.4) - hill(x, y, 0, -0.5) };
    },
  },
} satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof SHAPES;

/** Points of a shape: every second pair is held out. */
export const COUNT = 300;

/**
 * The points of a shape, a function of its name, the noise (a share of the plane's half width) and the seed. A point that noise would push
 * off the plane stays at its edge.
 */
export function makePoints(name: ShapeName, noise: number, seed: number): Sample[] {
  const shape: Shape = SHAPES[name];
  const where = initialize(randomUniform({ low: 0, high: 1 }), [COUNT, 2], { seed, stream: 1 });
  const pushes = initialize(randomNormal({ mean: 0, standardDeviation: 1 }), [COUNT, 2], { seed, stream: 2 });
  const within = (value: number) => Math.max(-1, Math.min(1, value));
  return Array.from({ length: COUNT }, (_, i) => {
    const { x, y, target } = shape.place(where[2 * i]!, where[2 * i + 1]!, i % 2 === 1);
    return {
      x: within(x + noise * pushes[2 * i]!),
      y: within(y + noise * pushes[2 * i + 1]!),
      target,
    };
  });
}

/** Learnt and held-out points. Of one's own points all are learnt: there are few. */
export function split(points: readonly Sample[], own: boolean): { learnt: Sample[]; heldOut: Sample[] } {
  const isHeldOut = (i: number) => !own && i % 4 >= 2;
  return {
    learnt: points.filter((_, i) => !isHeldOut(i)),
    heldOut: points.filter((_, i) => isHeldOut(i)),
  };
}
