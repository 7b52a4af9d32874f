import { loadModel, type Sequential } from "@loam/nn";

/** Makes a network of a file, in a worker to itself, so that it reads while another one trains. @throws {FormatError} of the library. */
export async function openNetwork(file: Uint8Array): Promise<Sequential> {
  const model = await loadModel(file, { threads: 1 });
  await model.ready();
  return model;
}
