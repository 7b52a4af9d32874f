import { createHash } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  read as readWithCallback,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { mkdir, readdir, realpath, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Picture, PictureCache } from "@loam/nn/data/images";
import { partOf } from "@loam/nn/platform/internal";
import { sentenceOf } from "./exit.js";

/** All cached pictures together take no more than this; those of the folders used least recently go first. */
const MOST_BYTES = 2 ** 32;

/** A file is "LOAM" and a version, the pictures' pixels, an index in JSON, and its length. */
const MAGIC = 0x4d_41_4f_4c;
const VERSION = 2;
const HEAD = 8;
const TAIL = 4;

/** New pictures are collected up to so many bytes before they are written. */
const COLLECTED = 2 ** 20;
/** What a process that was killed left behind goes after a day. */
const DAY = 24 * 60 * 60 * 1000;

const readFrom = promisify(readWithCallback);

/** A file is closed when nothing reads it any more. */
const unused = new FinalizationRegistry<number>((file) => closeSync(file));
/** Files that are being written. */
const unfinished = new Set<string>();
process.on("exit", () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

/** What a file was when its picture was decoded. */
interface Stamp {
  readonly bytes: number;
  readonly modified: number;
}

/** One picture as the index has it: which file it was made of, and its sides. */
interface Entry extends Stamp {
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

/** Where a picture's pixels lie. */
interface Place {
  readonly entry: Entry;
  readonly file: OpenFile;
  readonly at: number;
}

/** An open file, which can be read whatever becomes of its name. */
class OpenFile {
  readonly #number: number;

  constructor(number: number) {
    this.#number = number;
    unused.register(this, number);
  }

  /** So many bytes; fewer where the file ends. */
  async read(at: number, bytes: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(bytes);
    for (let done = 0; done < bytes; ) {
      const { bytesRead } = await readFrom(this.#number, buffer, done, bytes - done, at + done);
      if (bytesRead === 0) return buffer.subarray(0, done);
      done += bytesRead;
    }
    return buffer;
  }

  write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#number, bytes, done, bytes.length - done, at + done);
  }

  sync(): void {
    fsyncSync(this.#number);
  }
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
 * time of its last change. They are written as they come and read as they are asked for, also after `keep`; of more than have room, the first are
 * kept. A cache that cannot be read is as good as none.
 */
export class FolderCache implements PictureCache {
  readonly #path: string;
  readonly #folder: string;
  readonly #most: number;
  /** Those of an earlier session. */
  #known = new Map<string, Place>();
  /** Those of this session, which were found as they are. */
  readonly #used = new Map<string, Place>();
  readonly #stamps = new Map<string, Stamp>();
  #writer: Writer | undefined;
  /** Bytes of those of this session, and of their index. */
  #bytes = HEAD + TAIL;
  #failure: string | undefined;

  private constructor(folder: string, path: string, most: number) {
    this.#folder = folder;
    this.#path = path;
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
    cache.#known = await placesIn(cache.#path);
    return cache;
  }

  async get(path: string): Promise<Picture | undefined> {
    const used = this.#used.get(path);
    if (used) return this.#read(used);
    const { size, mtimeMs } = await stat(join(this.#folder, path));
    const stamp = { bytes: size, modified: mtimeMs };
    this.#stamps.set(path, stamp);
    const known = this.#known.get(path);
    if (!known || known.entry.bytes !== stamp.bytes || known.entry.modified !== stamp.modified)
      return undefined;
    const picture = await this.#read(known);
    if (picture) this.#use(path, known);
    return picture;
  }

  async put(path: string, { width, height, rgb }: Picture): Promise<void> {
    const stamp = this.#stamps.get(path);
    if (this.#used.has(path) || !stamp || this.#failure !== undefined) return;
    const entry = { path, ...stamp, width, height };
    if (this.#bytes + rgb.length + indexed(entry) > this.#most) return;
    try {
      if (!this.#writer) {
        await mkdir(pictureCacheFolder(), { recursive: true });
        this.#writer = new Writer(this.#path);
      }
      this.#use(path, { entry, ...this.#writer.put(rgb) });
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Makes what is new last, and makes room for it. Returns a sentence when it could not be written: training goes on without. What was put can be
   * had as before.
   */
  async keep(): Promise<string | undefined> {
    const writer = this.#writer;
    try {
      if (writer && this.#failure === undefined) {
        for (const [path, place] of this.#used) {
          if (place.file === writer.file) continue;
          const picture = await this.#read(place);
          if (picture) this.#used.set(path, { entry: place.entry, ...writer.put(picture.rgb) });
          else this.#used.delete(path);
        }
        const places = [...this.#used.values()].sort((a, b) => a.at - b.at);
        await this.#makeRoom(this.#bytes);
        writer.finish(places.map(({ entry }) => entry));
      } else if (this.#used.size > 0) await utimes(this.#path, new Date(), new Date()); // what goes first, the time of its last use decides
    } catch (error) {
      this.#fail(error);
    }
    return this.#failure && `the decoded pictures are not kept for the next time: ${this.#failure}`;
  }

  #use(path: string, place: Place): void {
    this.#used.set(path, place);
    this.#bytes += sizeOf(place.entry) + indexed(place.entry);
  }

  /** What is in the file that could not be written to its end can be read from it all the same. */
  #fail(error: unknown): void {
    this.#failure = sentenceOf(error);
    this.#writer?.abandon();
  }

  async #read({ entry, file, at }: Place): Promise<Picture | undefined> {
    const { width, height } = entry;
    const own = this.#writer?.file === file ? this.#writer : undefined;
    const rgb =
      own?.collected(at, sizeOf(entry)) ?? (await file.read(at, sizeOf(entry)).catch(() => undefined));
    return rgb?.length === sizeOf(entry) ? { width, height, rgb } : undefined;
  }

  async #makeRoom(bytes: number): Promise<void> {
    const folder = pictureCacheFolder();
    const files = [];
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (path === this.#path || unfinished.has(path)) continue;
      const found = await stat(path).catch(() => undefined);
      if (!found) continue;
      const { size, mtimeMs } = found;
      if (name.endsWith(".bin")) files.push({ path, size, mtimeMs });
      else if (name.endsWith(".part") && mtimeMs < Date.now() - DAY) await rm(path, { force: true });
    }
    files.sort((a, b) => b.mtimeMs - a.mtimeMs);
    let total = bytes;
    for (const { path, size } of files) {
      total += size;
      if (total > this.#most) await rm(path, { force: true });
    }
  }
}

/** Writes a cache's file beside it, pictures as they come and the index at the end, and then puts it in its place. */
class Writer {
  readonly file: OpenFile;
  readonly #path: string;
  readonly #beside: string;
  #collected: Uint8Array[] = [];
  /** Where what is collected begins, and where it ends. */
  #from = HEAD;
  #size = HEAD;

  constructor(path: string) {
    this.#path = path;
    this.#beside = partOf(path);
    unfinished.add(this.#beside);
    this.file = new OpenFile(openSync(this.#beside, "wx+"));
    const head = Buffer.alloc(HEAD);
    head.writeUInt32LE(MAGIC);
    head.writeUInt32LE(VERSION, 4);
    this.file.write(head, 0);
  }

  put(rgb: Uint8Array): Pick<Place, "file" | "at"> {
    const at = this.#size;
    this.#collected.push(rgb);
    this.#size += rgb.length;
    if (this.#size - this.#from >= COLLECTED) this.#write();
    return { file: this.file, at };
  }

  /** What is not written yet. */
  collected(at: number, bytes: number): Uint8Array | undefined {
    if (at < this.#from) return undefined;
    let from = this.#from;
    for (const rgb of this.#collected) {
      if (from === at && rgb.length === bytes) return rgb;
      from += rgb.length;
    }
    return undefined;
  }

  #write(): void {
    this.file.write(Buffer.concat(this.#collected), this.#from);
    this.#collected = [];
    this.#from = this.#size;
  }

  finish(entries: readonly Entry[]): void {
    this.#write();
    const index = Buffer.from(JSON.stringify(entries));
    const tail = Buffer.alloc(TAIL);
    tail.writeUInt32LE(index.length);
    this.file.write(Buffer.concat([index, tail]), this.#size);
    this.file.sync();
    renameSync(this.#beside, this.#path);
    unfinished.delete(this.#beside);
  }

  /** The open file stays as it is; its name goes. */
  abandon(): void {
    rmSync(this.#beside, { force: true });
    unfinished.delete(this.#beside);
  }
}

function sizeOf({ width, height }: Entry): number {
  return 3 * width * height;
}

/** What an entry takes in the index. */
function indexed(entry: Entry): number {
  return Buffer.byteLength(JSON.stringify(entry)) + 1;
}

/** The pictures of a file with their places; none of a file that is not there, not one of these, or damaged. */
async function placesIn(path: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  try {
    const { size } = await stat(path);
    const file = new OpenFile(openSync(path, "r"));
    const head = Buffer.from(await file.read(0, HEAD));
    if (head.readUInt32LE() !== MAGIC || head.readUInt32LE(4) !== VERSION) return places;
    const length = Buffer.from(await file.read(size - TAIL, TAIL)).readUInt32LE();
    const begin = size - TAIL - length;
    const entries = entriesOf(Buffer.from(await file.read(begin, length)).toString("utf8"));
    let at = HEAD;
    for (const entry of entries) {
      places.set(entry.path, { entry, file, at });
      at += sizeOf(entry);
    }
    // What does not end where its index begins is not what was written.
    return at === begin ? places : new Map();
  } catch {
    return new Map();
  }
}

/** @throws for what is no index. */
function entriesOf(text: string): Entry[] {
  const index: unknown = JSON.parse(text);
  if (!Array.isArray(index)) throw new Error("no list");
  return index.map((one: unknown) => {
    const { path, bytes, modified, width, height } = (one ?? {}) as Record<string, unknown>;
    const isWhole =
      typeof path === "string" &&
      typeof bytes === "number" &&
      typeof modified === "number" &&
      Number.isSafeInteger(width) &&
      Number.isSafeInteger(height);
    if (!isWhole) throw new Error("no entry");
    return { path, bytes, modified, width: width as number, height: height as number };
  });
}
