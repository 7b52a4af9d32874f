import type { Embedded } from "./embedded.js";
import { unpack } from "./unpack.js";

/** For who has to download them: packed. */
export const embedded: Embedded = {
  async bytes(kind) {
    const { packedBase64, size } = await (kind === "plain"
      ? import("../generated/packed/plain.js")
      : import("../generated/packed/relaxed.js"));
    return unpack(
      Uint8Array.from(atob(packedBase64), (character) => character.charCodeAt(0)),
      size,
    );
  },
};
