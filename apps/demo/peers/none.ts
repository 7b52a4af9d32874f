import type { Peer } from "./index.js";

/** In place of ./index.js where the other libraries are not installed. */
export const peers: readonly Peer[] = [];
