// A page as a user writes it, with a bundler: shows the weights' hash of a short training. `__WORKER__` is the address of the kernel worker's
// file, for a bundler that does not find it by itself; else undefined.
import { Dense, Sequential } from "@loam/nn";
import { tableDataset } from "@loam/nn/data/table";
import { train } from "./train.js";

const result = document.querySelector("#result");
try {
  const workerUrl = __WORKER__ && new URL(__WORKER__, import.meta.url);
  const said = await train({ Dense, Sequential, tableDataset }, { workerUrl });
  Object.assign(result.dataset, said);
  result.textContent = said.hash;
} catch (error) {
  result.textContent = `${error.name}: ${error.message}`;
}
