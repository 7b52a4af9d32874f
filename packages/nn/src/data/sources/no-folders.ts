import { PlatformError } from "../../errors.js";
import type * as folders from "./folders.js";

/** What stands for folders.ts in a browser, which has none. */
export const loadIdxFolder: typeof folders.loadIdxFolder = async (directory) => {
  throw noFolders(directory);
};

export const loadMnist: typeof folders.loadMnist = async ({ directory }) => {
  throw noFolders(directory);
};

function noFolders(directory: string): PlatformError {
  return new PlatformError(
    "no-files",
    `${directory}: a browser has no folders; fetch the files and read them with readIdxImages and readIdxLabels.`,
    { file: directory },
  );
}
