import type { FormatError } from "../errors.js";

/** What data comes to unpacked: at most this, or so many times its size. A stretch of zeros alone shrinks a thousandfold. */
const SMALL = 64 * 0x10_0000;
const RATIO = 256;

/** How many bytes so many packed ones may come to: 256 times as many, and 64 MiB in any case. */
export const mostUnpacked = (packed: number): number => Math.max(SMALL, RATIO * packed);

export interface Unpacking {
  readonly format: "gzip" | "deflate-raw";
  /** How many bytes may come out; asked when the first of them are there. */
  readonly most: (head: Uint8Array) => number;
  /** What is thrown for a stream that is damaged or cut short, and for one that holds more. */
  readonly damaged: (cause: unknown) => FormatError;
  readonly tooLarge: (most: number) => FormatError;
}

/**
 * Unpacks a stream with the platform's own DecompressionStream, some at a time, and stops as soon as more comes out than may.
 * @throws `damaged`, `tooLarge`; what the pieces throw is thrown as it is.
 */
export async function* unpack(
  packed: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { format, most, damaged, tooLarge }: Unpacking,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = (async function* () {
    yield* packed;
  })();
  let fault: { readonly error: unknown } | undefined;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        // What the disk or the file had to say is no damage of the packing.
        fault = { error };
        controller.error(error);
      }
    },
  });
  const reader = source.pipeThrough(new DecompressionStream(format)).getReader();
  try {
    let limit: number | undefined;
    for (let length = 0; ; ) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw fault ? fault.error : damaged(cause);
      });
      if (done) return;
      limit ??= most(value);
      length += value.length;
      if (length > limit) throw tooLarge(limit);
      yield value;
    }
  } finally {
    // Nobody wants the rest. The stream is left where it waits for a reader and not cancelled: Node's would hand over one more piece, find itself closed, and end the process.
    reader.releaseLock();
    await pieces.return();
  }
}
