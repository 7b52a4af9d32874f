import type { BinaryName, Embedded } from "./embedded.js";

const files: Record<BinaryName, () => Promise<{ wholeBase64: string }>> = {
  plain: () => import("../generated/whole/plain.js"),
  relaxed: () => import("../generated/whole/relaxed.js"),
  "core-plain": () => import("../generated/whole/core-plain.js"),
  "core-relaxed": () => import("../generated/whole/core-relaxed.js"),
};

/** For who has them on a disk: as they are. To load `node:zlib` and inflate them would take 3 to 4 ms of a start. */
export const embedded: Embedded = {
  cores: true,
  async bytes(name) {
    const { wholeBase64 } = await files[name]();
    return new Uint8Array(Buffer.from(wholeBase64, "base64"));
  },
};
