/** SHA-256 in hexadecimal. A view of shared memory is copied: the host's own refuses it. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const own =
    bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : Uint8Array.from(bytes);
  const digest = await crypto.subtle.digest("SHA-256", own);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
