import { InternalError } from "../errors.js";

interface Region {
  address: number;
  bytes: number;
}

/** Bytes; every block begins on a cache line of its own. */
const ALIGN = 64;

/**
 * Memory that is given back, over one that only grows. A block goes where the smallest free region holds it, at the lowest address among equals;
 * what is freed joins the free regions on both of its sides. What a block holds at first is not said.
 */
export class Allocator {
  readonly #grow: (bytes: number) => Promise<number>;
  /** By address; no two touch. */
  readonly #free: Region[] = [];
  readonly #used = new Map<number, number>();

  /** `grow` reserves bytes beyond all that it has given so far, at a multiple of 64. */
  constructor(grow: (bytes: number) => Promise<number>) {
    this.#grow = grow;
  }

  async allocate(bytes: number): Promise<number> {
    const room = Math.max(1, Math.ceil(bytes / ALIGN)) * ALIGN;
    const address = this.#take(room) ?? (await this.#grow(room));
    this.#used.set(address, room);
    return address;
  }

  /** Gives back a block of `allocate`. */
  free(address: number): void {
    const bytes = this.#used.get(address);
    if (bytes === undefined) throw new InternalError("free", `nothing in use begins at ${address}.`);
    this.#used.delete(address);
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
