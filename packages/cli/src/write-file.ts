import { writeWholeFile } from "@loam/nn/platform/internal";
import { naming } from "./naming.js";

/** Writes a whole file or none of it, as the library does; an error of the host gets the file's path. */
export function writeFileWhole(path: string, content: string | Uint8Array): Promise<void> {
  return naming(path, writeWholeFile(path, content));
}
