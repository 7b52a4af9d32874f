const IS_LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Puts float32s into bytes from `at` on, little-endian as files have them. */
export function putFloats(bytes: Uint8Array, at: number, data: Float32Array): void {
  if (IS_LITTLE) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  data.forEach((value, i) => {
    view.setFloat32(at + 4 * i, value, true);
  });
}
