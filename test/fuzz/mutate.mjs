// What happens to files: bits that fall over, ends that are lost, parts that are doubled or come from another file, numbers that are edited.
import { draws } from "../engines/random-networks.mjs";
import { mutatedJson } from "./mutate-json.mjs";

/** Bytes and numbers that have broken readers before: ends of ranges, signs, and sizes that nobody has. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff];
const SIZES = [0, 1, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const WORDS = [
  "-1",
  "0",
  "1e999",
  "1e15",
  "4294967296",
  "9007199254740993",
  "null",
  '""',
  "[]",
  "{}",
  "NaN",
  "1.5",
  "\u0000",
  "[".repeat(9000),
  "[".repeat(9000) + "]".repeat(9000),
  `${'{"a":'.repeat(9000)}1${"}".repeat(9000)}`,
  '{"toString":1,"valueOf":1}',
  `"${"x".repeat(100_000)}"`,
  `"${"x".repeat(100_000)}":1,"y`,
];

/** One mutated file, from `seeds` by the numbers of `seed` and `index`: the same again whenever it is asked for. */
export function mutant(seeds, seed, index) {
  const draw = draws(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const { below, oneOf, between } = draw;
  let bytes = new Uint8Array(oneOf(seeds)); // of a Buffer too a copy, and at once
  const isJson = bytes[0] === 0x7b || bytes[0] === 0x5b;
  if (isJson && below(4) > 0) {
    const edited = mutatedJson(bytes, draw);
    if (edited) return edited;
  }
  const at = () => (below(3) === 0 ? below(Math.min(bytes.length, 64) || 1) : below(bytes.length || 1));
  const replaced = (from, to, put) => {
    const next = new Uint8Array(from + put.length + (bytes.length - to));
    next.set(bytes.subarray(0, from));
    next.set(put, from);
    next.set(bytes.subarray(to), from + put.length);
    return next;
  };
  const part = (of) => {
    const from = below(of.length || 1);
    return of.subarray(from, from + between(1, Math.max(1, Math.min(of.length - from, 200))));
  };
  const changes = [
    () => {
      if (bytes.length) bytes[at()] ^= 1 << below(8);
    },
    () => {
      if (bytes.length) bytes[at()] = oneOf(EDGES);
    },
    () => {
      bytes = bytes.slice(0, below(bytes.length + 1));
    },
    () => {
      const from = at();
      bytes = replaced(from, Math.min(bytes.length, from + between(1, 50)), new Uint8Array(0));
    },
    () => {
      const from = at();
      bytes = replaced(from, from, part(bytes));
    },
    () => {
      const from = at();
      const other = part(oneOf(seeds));
      bytes = replaced(from, Math.min(bytes.length, from + other.length), other);
    },
    () => {
      const size = oneOf([2, 4]);
      if (bytes.length < size) return;
      const from = Math.min(at(), bytes.length - size);
      const view = new DataView(bytes.buffer);
      const little = below(2) === 0;
      if (size === 2) view.setUint16(from, oneOf(SIZES) & 0xffff, little);
      else view.setUint32(from, oneOf(SIZES), little);
    },
    // A number or a word of text in place of one that is there.
    () => {
      const start = at();
      let from = start;
      while (from < bytes.length && !isWord(bytes[from])) from++;
      let to = from;
      while (to < bytes.length && isWord(bytes[to]) && to - from < 40) to++;
      if (to > from) bytes = replaced(from, to, new TextEncoder().encode(oneOf(WORDS)));
    },
  ];
  for (let n = oneOf([1, 1, 1, 2, 4]); n > 0; n--) oneOf(changes)();
  return bytes;
}

const isWord = (byte) =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  byte === 0x2d ||
  byte === 0x2e;
