import { FormatError } from "../../errors.js";

/** No data set that fits in memory unpacks to more. */
const LIMIT = 0x8000_0000;

/** What data comes to unpacked: at most this, or so many times its size. A stretch of zeros alone shrinks a thousandfold. */
const SMALL = 64 * 0x10_0000;
const RATIO = 256;

/** How many bytes may come out: known beforehand, or told from the first of them; undefined where those do not say. */
export type Claim = number | ((head: Uint8Array) => number | undefined);

/** True when the bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip with the platform's own DecompressionStream; other bytes are returned as they are. It stops as soon as more comes out than was
 * claimed, than 256 times the file (64 MiB are always allowed), or than 2 GiB.
 * @throws {FormatError} `gzip-damaged` when the stream is cut short or its checksum fails, `gzip-too-large` beyond those limits.
 */
export async function gunzip(bytes: Uint8Array, name = "gzip", claim?: Claim): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  let most = Math.min(LIMIT, Math.max(SMALL, RATIO * bytes.length));
  if (typeof claim === "number") most = Math.min(most, claim);
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  // A failure shows itself on the reading side; here it must only not go unhandled.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => {});
  writer.close().catch(() => {});
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (const reader = stream.readable.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      if (length === 0 && typeof claim === "function") most = Math.min(most, claim(value) ?? most);
      chunks.push(value);
      length += value.length;
      if (length > most) {
        await reader.cancel();
        throw new FormatError(
          "gzip-too-large",
          `${name}: unpacks to more than the ${most} bytes that are to be expected; if it is sound, unpack it first (gunzip).`,
          { file: name },
        );
      }
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(
      "gzip-damaged",
      `${name}: the gzip stream ends too early or is damaged; fetch the file again.`,
      { file: name, byte: bytes.length, cause },
    );
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
