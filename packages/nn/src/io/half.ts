/** IEEE 754 binary16 → number, exactly: sign, 5 bits of exponent (bias 15), 10 of fraction. */
export function floatFromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  if (exponent === 0) return sign * (fraction / 0x100_0000);
  // 2^(exponent − 15) as a product, so that nothing depends on the host's power function.
  let scale = 1 / 0x4000;
  for (let e = 1; e < exponent; e++) scale *= 2;
  return sign * (1 + fraction / 1024) * scale;
}

const scratch = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
export function floatFromBfloat16(bits: number): number {
  scratch.setUint32(0, bits * 65536);
  return scratch.getFloat32(0);
}
