import own from "./package.json";

/** Another library that can train the same networks, in a worker that is fetched when it is opened. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  open(): Worker;
}

/** What the site can compare Loam with. */
export const peers: readonly Peer[] = [
  {
    name: "TensorFlow.js WASM",
    version: own.dependencies["@tensorflow/tfjs-backend-wasm"],
    licence: "Apache-2.0",
    open: () => new Worker(new URL("./tfjs-worker.ts", import.meta.url), { type: "module", name: "peer" }),
  },
  {
    name: "jax-js",
    version: own.dependencies["@jax-js/jax"],
    licence: "MIT",
    open: () => new Worker(new URL("./jax-worker.ts", import.meta.url), { type: "module", name: "peer" }),
  },
];
