/** A file of a zip, as it lies there. */
export interface ZipEntry {
  readonly name: string;
  /** 0 for stored, 8 for deflate. */
  readonly method: number;
  /** Its bytes begin at `start` and end before `end`. */
  readonly start: number;
  readonly end: number;
  /** Bytes when unpacked, as the directory claims. */
  readonly size: number;
  /** CRC-32 of them. */
  readonly checksum: number;
}

/** A part of the zip that is to be read. */
export interface Wanted {
  readonly start: number;
  readonly size: number;
}

const END = 0x06_05_4b_50;
const END64 = 0x06_06_4b_50;
const END64_LOCATOR = 0x07_06_4b_50;
const CENTRAL = 0x02_01_4b_50;
const LOCAL = 0x04_03_4b_50;
/** What a field of 32 bits holds when its value stands in the extra field of ZIP64. */
const ELSEWHERE = 0xffff_ffff;
/** The directory's end stands at most a comment of 65,535 bytes before the file's. */
const END_WITHIN = 22 + 0xffff;

/**
 * The files of a zip of so many bytes (APPNOTE.TXT of PKWARE, with ZIP64, which NumPy writes), read from the directory at its end, or what is
 * wrong with it. No two of them share a byte, so that a small file cannot hold the same stream a thousand times. Nothing is unpacked.
 *
 * It asks for the parts that it needs, and is answered with their bytes: from memory at once, or from a file that need not fit there.
 */
export function* zipEntries(fileSize: number): Generator<Wanted, ZipEntry[] | string, Uint8Array> {
  function* read(start: number, size: number): Generator<Wanted, DataView | undefined, Uint8Array> {
    if (!(start >= 0 && size >= 0 && start + size <= fileSize)) return undefined;
    const bytes = yield { start, size };
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  const tail = (yield* read(Math.max(0, fileSize - END_WITHIN), Math.min(fileSize, END_WITHIN)))!;
  let last = tail.byteLength - 22;
  while (last >= 0 && tail.getUint32(last, true) !== END) last--;
  if (last < 0) return "has no directory at its end";
  let count = tail.getUint16(last + 10, true);
  let [bytes, start] = [12, 16].map((field) => tail.getUint32(last + field, true)) as [number, number];
  if (last >= 20 && tail.getUint32(last - 20, true) === END64_LOCATOR) {
    const far = yield* read(Number(tail.getBigUint64(last - 12, true)), 56);
    if (far?.getUint32(0, true) !== END64) return "has no directory where it says";
    [count, bytes, start] = [32, 40, 48].map((field) => Number(far.getBigUint64(field, true))) as [
      number,
      number,
      number,
    ];
  }
  const directory = yield* read(start, bytes);
  if (!directory) return "has no directory where it says";
  const spans: { begin: number; end: number }[] = [];
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes || directory.getUint32(at, true) !== CENTRAL) return "has a damaged directory";
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      directory.getUint16(at + field, true),
    ) as [number, number, number];
    const next = at + 46 + nameBytes + extraBytes + commentBytes;
    if (next > bytes) return "ends inside its directory";
    const name = textOf(directory, at + 46, nameBytes);
    const places = wide(directory, at, at + 46 + nameBytes, extraBytes);
    if (!places) return `has no sizes for ${name}`;
    const [size, packed, begin] = places as [number, number, number];
    const local = yield* read(begin, 30);
    if (local?.getUint32(0, true) !== LOCAL) return `has no ${name} where it says`;
    const from = begin + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    const end = from + packed;
    if (end > fileSize) return `ends inside ${name}`;
    spans.push({ begin, end });
    const [method, checksum] = [directory.getUint16(at + 10, true), directory.getUint32(at + 16, true)];
    entries.push({ name, method, start: from, end, size, checksum });
    at = next;
  }
  spans.sort((a, b) => a.begin - b.begin);
  if (spans.some(({ begin }, i) => i > 0 && begin < spans[i - 1]!.end)) return "has files that share bytes";
  return entries;
}

function textOf({ buffer, byteOffset }: DataView, at: number, length: number): string {
  // A copy: a text may not be read from memory that threads share.
  return new TextDecoder().decode(new Uint8Array(buffer, byteOffset + at, length).slice());
}

/** Size, packed size and place of a file, from the directory's line at `at` or from its extra field. */
function wide(view: DataView, at: number, extra: number, extraBytes: number): number[] | undefined {
  const values = [24, 20, 42].map((k) => view.getUint32(at + k, true));
  if (!values.includes(ELSEWHERE)) return values;
  for (let k = extra; k + 4 <= extra + extraBytes; k += 4 + view.getUint16(k + 2, true)) {
    if (view.getUint16(k, true) !== 1) continue;
    let from = k + 4;
    for (const [i, value] of values.entries()) {
      if (value !== ELSEWHERE) continue;
      if (from + 8 > extra + extraBytes) return undefined;
      values[i] = Number(view.getBigUint64(from, true));
      from += 8;
    }
    return values;
  }
  return undefined;
}
