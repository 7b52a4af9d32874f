import { FormatError } from "../../errors.js";
import { mostUnpacked, type Unpacking, unpack } from "../../io/unpack.js";

/** No data set that fits in memory unpacks to more. */
const LIMIT = 0x8000_0000;

/** How many bytes may come out: known beforehand, or told from the first of them; undefined where those do not say. */
export type Claim = number | ((head: Uint8Array) => number | undefined);

/** True when the bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What is wrong with a packed file of so many bytes. */
export function gzipFaults(name: string, size: number): Pick<Unpacking, "damaged" | "tooLarge"> {
  return {
    damaged: (cause) =>
      new FormatError(
        "gzip-damaged",
        `${name}: the gzip stream ends too early or is damaged; fetch the file again.`,
        { file: name, byte: size, cause },
      ),
    tooLarge: (most) =>
      new FormatError(
        "gzip-too-large",
        `${name}: unpacks to more than the ${most} bytes that are to be expected; if it is sound, unpack it first (gunzip).`,
        { file: name },
      ),
  };
}

/**
 * Unpacks gzip; other bytes are returned as they are. It stops as soon as more comes out than was claimed, than 256 times the file (64 MiB are
 * always allowed), or than 2 GiB.
 * @throws {FormatError} `gzip-damaged` when the stream is cut short or its checksum fails, `gzip-too-large` beyond those limits.
 */
export async function gunzip(bytes: Uint8Array, name = "gzip", claim?: Claim): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  const most = (head: Uint8Array) => {
    const claimed = typeof claim === "function" ? claim(head) : claim;
    return Math.min(LIMIT, mostUnpacked(bytes.length), claimed ?? LIMIT);
  };
  const faults = gzipFaults(name, bytes.length);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of unpack([bytes], { format: "gzip", most, ...faults })) {
    chunks.push(chunk);
    length += chunk.length;
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
