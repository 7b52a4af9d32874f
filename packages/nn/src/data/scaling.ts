import { DataError, FormatError } from "../errors.js";

/**
 * How raw values become network inputs. It is found on training data, saved with the model and used again by `predict`.
 *
 *   none      x
 *   divide    x / by
 *   features  x[j] · scale[j] + shift[j], j being the position inside a sample
 *   standard  (x[j] − center[j]) · scale[j] + shift[j]: in float32 the difference of neighbours is exact, their multiples are not
 */
export type Scaling =
  | { readonly kind: "none" }
  | { readonly kind: "divide"; readonly by: number }
  | { readonly kind: "features"; readonly shift: readonly number[]; readonly scale: readonly number[] }
  | {
      readonly kind: "standard";
      readonly center: readonly number[];
      readonly scale: readonly number[];
      readonly shift: readonly number[];
    };

/** A mean of so many deviations costs x · scale + shift four of its 24 bits. */
const FAR = 16;

/** The least divisor whose reciprocal is safely a float32: what is smaller than that grows by 2^127 and stays below 1. */
const LEAST_DIVISOR = 2 ** -127;

/** Images of bytes: 0…255 becomes 0…1. */
export const byteScaling: Scaling = { kind: "divide", by: 255 };

/**
 * Division by the largest magnitude in the whole table, as the lessons do it: one number, so that columns that belong
 * together (pixels) keep their proportions. A table of zeros is left alone.
 */
export function maximumScaling(data: ArrayLike<number>): Scaling {
  return scalingByMaximum(greatestMagnitude(data));
}

/** The greatest of all |x|, and of `before`. */
export function greatestMagnitude(data: ArrayLike<number>, before = 0): number {
  let greatest = before;
  for (let i = 0; i < data.length; i++) {
    const magnitude = Math.abs(data[i] as number);
    if (magnitude > greatest) greatest = magnitude;
  }
  return greatest;
}

/** Division by a largest magnitude. */
export function scalingByMaximum(maximum: number): Scaling {
  return maximum === 0 ? { kind: "none" } : { kind: "divide", by: Math.max(maximum, LEAST_DIVISOR) };
}

/**
 * Standardisation: (x − μⱼ) / σⱼ with mean and (population) deviation of each feature, in two passes of float64.
 * A feature that is the same float32 number throughout becomes 0. The coefficients are rounded to float32, which is what kernels use.
 * Where a mean lies far from 0 beside its deviation it is subtracted first, and `shift` is what rounding took from it; else the kind is
 * `features`, as it always was, so that runs of earlier versions go on.
 */
export function standardScaling(data: ArrayLike<number>, features: number): Scaling {
  const statistics = new FeatureStatistics(data.length / features, features);
  statistics.addToMeans(data);
  statistics.addToVariances(data);
  return scalingByStatistics(statistics);
}

/** Mean, population variance, the least and the greatest value of each feature, in two passes over rows, which may come in pieces. */
export class FeatureStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly least: Float32Array;
  readonly most: Float32Array;

  constructor(
    readonly samples: number,
    features: number,
  ) {
    this.mean = new Float64Array(features);
    this.variance = new Float64Array(features);
    this.least = new Float32Array(features).fill(Number.POSITIVE_INFINITY);
    this.most = new Float32Array(features).fill(Number.NEGATIVE_INFINITY);
  }

  /** The first pass. */
  addToMeans(rows: ArrayLike<number>): void {
    const { samples, mean, least, most } = this;
    for (let i = 0, j = 0; i < rows.length; i++, j = j + 1 === mean.length ? 0 : j + 1) {
      const x = rows[i]!;
      mean[j]! += x / samples;
      if (x < least[j]!) least[j] = x;
      if (x > most[j]!) most[j] = x;
    }
  }

  /** The second, when the first is over. */
  addToVariances(rows: ArrayLike<number>): void {
    const { samples, mean, variance } = this;
    for (let i = 0, j = 0; i < rows.length; i++, j = j + 1 === mean.length ? 0 : j + 1) {
      const d = rows[i]! - mean[j]!;
      variance[j]! += (d * d) / samples;
    }
  }
}

/** Standardisation by statistics, see `standardScaling`. */
export function scalingByStatistics({ mean, variance, least, most }: FeatureStatistics): Scaling {
  // The variance would not do to tell a constant: the mean is rounded, and what it lacks is a deviation.
  const scale = Array.from(variance, (v, j) =>
    most[j]! > least[j]! ? Math.fround(1 / Math.max(Math.sqrt(v), LEAST_DIVISOR)) : 0,
  );
  // 0 − …: a shift of −0 would come back from JSON as another number.
  const whole = scale.map((s, j) => Math.fround(0 - mean[j]! * s));
  if (whole.every((shift) => Math.abs(shift) <= FAR)) return { kind: "features", shift: whole, scale };
  const center = scale.map((_, j) => {
    const near = Math.fround(mean[j]!);
    // At the ends of float32 a difference may lie beyond it.
    const reach = Math.max(Math.fround(most[j]! - near), Math.fround(near - least[j]!));
    return reach < Infinity ? near : 0;
  });
  const shift = scale.map((s, j) => (s === 0 ? 0 : Math.fround(0 - (mean[j]! - center[j]!) * s)));
  return { kind: "standard", center, scale, shift };
}

/** Scaled float32 copy of raw values, in the arithmetic of the gather kernels: (x − center)·scale + shift, each rounded to float32. */
export function applyScaling(data: ArrayLike<number>, scaling: Scaling): Float32Array {
  const out = Float32Array.from(data);
  if (scaling.kind === "divide") {
    const factor = Math.fround(1 / scaling.by);
    for (let i = 0; i < out.length; i++) out[i]! *= factor;
  } else if (scaling.kind !== "none") {
    const scale = Float32Array.from(scaling.scale);
    const shift = Float32Array.from(scaling.shift);
    const center = scaling.kind === "standard" ? Float32Array.from(scaling.center) : undefined;
    for (let i = 0, j = 0; i < out.length; i++) {
      const x = center ? Math.fround(out[i]! - center[j]!) : out[i]!;
      out[i] = Math.fround(x * scale[j]!) + shift[j]!;
      if (++j === scale.length) j = 0;
    }
  }
  return out;
}

const FORMS =
  '{kind: "none"}, {kind: "divide", by}, {kind: "features", shift, scale} or {kind: "standard", center, scale, shift}';

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
  if (!scaling || !isFloat32(scaling)) {
    throw new DataError(
      "scaling-invalid",
      `${owner}: its scaling must be ${FORMS} of numbers that float32 can hold, as many of each, 1 / by among them; got ${JSON.stringify(value)?.slice(0, 60)}.`,
    );
  }
  if ("scale" in scaling && scaling.scale.length !== features) {
    throw new DataError(
      "size-mismatch",
      `${owner}: its scaling has ${scaling.scale.length} features where a sample has ${features}.`,
    );
  }
}

function readScaling(value: unknown): Scaling | undefined {
  const record = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const { kind, by, center, shift, scale } = record;
  if (kind === "none") return { kind };
  if (kind === "divide" && typeof by === "number" && Number.isFinite(by) && by !== 0) return { kind, by };
  if (!isNumbers(shift) || !isNumbers(scale) || shift.length !== scale.length) return undefined;
  if (kind === "features") return { kind, shift, scale };
  if (kind !== "standard" || !isNumbers(center) || center.length !== scale.length) return undefined;
  return { kind, center, scale, shift };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => Number.isFinite(one));
}

/** Whether nothing becomes infinite on its way to the kernels. */
function isFloat32(scaling: Scaling): boolean {
  if (scaling.kind === "none") return true;
  if (scaling.kind === "divide") return Number.isFinite(Math.fround(1 / scaling.by));
  const { shift, scale } = scaling;
  const center = scaling.kind === "standard" ? scaling.center : [];
  return [shift, scale, center].every((numbers) => numbers.every((one) => Number.isFinite(Math.fround(one))));
}
