import type { Sequential } from "@loam/nn";

/** Fetches a network of the site, and the library with it: the page is there before either. */
export async function fetchNetwork(path: string): Promise<Sequential> {
  const [file, { openNetwork }] = await Promise.all([fetchBytes(path), import("./open-network.js")]);
  return openNetwork(file);
}

async function fetchBytes(path: string): Promise<Uint8Array> {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
