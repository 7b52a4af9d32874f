import { platform } from "#platform";
import { PlatformError } from "../../errors.js";

/** A file that may be a picture: where it lies below its folder, with "/" between the parts, and how to read it. */
export interface PictureFile {
  readonly path: string;
  /** The file's bytes. */
  read(): Promise<Uint8Array>;
}

/** A page's `File`, as an `<input type="file" webkitdirectory>` gives it. */
export interface PageFile {
  readonly name: string;
  /** The path, beginning with the name of the folder that was chosen. */
  readonly webkitRelativePath?: string;
  /** The file's bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What systems put beside people's files. */
const LITTER: ReadonlySet<string> = new Set(["thumbs.db", "desktop.ini", "__macosx"]);

/** Whether a path is one that its owner does not see: a part that begins with a dot, or that a system made. */
export function isHidden(path: string): boolean {
  return path.split("/").some((part) => part.startsWith(".") || LITTER.has(part.toLowerCase()));
}

/** The files of a folder, or those that a page was given, sorted by their paths, without hidden ones. @throws {PlatformError} `folder-missing` */
export async function pictureFiles(
  source: string | Iterable<PictureFile | PageFile>,
): Promise<readonly PictureFile[]> {
  const files = typeof source === "string" ? await filesBelow(source) : Array.from(source, asPictureFile);
  return files
    .filter(({ path }) => !isHidden(path))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function asPictureFile(file: PictureFile | PageFile): PictureFile {
  if ("read" in file) return file;
  const { name, webkitRelativePath = "" } = file;
  const path =
    webkitRelativePath === "" ? name : webkitRelativePath.slice(webkitRelativePath.indexOf("/") + 1);
  return { path, read: async () => new Uint8Array(await file.arrayBuffer()) };
}

async function filesBelow(root: string): Promise<PictureFile[]> {
  const names = await platform.listFolder(root);
  if (!names) throw new PlatformError("folder-missing", `${root}: there is no such folder.`, { file: root });
  const files: PictureFile[] = [];
  const walk = async (folder: string, below: string, entries: readonly string[]): Promise<void> => {
    for (const name of entries) {
      const path = `${below}${name}`;
      if (isHidden(path)) continue;
      const full = platform.join(folder, name);
      const inside = await platform.listFolder(full);
      if (inside) await walk(full, `${path}/`, inside);
      else files.push({ path, read: () => platform.readFile(full) });
    }
  };
  await walk(root, "", names);
  return files;
}
