import { PlatformError } from "../../errors.js";
import type * as node from "./node-files.js";
import { seekableBlob } from "./seekable.js";

/** What stands for node-files.ts in a browser, which has no paths. */
export const openPath: typeof node.openPath = async (path) => {
  throw new PlatformError("no-files", `${path}: a browser has no paths; give the File that was chosen.`, {
    file: path,
  });
};

/** Blobs of blobs: a browser puts them on the disk when they are many. */
export const spool: typeof node.spool = async (name) => {
  const parts: Blob[] = [];
  return {
    async write(bytes) {
      parts.push(new Blob([bytes.slice()]));
    },
    finish: async () => seekableBlob(new Blob(parts), name),
    async discard() {
      parts.length = 0;
    },
  };
};
