import type { Dataset } from "@loam/nn";

/** Pictures as an IDX file, as MNIST's are: big-endian, [n, 28, 28] of bytes. */
export function idxImages({ inputs }: Dataset): Uint8Array<ArrayBuffer> {
  const [samples = 0, , height = 0, width = 0] = inputs.shape;
  return idx([samples, height, width], inputs.data as Uint8Array);
}

/** Their labels as an IDX file. */
export function idxLabels({ labels }: Dataset): Uint8Array<ArrayBuffer> {
  return idx([labels.shape[0]!], labels.data as Uint8Array);
}

function idx(shape: readonly number[], data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  // 8: bytes; then the rank.
  bytes.set([0, 0, 8, shape.length]);
  for (const [k, size] of shape.entries()) view.setUint32(4 + 4 * k, size);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/** A table whose first column is the label, with a name for each column. */
export function csvOf({ inputs, labels }: Dataset): string {
  const size = inputs.data.length / labels.data.length;
  const head = ["label", ...Array.from({ length: size }, (_, i) => `pixel${i}`)];
  const rows = Array.from(labels.data, (label, i) =>
    [label, ...inputs.data.slice(i * size, (i + 1) * size)].join(","),
  );
  return `${[head.join(","), ...rows].join("\n")}\n`;
}
