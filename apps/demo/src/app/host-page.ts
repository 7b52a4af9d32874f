import type { Address } from "./address.js";
import { openNetwork } from "./open-network.js";
import type { Readers } from "./readers.js";

/** What was read of a drawing. */
export interface Reading {
  readonly digit: number;
  readonly probabilities: readonly number[];
}

/** Speaks with the page that the pad is embedded in, by `public/loam-digit.js`: takes its network, and tells what is read. */
export function serveHost(readers: Readers, address: Address): void {
  const tell = (message: object) => parent.postMessage(message, "*");
  addEventListener(
    "message",
    async ({ source, data }: MessageEvent<{ loam?: string; file?: ArrayBuffer }>) => {
      if (source !== parent || data?.loam !== "network") return;
      try {
        readers.setOwn(await openNetwork(new Uint8Array(data.file!)));
        if (!readers.ownReads) throw new Error("This network does not read pictures of 28x28 as ten digits.");
        address.set({ reader: "own" });
        readers.tell();
      } catch (error) {
        tell({ loam: "failed", message: (error as Error).message });
      }
    },
  );
  document.addEventListener("digit-read", ({ detail }: CustomEventInit<Reading>) =>
    tell({ loam: "read", reading: detail }),
  );
  tell({ loam: "ready" });
}
