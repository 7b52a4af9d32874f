import { FormatError } from "../../errors.js";
import type { Seekable } from "./seekable.js";

/** A file in a zip. */
export interface ZipEntry {
  readonly name: string;
  /** Where its bytes begin, and how many there are, packed or not. */
  readonly start: number;
  readonly size: number;
  readonly packed: boolean;
}

/** The directory's end is at most a comment of 65,535 bytes before the file's. */
const END_WITHIN = 22 + 0xffff;
const UNKNOWN = 0xffffffff;

/**
 * The files of a zip by its directory, also of one beyond 4 GB (APPNOTE.TXT, sections 4.3 and 4.5.3).
 * @throws {FormatError} `npz-damaged`
 */
export async function zipEntries(file: Seekable): Promise<ZipEntry[]> {
  const damaged = () =>
    new FormatError("npz-damaged", `${file.name}: is not a whole .npz (zip) file.`, { file: file.name });
  const view = async (start: number, size: number) => {
    if (!(start >= 0 && size >= 0 && start + size <= file.size)) throw damaged();
    const bytes = new Uint8Array(size);
    await file.readInto(bytes, start);
    return new DataView(bytes.buffer);
  };
  const wide = (of: DataView, at: number) => Number(of.getBigUint64(at, true));
  const tail = Math.min(file.size, END_WITHIN);
  const last = await view(file.size - tail, tail);
  let end = tail - 22;
  while (end >= 0 && last.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw damaged();
  let count = last.getUint16(end + 10, true);
  let size = last.getUint32(end + 12, true);
  let start = last.getUint32(end + 16, true);
  if (end >= 20 && last.getUint32(end - 20, true) === 0x07064b50) {
    const wideEnd = await view(wide(last, end - 20 + 8), 56);
    if (wideEnd.getUint32(0, true) !== 0x06064b50) throw damaged();
    [count, size, start] = [wide(wideEnd, 32), wide(wideEnd, 40), wide(wideEnd, 48)];
  }
  const directory = await view(start, size);
  const entries: ZipEntry[] = [];
  try {
    for (let i = 0, at = 0; i < count; i++) {
      if (directory.getUint32(at, true) !== 0x02014b50) throw damaged();
      const method = directory.getUint16(at + 10, true);
      const [nameSize, extraSize, noteSize] = [28, 30, 32].map((place) =>
        directory.getUint16(at + place, true),
      ) as [number, number, number];
      const name = new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, nameSize));
      const sizes = wideSizes(directory, at, at + 46 + nameSize, extraSize);
      const local = await view(sizes.start, 30);
      if (local.getUint32(0, true) !== 0x04034b50 || (method !== 0 && method !== 8)) throw damaged();
      const from = sizes.start + 30 + local.getUint16(26, true) + local.getUint16(28, true);
      if (from + sizes.size > file.size) throw damaged();
      entries.push({ name, start: from, size: sizes.size, packed: method === 8 });
      at += 46 + nameSize + extraSize + noteSize;
    }
  } catch (error) {
    if (error instanceof RangeError) throw damaged();
    throw error;
  }
  return entries;
}

/** What an entry takes packed and where its header is: in 32 bits, or in the field for what does not fit there. */
function wideSizes(view: DataView, at: number, extra: number, extraSize: number) {
  const plain = [24, 20, 42].map((place) => view.getUint32(at + place, true));
  let place = extra;
  const end = extra + extraSize;
  while (place + 4 <= end && view.getUint16(place, true) !== 1) place += 4 + view.getUint16(place + 2, true);
  place += 4;
  const [, size, start] = plain.map((value) => {
    if (value !== UNKNOWN || place + 8 > end) return value;
    const whole = Number(view.getBigUint64(place, true));
    place += 8;
    return whole;
  }) as [number, number, number];
  return { size, start };
}
