// Instructions of the data family: a batch from a data set in memory, and rows by indices.
//
// Of a batch, row b of y [batch, features] is row indices[position + b] of
// x [samples, features], where `indices` is the address of u32s and `position` of the u32 at which the batch begins.
// These indices are trusted: whoever writes them has checked them against the number of samples. Those of `gather_rows` and
// `scatter_add_rows` are not.
import { input, itself, LINE, optional, output, over, scalar, size } from "../program/table.mjs";

export const functions = { "instructions/data": ["samplesSeen"] };

const rowsOf = (type) => ({
  x: input("samplesSeen(args, memory) * features", type),
  indices: input("memory.word(position) + batch", "u32"),
  position: input(1, "u32"),
  batch: size,
  features: size,
});
const scaled = {
  scale: scalar,
  shift: scalar,
  featureCenter: optional(input("features")),
  featureScale: optional(input("features")),
  featureShift: optional(input("features")),
};
const places = "<usize>indices + (<usize>load<u32>(position) << 2)";

export const rows = {
  gather_u8: {
    doc: "f32 from u8: y = (x − centre)·scale + shift; featureCenter, featureScale and featureShift (0: none) are f32 [features] in place of 0, scale and shift.",
    args: { y: output("batch * features"), ...rowsOf("u8"), ...scaled },
    split: over("batch"),
    cost: "batch * features / 2",
    from: "data/gather",
    kernel: `gather_u8(y, x, ${places}, features, scale, shift, featureCenter, featureScale, featureShift, begin, end)`,
  },
  gather_f32: {
    doc: "The same from f32.",
    args: { y: output("batch * features"), ...rowsOf("f32"), ...scaled },
    split: over("batch"),
    cost: "batch * features / 2",
    from: "data/gather",
    kernel: `gather_f32(y, x, ${places}, features, scale, shift, featureCenter, featureScale, featureShift, begin, end)`,
  },
  gather_u32: {
    doc: "32-bit words as they are: labels.",
    args: { y: output("batch * features", "u32"), ...rowsOf("u32") },
    split: over("batch", LINE),
    cost: "batch * features / 2",
    from: "data/gather",
    kernel: `gather_u32(y, x, ${places}, features, begin, end)`,
  },
  gather_labels_u8: {
    doc: "u32 from u8: labels kept as bytes.",
    args: { y: output("batch * features", "u32"), ...rowsOf("u8") },
    split: over("batch", LINE),
    cost: "batch * features / 2",
    from: "data/gather",
    kernel: `gather_labels_u8(y, x, ${places}, features, begin, end)`,
  },
  gather_rows: {
    doc: `y[o, i, :] = x[o, indices[i], :], 32-bit words as they are. Where indices[i] ≥ n, every word of the row is \`missing\`. y does not
overlap x.`,
    args: {
      y: output("outer * count * inner"),
      x: input("outer * n * inner"),
      indices: input("count", "u32"),
      outer: size,
      n: size,
      count: size,
      inner: size,
      missing: size,
    },
    split: over("outer * count"),
    cost: "outer * count * inner / 2",
    from: "data/rows",
    kernel: "gather_rows(y, x, indices, n, count, inner, missing, begin, end)",
  },
  scatter_add_rows: {
    doc: `y[o, t, :] = Σ x[o, i, :] over the i with indices[i] = t, in f32 and in the order of i; 0 where there is none. Rows whose index is n or
more are left out. y does not overlap x.`,
    args: {
      y: output("outer * n * inner"),
      x: input("outer * count * inner"),
      indices: input("count", "u32"),
      outer: size,
      n: size,
      count: size,
      inner: size,
    },
    split: itself,
    cost: "outer * (count + n) * inner / 2",
    from: "data/rows",
    kernel: "scatter_add_rows_share(y, x, indices, outer, n, count, inner, thread, threads)",
  },
};
