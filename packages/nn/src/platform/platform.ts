/** What differs between Node and browsers in reading and writing; chosen by the package's `imports` conditions. */
export interface Platform {
  /**
   * The bytes of a file (in a browser: of an address). With `"regular"` of no link, device or pipe, which a stranger's folder may hold.
   * @throws {PlatformError} `file-missing`, `file-unreadable`
   */
  readFile(path: string, only?: "regular"): Promise<Uint8Array>;
  /**
   * Writes a whole file or nothing: beside it, flushed to the disk, then renamed into place.
   * @throws {PlatformError} `file-unwritable`
   */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /** Adds bytes to the end of a file, which is made if need be. @throws {PlatformError} `file-unwritable` */
  appendFile(path: string, bytes: Uint8Array): Promise<void>;
  /** Names in a folder, sorted; undefined when there is no such folder. */
  listFolder(path: string): Promise<readonly string[] | undefined>;
  /** Makes a folder and those above it; one that exists is fine. */
  makeFolder(path: string): Promise<void>;
  /** Seconds since 1970 by the host's clock: for files that say when they were written, and nothing that reaches a weight. */
  clock(): number;
  /** Joins the parts of a path. */
  join(...parts: readonly string[]): string;
  /**
   * The bytes behind an address, at most `limit` of them.
   * @throws {PlatformError} `fetch-failed`
   */
  fetchBytes(url: string, limit: number): Promise<Uint8Array>;
}
