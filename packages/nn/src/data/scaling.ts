import { DataError, FormatError } from "../errors.js";

/**
 * How raw values become network inputs. It is found on training data, saved with the model and used again by `predict`.
 *
 *   none      x
 *   divide    x / by
 *   features  x[j] · scale[j] + shift[j], j being the position inside a sample
 */
export type Scaling =
  | { readonly kind: "none" }
  | { readonly kind: "divide"; readonly by: number }
  | { readonly kind: "features"; readonly shift: readonly number[]; readonly scale: readonly number[] };

/** Images of bytes: 0…255 becomes 0…1. */
export const byteScaling: Scaling = { kind: "divide", by: 255 };

/**
 * Division by the largest magnitude in the whole table, as the lessons do it: one number, so that columns that belong
 * together (pixels) keep their proportions. A table of zeros is left alone.
 */
export function maximumScaling(data: ArrayLike<number>): Scaling {
  let maximum = 0;
  for (let i = 0; i < data.length; i++) {
    const magnitude = Math.abs(data[i] as number);
    if (magnitude > maximum) maximum = magnitude;
  }
  return maximum === 0 ? { kind: "none" } : { kind: "divide", by: maximum };
}

/**
 * Standardisation: (x − μⱼ) / σⱼ with mean and (population) deviation of each feature, in two passes of float64.
 * A feature that never changes becomes 0. The coefficients are rounded to float32, which is what kernels use.
 */
export function standardScaling(data: ArrayLike<number>, features: number): Scaling {
  const samples = data.length / features;
  const mean = new Float64Array(features);
  const variance = new Float64Array(features);
  for (let i = 0; i < data.length; i++) mean[i % features]! += (data[i] as number) / samples;
  for (let i = 0; i < data.length; i++) {
    const d = (data[i] as number) - mean[i % features]!;
    variance[i % features]! += (d * d) / samples;
  }
  const scale = Array.from(variance, (v) => (v > 0 ? Math.fround(1 / Math.sqrt(v)) : 0));
  const shift = scale.map((s, j) => Math.fround(0 - mean[j]! * s));
  return { kind: "features", shift, scale };
}

/** Scaled float32 copy of raw values, in the arithmetic of the gather kernels: x·scale + shift, each rounded to float32. */
export function applyScaling(data: ArrayLike<number>, scaling: Scaling): Float32Array {
  const out = Float32Array.from(data);
  if (scaling.kind === "divide") {
    const factor = Math.fround(1 / scaling.by);
    for (let i = 0; i < out.length; i++) out[i]! *= factor;
  } else if (scaling.kind === "features") {
    const { scale, shift } = scaling;
    const features = scale.length;
    for (let i = 0; i < out.length; i++) {
      const j = i % features;
      out[i] = Math.fround(out[i]! * Math.fround(scale[j]!)) + Math.fround(shift[j]!);
    }
  }
  return out;
}

const FORMS = '{kind: "none"}, {kind: "divide", by} or {kind: "features", shift, scale}';

/**
 * Checks a scaling that comes from a file.
 * @throws {FormatError} `scaling-invalid`
 */
export function parseScaling(value: unknown, owner: string): Scaling {
  const scaling = readScaling(value);
  if (scaling) return scaling;
  throw new FormatError(
    "scaling-invalid",
    `${owner}: its input scaling must be ${FORMS}; the file is damaged or was not written by Loam.`,
  );
}

/**
 * Checks a scaling that comes from code, for samples of so many values.
 * @throws {DataError} `scaling-invalid`, `size-mismatch`
 */
export function requireScaling(owner: string, value: unknown, features: number): void {
  const scaling = readScaling(value);
  if (!scaling) {
    throw new DataError(
      "scaling-invalid",
      `${owner}: its scaling must be ${FORMS} of finite numbers, by not 0, shift as long as scale; got ${JSON.stringify(value)?.slice(0, 60)}.`,
    );
  }
  if (scaling.kind === "features" && scaling.scale.length !== features) {
    throw new DataError(
      "size-mismatch",
      `${owner}: its scaling has ${scaling.scale.length} features where a sample has ${features}.`,
    );
  }
}

function readScaling(value: unknown): Scaling | undefined {
  const record = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const { kind, by, shift, scale } = record;
  if (kind === "none") return { kind };
  if (kind === "divide" && typeof by === "number" && Number.isFinite(by) && by !== 0) return { kind, by };
  if (kind === "features" && isNumbers(shift) && isNumbers(scale) && shift.length === scale.length) {
    return { kind, shift, scale };
  }
  return undefined;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => Number.isFinite(one));
}
