import type { BatchSource, SourceInputs, SourceLabels, SourceValues } from "../batch-source.js";

/** A source of one input. */
export interface SingleSource extends Omit<BatchSource, "inputs" | "read"> {
  readonly inputs: SourceInputs;
  /** As `BatchSource.read`. */
  read(indices: Uint32Array, signal: AbortSignal): SingleValues | Promise<SingleValues>;
}

/** What a source with one input reads. */
export interface SingleValues extends Omit<SourceValues, "inputs"> {
  readonly inputs: Uint8Array | Float32Array;
}

/** How many values one sample has of it. */
export function sizeOfOne({ shape }: SourceInputs | SourceLabels): number {
  return shape.reduce((product, size) => product * size, 1);
}

type Values<Type extends "u8" | "u32" | "f32"> = {
  u8: Uint8Array;
  u32: Uint32Array;
  f32: Float32Array;
}[Type];

/** Room for so many samples' values. */
export function roomFor<Type extends "u8" | "u32" | "f32">(
  part: { readonly type: Type; readonly shape: readonly number[] },
  samples: number,
): Values<Type> {
  const length = samples * sizeOfOne(part);
  const made = { u8: Uint8Array, u32: Uint32Array, f32: Float32Array }[part.type];
  return new made(length) as Values<Type>;
}
