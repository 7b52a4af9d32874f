/** A file of a zip, as it lies there. */
export interface ZipEntry {
  readonly name: string;
  /** 0 for stored, 8 for deflate. */
  readonly method: number;
  readonly data: Uint8Array;
  /** Bytes when unpacked, as the directory claims. */
  readonly size: number;
  /** CRC-32 of them. */
  readonly checksum: number;
}

const END = 0x06_05_4b_50;
const END64 = 0x06_06_4b_50;
const END64_LOCATOR = 0x07_06_4b_50;
const CENTRAL = 0x02_01_4b_50;
const LOCAL = 0x04_03_4b_50;
/** What a field of 32 bits holds when its value stands in the extra field of ZIP64. */
const ELSEWHERE = 0xffff_ffff;

/**
 * The files of a zip (APPNOTE.TXT of PKWARE, with ZIP64, which NumPy writes), read from the directory at its end, or what is wrong with it. No
 * two of them share a byte, so that a small file cannot hold the same stream a thousand times. Nothing is unpacked.
 */
export function readZipEntries(bytes: Uint8Array): ZipEntry[] | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view);
  if (!directory) return "has no directory at its end";
  const spans: { begin: number; end: number }[] = [];
  const entries: ZipEntry[] = [];
  let at = directory.at;
  for (let i = 0; i < directory.count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) return "has a damaged directory";
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((k) => view.getUint16(at + k, true));
    const next = at + 46 + nameBytes! + extraBytes! + commentBytes!;
    if (next > bytes.length) return "ends inside its directory";
    const name = new TextDecoder().decode(bytes.slice(at + 46, at + 46 + nameBytes!));
    const places = wide(view, at, at + 46 + nameBytes!, extraBytes!);
    if (!places) return `has no sizes for ${name}`;
    const [size, packed, begin] = places;
    if (begin + 30 > bytes.length || view.getUint32(begin, true) !== LOCAL)
      return `has no ${name} where it says`;
    const from = begin + 30 + view.getUint16(begin + 26, true) + view.getUint16(begin + 28, true);
    const end = from + packed;
    if (end > bytes.length) return `ends inside ${name}`;
    spans.push({ begin, end });
    entries.push({
      name,
      method: view.getUint16(at + 10, true),
      data: bytes.subarray(from, end),
      size,
      checksum: view.getUint32(at + 16, true),
    });
    at = next;
  }
  spans.sort((a, b) => a.begin - b.begin);
  if (spans.some(({ begin }, i) => i > 0 && begin < spans[i - 1]!.end)) return "has files that share bytes";
  return entries;
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

/** The directory begins there and has so many lines; its own end is looked for from the file's end, behind which a comment may stand. */
function findDirectory(view: DataView): { at: number; count: number } | undefined {
  const { byteLength: length } = view;
  for (let end = length - 22; end >= 0 && end >= length - 22 - 0xffff; end--) {
    if (view.getUint32(end, true) !== END) continue;
    const count = view.getUint16(end + 10, true);
    const at = view.getUint32(end + 16, true);
    if (count !== 0xffff && at !== ELSEWHERE) return { at, count };
    if (end < 20 || view.getUint32(end - 20, true) !== END64_LOCATOR) return { at, count };
    const far = Number(view.getBigUint64(end - 12, true));
    if (far + 56 > length || view.getUint32(far, true) !== END64) return undefined;
    return {
      at: Number(view.getBigUint64(far + 48, true)),
      count: Number(view.getBigUint64(far + 32, true)),
    };
  }
  return undefined;
}
