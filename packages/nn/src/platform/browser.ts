import { PlatformError } from "../errors.js";
import { fetchBytes } from "./fetch-bytes.js";
import type { Platform } from "./platform.js";

/** Larger answers do not fit in a page's memory beside a model. */
const LIMIT = 0x8000_0000;

/** A page has no files: reading is fetching, and what is to be kept goes out as bytes that the page offers for download. */
export const platform: Platform = {
  clock: () => Date.now() / 1000,

  readFile: (path) => fetchBytes(new URL(path, globalThis.location?.href).href, LIMIT),

  async writeFile(path) {
    throw noFiles(path);
  },

  async appendFile(path) {
    throw noFiles(path);
  },

  async listFolder() {
    return undefined;
  },

  async makeFolder(path) {
    throw noFiles(path);
  },

  join: (...parts) => parts.join("/"),
  fetchBytes,
};

function noFiles(path: string): PlatformError {
  return new PlatformError(
    "no-files",
    `${path}: a browser cannot write files; take the bytes and offer them for download.`,
    { file: path },
  );
}
