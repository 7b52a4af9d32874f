import type { Embedded } from "./embedded.js";

/** For who has them on a disk: as they are. To load `node:zlib` and inflate them would take 3 to 4 ms of a start. */
export const embedded: Embedded = {
  async bytes(kind) {
    const { wholeBase64 } = await (kind === "plain"
      ? import("../generated/whole/plain.js")
      : import("../generated/whole/relaxed.js"));
    return new Uint8Array(Buffer.from(wholeBase64, "base64"));
  },
};
