/** The checksum of ZIP and PNG (ISO 3309): remainders of the polynomial 0xEDB88320, the lowest bit first; of a byte, and of one with 1, 2 and 3 zeros behind it. */
const REMAINDERS = Array.from({ length: 4 }, () => new Uint32Array(256));
const [OF_ONE, OF_TWO, OF_THREE, OF_FOUR] = REMAINDERS as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (const table of REMAINDERS) {
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xed_b8_83_20 : 0);
    table[byte] = remainder;
  }
}

/** CRC-32 of bytes, or of those behind others whose checksum is `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  let at = 0;
  // Four at a stretch: each one's remainder does not wait for that of the one before it.
  for (const end = bytes.length & ~3; at < end; at += 4) {
    value ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    value =
      OF_FOUR[value & 255]! ^
      OF_THREE[(value >>> 8) & 255]! ^
      OF_TWO[(value >>> 16) & 255]! ^
      OF_ONE[value >>> 24]!;
  }
  for (; at < bytes.length; at++) value = OF_ONE[(value ^ bytes[at]!) & 255]! ^ (value >>> 8);
  return ~value >>> 0;
}
