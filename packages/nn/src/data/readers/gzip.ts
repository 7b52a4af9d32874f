import { FormatError } from "../../errors.js";

/** No data set that fits in memory unpacks to more. */
const LIMIT = 0x8000_0000;

/** True when the bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip with the platform's own DecompressionStream; other bytes are returned as they are.
 * @throws {FormatError} `gzip-damaged` when the stream is cut short or its checksum fails, `gzip-too-large` beyond 2 GiB.
 */
export async function gunzip(bytes: Uint8Array, name = "gzip"): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
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
      chunks.push(value);
      length += value.length;
      if (length > LIMIT) {
        await reader.cancel();
        throw new FormatError("gzip-too-large", `${name}: unpacks to more than 2 GiB.`, { file: name });
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
