// The drawn networks in a page, which posts what it found, or what failed: so no browser needs a driver.
import * as nn from "@loam/nn";
import { checkpoints } from "@loam/nn/checkpoint";
import { trainNetworks } from "../train-networks.mjs";

let found;
try {
  found = await trainNetworks({ nn, checkpoints }, {});
} catch (error) {
  found = { failed: `${error.name}: ${error.message}` };
}
await fetch("result", { method: "POST", body: JSON.stringify(found) });
