import { requireIn } from "../errors.js";
import type { Initializer, InitializerDefinition } from "./initializer.js";
import type { RandomStream } from "./random-stream.js";

export interface Orthogonal extends Initializer {
  readonly kind: "orthogonal";
  readonly gain: number;
}

/**
 * A random matrix with orthonormal columns, or rows where those are fewer, times `gain` (default 1): lengths pass through unchanged.
 * Saxe, McClelland & Ganguli, 2014, arXiv:1312.6120. Of a shape [n, …] the matrix is [n, everything else].
 * @throws {ConfigError} `gain-out-of-range` unless gain is in (0, ∞).
 */
export function orthogonal({ gain = 1 }: { readonly gain?: number } = {}): Orthogonal {
  const initializer: Orthogonal = { kind: "orthogonal", gain };
  orthogonalDefinition.check!("orthogonal", initializer);
  return initializer;
}

export const orthogonalDefinition: InitializerDefinition<Orthogonal> = {
  options: ["gain"],
  check: (owner, { gain }) => requireIn(owner, "gain", gain, "(0, Infinity)"),
  fill: (values, { gain }, shape, random) => {
    const rows = shape[0] ?? 1;
    const columns = values.length / rows;
    const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
    const vectors = orthonormalVectors(count, length, random);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        values[r * columns + c] = gain * (rows < columns ? vectors[r]![c]! : vectors[c]![r]!);
      }
    }
  },
};

/**
 * Normal draws, made orthonormal one after the other by Gram and Schmidt's method: the Q of a QR decomposition whose R has a positive
 * diagonal, which makes it uniform among all (Mezzadri, 2007, arXiv:math-ph/0609050). The projections are taken out twice, since once
 * leaves an error that grows with their number.
 */
function orthonormalVectors(count: number, length: number, random: RandomStream): Float64Array[] {
  const done: Float64Array[] = [];
  for (let n = 0; n < count; n++) {
    const v = Float64Array.from({ length }, () => random.normal());
    for (let pass = 0; pass < 2; pass++) {
      for (const u of done) {
        const projection = dot(u, v);
        for (let i = 0; i < length; i++) v[i]! -= projection * u[i]!;
      }
    }
    const norm = Math.sqrt(dot(v, v));
    for (let i = 0; i < length; i++) v[i]! /= norm;
    done.push(v);
  }
  return done;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
