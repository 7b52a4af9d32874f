// Rounds a model's weights to half precision: a file of half the size. Readers of safetensors, Loam's among them, make float32 of it again.

/**
 * A safetensors file whose float32 tensors are float16, rounded to the nearest, ties to even.
 * @param {Uint8Array} file
 * @returns {Uint8Array}
 * @throws {Error} for weights beyond ±65,504, the greatest of the format
 */
export function inHalfPrecision(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
  const parts = [];
  let end = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [from, to] = entry.data_offsets;
    let bytes = file.subarray(start + from, start + to);
    if (entry.dtype === "F32") {
      const half = new DataView(new ArrayBuffer(bytes.length / 2));
      for (let i = 0; i < bytes.length; i += 4)
        half.setUint16(i / 2, halfOf(view.getFloat32(start + from + i, true)), true);
      bytes = new Uint8Array(half.buffer);
      entry.dtype = "F16";
    }
    entry.data_offsets = [end, end + bytes.length];
    end += bytes.length;
    parts.push(bytes);
  }
  // As the format's own writers do: values begin at a multiple of 8, after a header that ends in spaces.
  const text = JSON.stringify(header);
  const length = Math.ceil(Buffer.byteLength(text) / 8) * 8;
  const head = Buffer.alloc(8 + length, " ");
  head.writeBigUInt64LE(BigInt(length), 0);
  head.write(text, 8);
  return new Uint8Array(Buffer.concat([head, ...parts]));
}

/** The bits of the float16 nearest to a float32. IEEE 754-2019, 3.6: 1 bit sign, 5 exponent, 10 fraction. */
function halfOf(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  // Halfway between the greatest number and the one that would follow it.
  if (!(size < 65520)) throw new Error(`${value} has no place in half precision.`);
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = toEven(size / 2 ** (exponent - 10));
  // A fraction that is rounded up to the next power of two carries into the exponent by itself; below 2^-14 the exponent is 0.
  return sign | (steps < 1024 ? steps : ((exponent + 15) << 10) + (steps - 1024));
}

function toEven(value) {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}
