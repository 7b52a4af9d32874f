import { GATHER_F32, GATHER_LABELS_U8, GATHER_U8, GATHER_U32 } from "../generated/opcodes.js";

/**
 * Instructions of the data family: a batch from a data set in memory. Row b of y [batch, features] is row indices[position + b] of
 * x [samples, features], where `indices` is the address of u32s and `position` of the u32 at which the batch begins.
 * Indices are trusted: whoever writes them has checked them against the number of samples.
 */
export const dataInstructions = {
  /** f32 from u8: y = x·scale + shift; featureScale and featureShift (0: none) are f32 [features] in place of scale and shift. */
  gather_u8: {
    opcode: GATHER_U8,
    args: [
      "y:p",
      "x:p",
      "indices:p",
      "position:p",
      "batch:u",
      "features:u",
      "scale:f",
      "shift:f",
      "featureScale:p",
      "featureShift:p",
    ],
  },
  /** The same from f32. */
  gather_f32: {
    opcode: GATHER_F32,
    args: [
      "y:p",
      "x:p",
      "indices:p",
      "position:p",
      "batch:u",
      "features:u",
      "scale:f",
      "shift:f",
      "featureScale:p",
      "featureShift:p",
    ],
  },
  /** 32-bit words as they are: labels. */
  gather_u32: {
    opcode: GATHER_U32,
    args: ["y:p", "x:p", "indices:p", "position:p", "batch:u", "features:u"],
  },
  /** u32 from u8: labels kept as bytes. */
  gather_labels_u8: {
    opcode: GATHER_LABELS_U8,
    args: ["y:p", "x:p", "indices:p", "position:p", "batch:u", "features:u"],
  },
} as const;
