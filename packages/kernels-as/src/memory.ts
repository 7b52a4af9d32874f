import { MemoryError } from "./memory-error.js";

const PAGE = 65_536;
const MAXIMUM_PAGES = 65_536;

/** The first address that is free for use: below lie the module's own static data. */
const FIRST_FREE = PAGE;

/**
 * Owns a linear memory: hands out addresses and makes the typed-array views of it.
 *
 * The memory is shared also on one thread, so that both ways run the same binary. It only grows, and what was handed out is never
 * taken back: an engine frees everything at once by dropping its memory. A view is good until the next `allocate`; keep none.
 */
export class KernelMemory {
  readonly memory: WebAssembly.Memory;
  #end = FIRST_FREE;

  private constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
  }

  /**
   * Asks for a maximum of `maximumBytes` (default 4 GiB) and halves it until the host agrees.
   * @throws {MemoryError} when it never does. @throws {RangeError} when it is no number above 0.
   */
  static create(maximumBytes = MAXIMUM_PAGES * PAGE): KernelMemory {
    if (!(maximumBytes > 0)) {
      throw new RangeError(`maximumBytes: expected a number above 0, got ${maximumBytes}`);
    }
    let pages = Math.min(MAXIMUM_PAGES, Math.max(4, Math.ceil(maximumBytes / PAGE)));
    for (;;) {
      try {
        return new KernelMemory(new WebAssembly.Memory({ initial: 4, maximum: pages, shared: true }));
      } catch (error) {
        pages = Math.floor(pages / 2);
        if (pages < 64)
          throw new MemoryError(
            "no shared WebAssembly.Memory could be made on this host; raise the limit of this process, such as ulimit -v",
            { cause: error },
          );
      }
    }
  }

  /** Bytes handed out so far, static data included. */
  get used(): number {
    return this.#end;
  }

  /**
   * Reserves `bytes` bytes, zeroed, at an address that is a multiple of `align` (a power of two, default 64).
   * @throws {MemoryError} when the memory cannot grow so far. @throws {RangeError} when `bytes` is no number from 0 on.
   */
  allocate(bytes: number, align = 64): number {
    if (!(bytes >= 0)) throw new RangeError(`allocate: expected a number of bytes from 0 on, got ${bytes}`);
    const address = Math.ceil(this.#end / align) * align;
    const end = address + Math.ceil(bytes);
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch (error) {
        throw new MemoryError(
          `${bytes} bytes were asked for beside the ${this.#end} in use, and the memory cannot grow so far; take a smaller batch or a smaller network, or raise the limit of this process, such as ulimit -v`,
          { cause: error },
        );
      }
    }
    this.#end = end;
    return address;
  }

  /** The bytes at [address, address + length). */
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, this.#inside(address, length), length);
  }

  /** `length` f32 at `address`, which must be a multiple of 4; likewise the others. */
  f32(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, this.#inside(address, length * 4), length);
  }

  /** A view of that many float64 numbers, at a multiple of 8. */
  f64(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, this.#inside(address, length * 8), length);
  }

  /** A view of that many u32 numbers, at a multiple of 4. */
  u32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, this.#inside(address, length * 4), length);
  }

  #inside(address: number, bytes: number): number {
    const inside =
      Number.isInteger(address) &&
      address >= 0 &&
      bytes >= 0 &&
      address + bytes <= this.memory.buffer.byteLength;
    if (!inside) {
      throw new MemoryError(
        `the range of ${bytes} bytes at ${address} is outside the memory of ${this.memory.buffer.byteLength} bytes`,
      );
    }
    return address;
  }
}
