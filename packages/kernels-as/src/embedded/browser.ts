import type { BinaryName, Embedded } from "./embedded.js";

// Each a file of its own for bundlers, which a page loads only when it needs it.
const files: Record<BinaryName, () => Promise<{ deflatedBase64: string }>> = {
  plain: () => import("../generated/deflated/plain.js"),
  relaxed: () => import("../generated/deflated/relaxed.js"),
  "core-plain": () => import("../generated/deflated/core-plain.js"),
  "core-relaxed": () => import("../generated/deflated/core-relaxed.js"),
};

/** For who has to download them: deflated. The browser inflates them faster than any script would. */
export const embedded: Embedded = {
  cores: true,
  async bytes(name) {
    const { deflatedBase64 } = await files[name]();
    const deflated = Uint8Array.from(atob(deflatedBase64), (character) => character.charCodeAt(0));
    const inflated = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(inflated).arrayBuffer());
  },
};
