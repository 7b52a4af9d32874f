import { InternalError } from "../errors.js";

interface Region {
  address: number;
  bytes: number;
}

/** Bytes; every block begins on a cache line of its own. */
const ALIGN = 64;
/** Bytes up to which a block has one of few sizes. */
const SMALL = 1 << 16;

/**
 * Memory that is given back, over one that only grows. A block goes where the smallest free region holds it, at the lowest address among equals;
 * what is freed joins the free regions on both of its sides. Small blocks, of which programs make many in ever other sizes, have sizes that are
 * powers of two, and go only where one of that size was: so they leave no holes. What a block holds at first is not said, unless zeros are asked for.
 */
export class Allocator {
  readonly #grow: (bytes: number) => Promise<number>;
  readonly #clear: (address: number, bytes: number) => Promise<void>;
  /** Addresses of small blocks that are free, by their size. */
  readonly #small = new Map<number, number[]>();
  /** By address; no two touch. */
  readonly #free: Region[] = [];
  readonly #used = new Map<number, number>();

  /** `grow` reserves bytes of zeros beyond all that it has given so far, at a multiple of 64; `clear` makes bytes zeros again. */
  constructor(
    grow: (bytes: number) => Promise<number>,
    clear: (address: number, bytes: number) => Promise<void> = async () => {},
  ) {
    this.#grow = grow;
    this.#clear = clear;
  }

  async allocate(bytes: number, zeros = false): Promise<number> {
    const room = roomFor(bytes);
    const taken = room > SMALL ? this.#take(room) : this.#small.get(room)?.pop();
    const address = taken ?? (await this.#grow(room));
    this.#used.set(address, room);
    if (zeros && taken !== undefined) await this.#clear(address, room);
    return address;
  }

  /** Gives back a block of `allocate`. */
  free(address: number): void {
    const bytes = this.#used.get(address);
    if (bytes === undefined) throw new InternalError("free", `nothing in use begins at ${address}.`);
    this.#used.delete(address);
    if (bytes <= SMALL) {
      this.#small.set(bytes, [...(this.#small.get(bytes) ?? []), address]);
      return;
    }
    let at = this.#free.findIndex((region) => region.address > address);
    if (at < 0) at = this.#free.length;
    const [before, after] = [this.#free[at - 1], this.#free[at]];
    const joinsAfter = after !== undefined && address + bytes === after.address;
    if (before !== undefined && before.address + before.bytes === address) {
      before.bytes += bytes + (joinsAfter ? after.bytes : 0);
      if (joinsAfter) this.#free.splice(at, 1);
    } else if (joinsAfter) {
      after.address = address;
      after.bytes += bytes;
    } else this.#free.splice(at, 0, { address, bytes });
  }

  #take(bytes: number): number | undefined {
    let best = -1;
    for (const [i, region] of this.#free.entries()) {
      if (region.bytes >= bytes && (best < 0 || region.bytes < this.#free[best]!.bytes)) best = i;
    }
    if (best < 0) return undefined;
    const region = this.#free[best]!;
    const { address } = region;
    region.address += bytes;
    region.bytes -= bytes;
    if (region.bytes === 0) this.#free.splice(best, 1);
    return address;
  }
}

/** Bytes in whole lines, or the power of two above them for small blocks. */
function roomFor(bytes: number): number {
  const lines = Math.max(1, Math.ceil(bytes / ALIGN)) * ALIGN;
  return lines > SMALL ? lines : 1 << (32 - Math.clz32(lines - 1));
}
