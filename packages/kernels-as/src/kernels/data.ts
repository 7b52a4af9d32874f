import type { KernelMemory } from "../memory.js";
import { checkRanges } from "./ranges.js";

type Gather = (
  y: number,
  x: number,
  indices: number,
  features: number,
  scale: number,
  shift: number,
  scales: number,
  shifts: number,
  begin: number,
  end: number,
) => void;
type GatherWords = (
  y: number,
  x: number,
  indices: number,
  features: number,
  begin: number,
  end: number,
) => void;

interface Exports {
  gather_u8: Gather;
  gather_f32: Gather;
  gather_u32: GatherWords;
  gather_labels_u8: GatherWords;
}

/** Row b of y [batch, features] is row indices[b] of x [samples, features]; byte addresses, `indices` of u32. */
export interface GatherRows {
  readonly y: number;
  readonly x: number;
  readonly indices: number;
  readonly batch: number;
  readonly features: number;
  readonly samples: number;
}

/** y = x·scale + shift (default 1 and 0), by feature where addresses of f32 [features] are given. */
export interface GatherScaled extends GatherRows {
  readonly scale?: number;
  readonly shift?: number;
  readonly featureScale?: number;
  readonly featureShift?: number;
}

/** Batches from data in memory. All throw RangeError (an index that is no sample's) and MemoryError: see checkRanges. */
export function dataKernels(memory: KernelMemory, exports: Record<string, unknown>) {
  const wasm = exports as unknown as Exports;

  function check(kernel: string, rows: GatherRows, elementBytes: number): void {
    const { y, x, indices, batch, features, samples } = rows;
    checkRanges(memory, kernel, {
      y: [y, batch * features],
      x: [x, samples * features, elementBytes],
      indices: [indices, batch],
    });
    const list = memory.u32(indices, batch);
    for (let b = 0; b < batch; b++) {
      if (list[b]! >= samples) {
        throw new RangeError(
          `${kernel}: expected indices in [0, ${samples}), got ${list[b]} at position ${b}`,
        );
      }
    }
  }

  function scaled(kernel: "gather_u8" | "gather_f32", name: string, rows: GatherScaled): void {
    const { y, x, indices, batch, features, scale = 1, shift = 0, featureScale, featureShift } = rows;
    check(name, rows, kernel === "gather_u8" ? 1 : 4);
    if (featureScale !== undefined) checkRanges(memory, name, { featureScale: [featureScale, features] });
    if (featureShift !== undefined) checkRanges(memory, name, { featureShift: [featureShift, features] });
    wasm[kernel](y, x, indices, features, scale, shift, featureScale ?? 0, featureShift ?? 0, 0, batch);
  }

  return {
    /** f32 from u8, scaled. */
    gatherU8(rows: GatherScaled): void {
      scaled("gather_u8", "gatherU8", rows);
    },
    /** f32 from f32, scaled. */
    gatherF32(rows: GatherScaled): void {
      scaled("gather_f32", "gatherF32", rows);
    },
    /** 32-bit words as they are. */
    gatherU32({ y, x, indices, batch, features, samples }: GatherRows): void {
      check("gatherU32", { y, x, indices, batch, features, samples }, 4);
      wasm.gather_u32(y, x, indices, features, 0, batch);
    },
    /** u32 from u8: class labels. */
    gatherLabelsU8({ y, x, indices, batch, features, samples }: GatherRows): void {
      check("gatherLabelsU8", { y, x, indices, batch, features, samples }, 1);
      wasm.gather_labels_u8(y, x, indices, features, 0, batch);
    },
  };
}
