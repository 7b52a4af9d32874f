// Models of every layer there is, in networks that are drawn, for the reader of what a file says of its layers.
import * as nn from "@loam/nn";
import { drawNetworks, makeModel } from "../engines/random-networks.mjs";

/** So many hold all layers. */
const NETWORKS = 24;

let models;
/** By name: a drawn network's architecture as a file holds it, its tensors, and `use`. */
export function layerModels() {
  models ??= make();
  return models;
}

async function make() {
  const made = {};
  for (const drawn of drawNetworks(nn, NETWORKS, 9)) {
    const name = `drawn ${drawn.number}`;
    const model = makeModel(nn, drawn, { name, threads: 1 });
    const { tensors, metadata } = nn.decodeSafetensors(await nn.saveModel(model));
    await model.close();
    const shape = [1, ...drawn.inputShape];
    const data = new Float32Array(shape.reduce((size, one) => size * one)).fill(1);
    made[name] = { architecture: metadata.loam, tensors, use: (one) => one.predict({ data, shape }) };
  }
  return made;
}
