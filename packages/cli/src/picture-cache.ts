import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, realpath, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Picture, PictureCache } from "@loam/nn/data/images";
import { sentenceOf } from "./exit.js";
import { writeFileWhole } from "./write-file.js";

/** All cached pictures together take no more than this; those of the folders used least recently go first. */
const MOST_BYTES = 2 ** 30;

/** "LOAM", a version, and the length of the index that follows. */
const MAGIC = 0x4d_41_4f_4c;
const VERSION = 1;
const HEAD = 12;

/** One picture of the file: which file it was made of, and where its pixels lie. */
interface Entry {
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
  readonly width: number;
  readonly height: number;
  readonly at: number;
}

/** Where caches lie: `$XDG_CACHE_HOME/loam/pictures`, else `~/.cache/loam/pictures`. */
export function pictureCacheFolder(): string {
  const { XDG_CACHE_HOME: own } = process.env;
  // The standard has relative paths ignored.
  const root = own?.startsWith("/") ? own : join(homedir(), ".cache");
  return join(root, "loam", "pictures");
}

/**
 * Decoded pictures of one folder for one size, in a file of the user's cache: a picture is known by its path, its size in bytes and the
 * time of its last change. A cache that cannot be read is as good as none.
 */
export class FolderCache implements PictureCache {
  readonly #file: string;
  readonly #folder: string;
  readonly #most: number;
  #known = new Map<string, { readonly entry: Entry; readonly rgb: Uint8Array }>();
  /** Those of this session, with the stamps of their files. */
  readonly #used = new Map<string, { readonly picture: Picture; readonly stamp: Stamp }>();
  readonly #stamps = new Map<string, Stamp>();
  #added = 0;

  private constructor(folder: string, file: string, most: number) {
    this.#folder = folder;
    this.#file = file;
    this.#most = most;
  }

  /** `size` is what the pictures are made for: `64x48`, or `auto`. */
  static async open(folder: string, size: string, most = MOST_BYTES): Promise<FolderCache> {
    const whole = await realpath(folder);
    const name = createHash("sha256")
      .update(JSON.stringify([whole, size]))
      .digest("hex")
      .slice(0, 32);
    const cache = new FolderCache(folder, join(pictureCacheFolder(), `${name}.bin`), most);
    await cache.#read();
    return cache;
  }

  async get(path: string): Promise<Picture | undefined> {
    const { size, mtimeMs } = await stat(join(this.#folder, path));
    const stamp = { bytes: size, modified: mtimeMs };
    this.#stamps.set(path, stamp);
    const known = this.#known.get(path);
    if (!known || known.entry.bytes !== stamp.bytes || known.entry.modified !== stamp.modified)
      return undefined;
    const { width, height } = known.entry;
    return { width, height, rgb: known.rgb };
  }

  async put(path: string, picture: Picture): Promise<void> {
    const stamp = this.#stamps.get(path);
    if (!stamp) return;
    if (this.#known.get(path)?.rgb !== picture.rgb) this.#added++;
    this.#used.set(path, { picture, stamp });
  }

  /**
   * Writes what is new, and makes room for it. Returns a sentence when it could not be written: training goes on without.
   */
  async close(): Promise<string | undefined> {
    try {
      if (this.#added === 0) {
        // The time of its last use decides what goes first.
        if (this.#used.size > 0) await utimes(this.#file, new Date(), new Date());
        return undefined;
      }
      const content = this.#encode();
      if (content.length > this.#most) return undefined;
      await mkdir(pictureCacheFolder(), { recursive: true });
      await this.#makeRoom(content.length);
      await writeFileWhole(this.#file, content);
      return undefined;
    } catch (error) {
      return `the decoded pictures are not kept for the next time: ${sentenceOf(error)}`;
    }
  }

  async #read(): Promise<void> {
    let bytes: Buffer;
    try {
      bytes = await readFile(this.#file);
    } catch {
      return; // not there yet, or not to be read: pictures are decoded
    }
    for (const entry of entriesOf(bytes)) {
      const end = entry.at + 3 * entry.width * entry.height;
      if (end <= bytes.length) this.#known.set(entry.path, { entry, rgb: bytes.subarray(entry.at, end) });
    }
  }

  #encode(): Buffer {
    const used = [...this.#used];
    const entries: Omit<Entry, "at">[] = used.map(([path, { picture, stamp }]) => ({
      path,
      ...stamp,
      width: picture.width,
      height: picture.height,
    }));
    const index = Buffer.from(JSON.stringify(entries));
    const head = Buffer.alloc(HEAD);
    head.writeUInt32LE(MAGIC);
    head.writeUInt32LE(VERSION, 4);
    head.writeUInt32LE(index.length, 8);
    return Buffer.concat([head, index, ...used.map(([, { picture }]) => picture.rgb)]);
  }

  async #makeRoom(bytes: number): Promise<void> {
    const folder = pictureCacheFolder();
    const files = [];
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (path === this.#file || !name.endsWith(".bin")) continue;
      const { size, mtimeMs } = await stat(path);
      files.push({ path, size, mtimeMs });
    }
    files.sort((a, b) => b.mtimeMs - a.mtimeMs);
    let total = bytes;
    for (const { path, size } of files) {
      total += size;
      if (total > this.#most) await rm(path, { force: true });
    }
  }
}

interface Stamp {
  readonly bytes: number;
  readonly modified: number;
}

/** The entries of a file's index with their places; none of a file that is not one of these, or damaged. */
function entriesOf(bytes: Buffer): Entry[] {
  if (bytes.length < HEAD || bytes.readUInt32LE() !== MAGIC || bytes.readUInt32LE(4) !== VERSION) return [];
  const length = bytes.readUInt32LE(8);
  let index: unknown;
  try {
    index = JSON.parse(bytes.toString("utf8", HEAD, HEAD + length));
  } catch {
    return [];
  }
  let at = HEAD + length;
  const entries: Entry[] = [];
  for (const one of Array.isArray(index) ? index : []) {
    const { path, bytes: size, modified, width, height } = (one ?? {}) as Record<string, unknown>;
    const isWhole =
      typeof path === "string" &&
      typeof size === "number" &&
      typeof modified === "number" &&
      Number.isSafeInteger(width) &&
      Number.isSafeInteger(height);
    if (!isWhole) return [];
    entries.push({ path, bytes: size, modified, width: width as number, height: height as number, at });
    at += 3 * (width as number) * (height as number);
  }
  return entries;
}
