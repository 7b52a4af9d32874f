import type { FileOfFolder } from "./file-facts.js";

/** Files that were chosen, with their places where a folder was. */
export function chosenFiles(files: Iterable<File>): FileOfFolder[] {
  return Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** What was dropped: files, and all files of the folders. */
export async function droppedFiles(transfer: DataTransfer): Promise<FileOfFolder[]> {
  // The list is empty as soon as the event is over.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = chosenFiles(transfer.files);
  const folders = entries.filter((entry) => entry?.isDirectory);
  if (folders.length === 0) return files;
  const found: FileOfFolder[] = [];
  for (const entry of entries) if (entry) await walk(entry, found);
  // Several folders are the classes of one that has no name.
  return entries.length === 1 ? found : found.map(({ file, path }) => ({ file, path: `pictures/${path}` }));
}

async function walk(entry: FileSystemEntry, found: FileOfFolder[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ file, path: entry.fullPath.replace(/^\//, "") });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A hundred at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const inner of some) await walk(inner, found);
  }
}
