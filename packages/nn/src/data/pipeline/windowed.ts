import { ConfigError, requireNonNegativeInteger, requirePositiveInteger } from "../../errors.js";
import { requireOptions } from "../../options.js";
import type { Scaling } from "../scaling.js";
import { roomFor, type SingleSource, type SingleValues, sizeOfOne } from "./single-source.js";

export interface PipelineWindowOptions {
  /** How far one window begins behind the one before it; default 1. */
  readonly stride?: number;
  /** How many samples behind the window's last the label is of; default 0. */
  readonly ahead?: number;
}

/** A source of windows over the samples of another, each sample of which is read once for all windows that are asked for together. */
export function windowed(source: SingleSource, size: number, options: PipelineWindowOptions): SingleSource {
  requireOptions("window", options, ["stride", "ahead"]);
  const { stride = 1, ahead = 0 } = options;
  requirePositiveInteger("window", "size", size);
  requirePositiveInteger("window", "stride", stride);
  requireNonNegativeInteger("window", "ahead", ahead);
  const samples = Math.floor((source.samples - size - ahead) / stride) + 1;
  if (samples < 1) {
    throw new ConfigError(
      "window-too-long",
      `${source.name}: expected at least ${size + ahead} samples for a window of ${size}${ahead > 0 ? ` and ${ahead} ahead` : ""}, got ${source.samples}.`,
    );
  }
  const inputs = { ...source.inputs, shape: [size, ...source.inputs.shape] };
  return {
    ...source,
    samples,
    inputs,
    scaling: repeated(source.scaling ?? { kind: "none" }, size),
    fingerprint: `${source.fingerprint ?? ""} | window ${size} ${stride} ${ahead}`,
    async read(indices, signal): Promise<SingleValues> {
      const places = new Map<number, number>();
      const placeOf = (sample: number): number => {
        const known = places.get(sample);
        if (known !== undefined) return known;
        places.set(sample, places.size);
        return places.size - 1;
      };
      const parts = Array.from(indices, (window) => {
        const steps = Array.from({ length: size }, (_, step) => placeOf(window * stride + step));
        return { steps, label: placeOf(window * stride + size - 1 + ahead) };
      });
      const values = await source.read(Uint32Array.from(places.keys()), signal);
      const made = {
        inputs: roomFor(inputs, indices.length),
        labels: roomFor(source.labels, indices.length),
      };
      const weights = values.weights && new Float32Array(indices.length);
      const sizes = { inputs: sizeOfOne(source.inputs), labels: sizeOfOne(source.labels) };
      const copy = (part: "inputs" | "labels", from: number, to: number) =>
        made[part].set(values[part].subarray(from * sizes[part], (from + 1) * sizes[part]), to * sizes[part]);
      for (const [i, { steps, label }] of parts.entries()) {
        for (const [step, from] of steps.entries()) copy("inputs", from, i * size + step);
        copy("labels", label, i);
        if (weights) weights[i] = values.weights![label]!;
      }
      return { ...made, ...(weights && { weights }) };
    },
  };
}

/** A scaling of each feature, for so many steps of them. */
function repeated(scaling: Scaling, times: number): Scaling {
  if (!("scale" in scaling)) return scaling;
  const again = (numbers: readonly number[]) => Array.from({ length: times }, () => numbers).flat();
  const { scale, shift } = scaling;
  const both = { scale: again(scale), shift: again(shift) };
  return scaling.kind === "standard"
    ? { kind: "standard", center: again(scaling.center), ...both }
    : { kind: "features", ...both };
}
