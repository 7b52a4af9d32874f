import { PlatformError } from "../errors.js";

/** How long a mirror may stay silent, in ms. */
const PATIENCE = 30_000;

/**
 * Fetches an address; gives up when nothing arrives for half a minute, or when more than `limit` bytes do.
 * @throws {PlatformError} `fetch-failed`
 */
export async function fetchBytes(url: string, limit: number): Promise<Uint8Array> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), PATIENCE);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) throw failure(url, `the server answered ${response.status}`);
    if (!response.body) throw failure(url, "the answer is empty");
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), PATIENCE);
      length += value.length;
      if (length > limit) throw failure(url, `the answer is longer than ${limit} bytes`);
      chunks.push(value);
    }
    const out = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause;
    const why = abort.signal.aborted ? `nothing arrived for ${PATIENCE / 1000} s` : "it cannot be reached";
    throw failure(url, why, cause);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function failure(url: string, why: string, cause?: unknown): PlatformError {
  return new PlatformError("fetch-failed", `${url}: ${why}.`, cause === undefined ? {} : { cause });
}
