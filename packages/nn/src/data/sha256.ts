/**
 * SHA-256 in hexadecimal, by the host; by a program where it has none, as in pages that came over plain http. A view of shared memory is copied: the
 * host's own refuses it.
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const own =
    bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : Uint8Array.from(bytes);
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  const digest = subtle
    ? new Uint8Array(await subtle.digest("SHA-256", own))
    : (await import("@noble/hashes/sha2.js")).sha256(own);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
