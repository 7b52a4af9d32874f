import { ConfigError } from "../../errors.js";
import type { Step, Steps, Window } from "./steps.js";

/** What an int8 means: (q − zero)·scale. */
export interface Scale {
  readonly scale: number;
  readonly zero: number;
}

/** Least and greatest number of a value. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** A step in integers: sums in int32, of which each filter's is multiplied by multiplier·2^−shift. */
export type Int8Step = Pick<Step, "name" | "inputs" | "output"> &
  (
    | {
        readonly kind: "conv";
        readonly window: Window;
        readonly weights: Int8Array;
        readonly bias: Int32Array;
        readonly multiplier: Int32Array;
        readonly shift: Uint8Array;
        readonly from: number;
        readonly to: number;
      }
    | { readonly kind: "maximum"; readonly window: Window }
    | {
        readonly kind: "mean";
        readonly window: Window;
        /** How many numbers a mean is over; 0 for those inside the image. */
        readonly whole: number;
        readonly factor: number;
        readonly from: number;
        readonly to: number;
      }
    /** A function of one number, by its 256 values from −128 on. */
    | { readonly kind: "table"; readonly table: Int8Array }
    | {
        readonly kind: "add";
        readonly factors: readonly number[];
        readonly from: readonly number[];
        readonly to: number;
      }
    | {
        readonly kind: "concatenate";
        readonly outer: number;
        readonly inner: readonly number[];
        readonly tables: readonly Int8Array[];
      }
    | (Extract<Step, { kind: "permute" }> & { readonly kind: "permute" })
    | (Extract<Step, { kind: "pad" }> & { readonly zero: number })
  );

export interface Int8Plan {
  readonly steps: readonly Int8Step[];
  /** How the input becomes integers, and what the last of them mean. */
  readonly input: Scale;
  readonly output: Scale;
  /** The value that comes out, in integers. */
  readonly last: number;
  /** What follows in float32. */
  readonly tail: readonly Extract<Step, { kind: "map" | "softmax" }>[];
}

/** Factors of sums of few are in units of 2^−20. */
export const FRACTION = 20;
/** The greatest part of a sum's 31 bits that its bias may take, as a power of 2. */
const BIAS_BITS = 29;
/** The greatest number of products in a sum. */
const MOST_PRODUCTS = Math.floor((2 ** 31 - 1 - 2 ** BIAS_BITS) / (255 * 127));

/** A model in integers, by the ranges of its values; `apply` is a layer's function of numbers. @throws {ConfigError} `c-layer` */
export async function int8Plan(
  { steps, values, output }: Steps,
  ranges: readonly Range[],
  apply: (step: Extract<Step, { kind: "map" }>, xs: Float32Array) => Promise<Float32Array>,
): Promise<Int8Plan> {
  const readers = (value: number) => steps.filter(({ inputs }) => inputs.includes(value));
  const tail: Extract<Step, { kind: "map" | "softmax" }>[] = [];
  let last = output;
  for (const step of steps.toReversed()) {
    if (step.output !== last || (step.kind !== "map" && step.kind !== "softmax")) break;
    tail.unshift(step);
    last = step.inputs[0]!;
  }
  const body = steps.slice(0, steps.length - tail.length);
  const scales: Scale[] = values.map((_, value) => scaleOf(ranges[value]!));
  const planned: Int8Step[] = [];
  for (const step of body) {
    const x = scales[step.inputs[0]!]!;
    if (step.kind === "map" && step.layer.type === "ReLU") {
      // Where 0 is the least int8, nothing below is left: what makes the value does it.
      const before = planned.at(-1);
      const makes = before?.output === step.inputs[0] && (before?.kind === "conv" || before?.kind === "add");
      if (makes && readers(step.inputs[0]!).length === 1) {
        const maker = body.find(({ output: made }) => made === before.output)!;
        planned[planned.length - 1] = {
          ...inIntegers(maker, scales, scales[step.output]!),
          output: step.output,
        };
        continue;
      }
    }
    if (step.kind === "permute" || step.kind === "pad" || (step.kind === "pool" && step.takes === "maximum"))
      scales[step.output] = x;
    const y = scales[step.output]!;
    const { name, inputs, output: to } = step;
    if (step.kind !== "map") planned.push(inIntegers(step, scales, y));
    else
      planned.push({
        name,
        inputs,
        output: to,
        kind: "table",
        table: quantized(await apply(step, meanings(x)), y),
      });
  }
  return { steps: planned, input: scales[0]!, output: scales[last]!, last, tail };
}

function inIntegers(step: Step, scales: readonly Scale[], y: Scale): Int8Step {
  const { name, inputs, output } = step;
  const around = { name, inputs, output };
  const x = scales[inputs[0]!]!;
  switch (step.kind) {
    case "conv":
      return { ...around, ...convInIntegers(step, x, y) };
    case "affine": {
      const { outer, channels, inner, factor, mean, shift } = step;
      if (outer > 1 && inner > 1) break;
      const [size, channelsLast] = inner === 1 ? [outer, true] : [inner, false];
      const window: Window = {
        ...{ channels, height: 1, width: size, filters: channels, outHeight: 1, outWidth: size },
        ...{
          kernel: [1, 1],
          stride: [1, 1],
          dilation: [1, 1],
          top: 0,
          left: 0,
          groups: channels,
          channelsLast,
        },
      };
      const bias = shift.map((one, c) => one - mean[c]! * factor[c]!);
      return { ...around, ...convInIntegers({ name, window, weights: factor, bias }, x, y) };
    }
    case "pool": {
      const { window, takes, includePadding } = step;
      if (takes === "maximum") return { ...around, kind: "maximum", window };
      const whole = includePadding ? window.kernel[0] * window.kernel[1] : 0;
      return { ...around, kind: "mean", window, whole, factor: factorOf(x, y), from: x.zero, to: y.zero };
    }
    case "add": {
      const from = inputs.map((value) => scales[value]!);
      const factors = from.map((one) => factorOf(one, y));
      return { ...around, kind: "add", factors, from: from.map(({ zero }) => zero), to: y.zero };
    }
    case "concatenate": {
      const tables = inputs.map((value) => quantized(meanings(scales[value]!), y));
      return { ...around, kind: "concatenate", outer: step.outer, inner: step.inner, tables };
    }
    case "permute":
      return step;
    case "pad":
      return { ...step, zero: x.zero };
  }
  throw new ConfigError("c-layer", `The layer "${name}" has no form in int8; write the model in float32.`);
}

function convInIntegers(
  {
    name,
    window,
    weights,
    bias,
  }: Pick<Extract<Step, { kind: "conv" }>, "name" | "window" | "weights" | "bias">,
  x: Scale,
  y: Scale,
): Omit<Extract<Int8Step, { kind: "conv" }>, "name" | "inputs" | "output"> {
  const each = weights.length / window.filters;
  if (each > MOST_PRODUCTS) {
    throw new ConfigError(
      "c-layer",
      `The layer "${name}" adds up ${each} products, and int8 can do ${MOST_PRODUCTS}; write the model in float32.`,
    );
  }
  const quantized = new Int8Array(weights.length);
  const biases = new Int32Array(bias.length);
  const multiplier = new Int32Array(bias.length);
  const shift = new Uint8Array(bias.length);
  for (let f = 0; f < window.filters; f++) {
    const own = weights.subarray(f * each, (f + 1) * each);
    const greatest = own.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    // So large that the bias has room beside the products; any will do where there is nothing.
    const scale = Math.max(greatest / 127, Math.abs(bias[f]!) / (x.scale * 2 ** BIAS_BITS)) || 1;
    own.forEach((w, i) => {
      quantized[f * each + i] = Math.round(w / scale);
    });
    biases[f] = Math.round(bias[f]! / (x.scale * scale));
    const parts = multiplierOf((x.scale * scale) / y.scale);
    multiplier[f] = parts.multiplier;
    shift[f] = parts.shift;
  }
  return {
    kind: "conv",
    window,
    weights: quantized,
    bias: biases,
    multiplier,
    shift,
    from: x.zero,
    to: y.zero,
  };
}

/** A factor as multiplier·2^−shift with 31 bits, shift being 17 to 62: what is larger than 2^14 saturates, and would in int8. */
export function multiplierOf(factor: number): { readonly multiplier: number; readonly shift: number } {
  // By powers of two, which are exact everywhere, as a host's logarithm is not.
  let shift = 31;
  while (factor * 2 ** shift >= 2 ** 31) shift--;
  while (factor * 2 ** shift < 2 ** 30 && shift <= 62) shift++;
  if (Math.round(factor * 2 ** shift) > 2 ** 31 - 1) shift--;
  if (shift > 62) return { multiplier: 0, shift: 31 };
  const held = Math.max(17, shift);
  return { multiplier: Math.min(2 ** 31 - 1, Math.round(factor * 2 ** held)), shift: held };
}

function factorOf(x: Scale, y: Scale): number {
  return Math.min(2 ** 31 - 1, Math.round((x.scale / y.scale) * 2 ** FRACTION));
}

/** Numbers from least to most as int8, 0 being one of them. */
export function scaleOf({ least, most }: Range): Scale {
  const [low, high] = [Math.min(0, least), Math.max(0, most)];
  const scale = Math.fround((high > low ? high - low : 1) / 255);
  return { scale, zero: fit(Math.round(-128 - low / scale)) };
}

/** What the int8 from −128 to 127 mean. */
function meanings({ scale, zero }: Scale): Float32Array {
  return Float32Array.from({ length: 256 }, (_, i) => (i - 128 - zero) * scale);
}

function quantized(values: Float32Array, { scale, zero }: Scale): Int8Array {
  return Int8Array.from(values, (value) => fit(Math.round(value / scale) + zero));
}

export function fit(value: number): number {
  return Math.min(127, Math.max(-128, value));
}
