import type * as Files from "node:fs/promises";

/** Node's functions of files, of which `calls` hears what is brought to the disk, a folder by its path, and what is renamed to where. */
export function watchedFiles(fs: typeof Files, calls: string[]) {
  const rename: typeof fs.rename = async (from, to) => {
    calls.push(`rename ${to}`);
    await fs.rename(from, to);
  };
  const open = async (path: string, flags?: string) => {
    const file = await fs.open(path, flags);
    const sync = file.sync.bind(file);
    file.sync = async () => {
      calls.push(`sync ${flags === "r" ? path : "what is written"}`);
      await sync();
    };
    return file;
  };
  return { ...fs, rename, open };
}
