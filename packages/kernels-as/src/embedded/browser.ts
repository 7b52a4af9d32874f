import type { Embedded } from "./embedded.js";

/** For who has to download them: deflated. The browser inflates them faster than any script would. */
export const embedded: Embedded = {
  async bytes(kind) {
    const { deflatedBase64 } = await (kind === "plain"
      ? import("../generated/deflated/plain.js")
      : import("../generated/deflated/relaxed.js"));
    const deflated = Uint8Array.from(atob(deflatedBase64), (character) => character.charCodeAt(0));
    const inflated = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(inflated).arrayBuffer());
  },
};
