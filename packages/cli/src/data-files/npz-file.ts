import { zipSync } from "fflate";

interface NumberArray {
  readonly data: Uint8Array | Uint32Array | Float32Array;
  readonly shape: readonly number[];
}

/** Arrays by name as the bytes of a .npz, NumPy's format: a ZIP of .npy files. */
export function encodeNpz(arrays: Readonly<Record<string, NumberArray>>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)])),
  );
}

/** Format 1.0, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: a header in Python's notation, filled up to 64 bytes. */
function encodeNpy({ data, shape }: NumberArray): Uint8Array {
  const type = data instanceof Float32Array ? "<f4" : data instanceof Uint32Array ? "<u4" : "|u1";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const head = Buffer.alloc(length, " ");
  head.write("\x93NUMPY\x01\x00", "latin1");
  head.writeUInt16LE(length - 10, 8);
  head.write(text, 10, "latin1");
  head.write("\n", length - 1, "latin1");
  return Buffer.concat([head, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}
