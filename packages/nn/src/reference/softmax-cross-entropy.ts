import type { Reference, ReferenceArray } from "./reference.js";
import { softmaxRows } from "./softmax.js";

/** What is expected of class c in row r: 1 for the labelled class, or the row of the one-hot (or soft) labels. */
function expected(labels: ReferenceArray, sparse: boolean, r: number, c: number, cols: number): number {
  return sparse ? (labels.data[r] === c ? 1 : 0) : labels.data[r * cols + c]!;
}

/** −Σ labels·log softmax(logits) along each row. */
export const softmaxCrossEntropy: Reference = ([logits, labels], { inputs }) => {
  const [rows, cols] = logits!.shape as [number, number];
  const sparse = inputs[1]!.type === "u32";
  return Float64Array.from({ length: rows }, (_, r) => {
    const row = logits!.data.subarray(r * cols, (r + 1) * cols);
    const greatest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const logTotal = greatest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - greatest), 0));
    return row.reduce(
      (loss, value, c) => loss + expected(labels!, sparse, r, c, cols) * (logTotal - value),
      0,
    );
  });
};

/** dlogits = (T·softmax(logits) − labels)·dloss, dloss and the labels' total T by row. */
export const softmaxCrossEntropyGradient: Reference = ([logits, labels, dloss], { inputs }) => {
  const cols = logits!.shape[1]!;
  const sparse = inputs[1]!.type === "u32";
  return softmaxRows(logits!.data, cols).map((p, i) => {
    const r = Math.floor(i / cols);
    let total = 0;
    for (let c = 0; c < cols; c++) total += expected(labels!, sparse, r, c, cols);
    return (total * p - expected(labels!, sparse, r, i % cols, cols)) * dloss!.data[r]!;
  });
};
