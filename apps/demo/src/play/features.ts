import type { Sample } from "./points.js";

/** What of a point the network is given. */
export const FEATURES = {
  x: { label: "x", of: (x: number, _: number) => x },
  y: { label: "y", of: (_: number, y: number) => y },
  xx: { label: "x²", of: (x: number, _: number) => x * x },
  yy: { label: "y²", of: (_: number, y: number) => y * y },
  xy: { label: "x·y", of: (x: number, y: number) => x * y },
  sx: { label: "sin πx", of: (x: number, _: number) => Math.sin(Math.PI * x) },
  sy: { label: "sin πy", of: (_: number, y: number) => Math.sin(Math.PI * y) },
} as const;

export type FeatureName = keyof typeof FEATURES;
export const FEATURE_NAMES = Object.keys(FEATURES) as FeatureName[];

/** The inputs of some points: [points, features]. */
export function inputsOf(points: readonly Pick<Sample, "x" | "y">[], features: readonly FeatureName[]) {
  const data = Float32Array.from(
    points.flatMap(({ x, y }) => features.map((name) => FEATURES[name].of(x, y))),
  );
  return { data, shape: [points.length, features.length] };
}
