// Models of every layer there is, in networks that are drawn, for the reader of what a file says of its layers.
import * as nn from "@loam/nn";
import { drawNetworks, makeModel } from "../engines/random-networks.mjs";
import { partsOf } from "./data-models.mjs";

/** So many hold all layers. */
const NETWORKS = 24;

/** By name: a drawn network's architecture and tensors as a file holds them, and `use`. */
export async function layerModels() {
  const made = {};
  for (const drawn of drawNetworks(nn, NETWORKS, 9)) {
    const name = `drawn ${drawn.number}`;
    const model = makeModel(nn, drawn, { name, threads: 1 });
    const shape = [1, ...drawn.inputShape];
    const data = new Float32Array(shape.reduce((size, one) => size * one)).fill(1);
    made[name] = { ...(await partsOf(model)), use: (one) => one.predict({ data, shape }) };
  }
  return made;
}
