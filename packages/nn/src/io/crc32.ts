/** The checksum of ZIP and PNG (ISO 3309): remainders of the polynomial 0xEDB88320, the lowest bit first. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xed_b8_83_20 : 0);
  return remainder;
});

/** CRC-32 of bytes, or of those behind others whose checksum is `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  for (const byte of bytes) value = REMAINDERS[(value ^ byte) & 255]! ^ (value >>> 8);
  return ~value >>> 0;
}
