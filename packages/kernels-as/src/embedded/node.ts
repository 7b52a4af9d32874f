import type { Embedded } from "./embedded.js";

/** For who has them on a disk: deflated, which the host undoes in a millisecond; unpacking would take twenty. */
export const embedded: Embedded = {
  async bytes(kind) {
    const { deflatedBase64 } = await (kind === "plain"
      ? import("../generated/deflated/plain.js")
      : import("../generated/deflated/relaxed.js"));
    // Synchronous: Node's DecompressionStream takes a tenth of a second to load.
    const { inflateRawSync } = process.getBuiltinModule("node:zlib");
    return new Uint8Array(inflateRawSync(Buffer.from(deflatedBase64, "base64")));
  },
};
