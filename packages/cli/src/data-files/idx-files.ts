import type { Dataset } from "@loam/nn";
import { UsageError } from "../failure.js";

/**
 * Pictures and their labels as two IDX files with MNIST's names: a magic number with type 8 (bytes), the sizes as big-endian 32-bit numbers, the bytes.
 * @throws {UsageError} for what is no grey picture of bytes, and for labels above 255.
 */
export function idxFiles(
  part: "train" | "t10k",
  { name, inputs, labels }: Dataset,
): [name: string, bytes: Uint8Array][] {
  const [samples = 0, channels, height, width] = inputs.shape;
  if (!(inputs.data instanceof Uint8Array) || channels !== 1 || height === undefined || width === undefined)
    throw new UsageError(`${name}: IDX files hold grey pictures of bytes, and these are none; take .npz.`);
  if (labels.data instanceof Float32Array || labels.data.some((label) => label > 255))
    throw new UsageError(
      `${name}: IDX files hold classes from 0 to 255, and these labels are others; take .npz.`,
    );
  return [
    [`${part}-images-idx3-ubyte`, idx([samples, height, width], inputs.data)],
    [`${part}-labels-idx1-ubyte`, idx([samples], labels.data)],
  ];
}

function idx(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => {
    head.writeUInt32BE(size, 4 + 4 * i);
  });
  return Buffer.concat([head, Uint8Array.from(data)]);
}
