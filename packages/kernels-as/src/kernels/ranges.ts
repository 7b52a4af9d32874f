import type { KernelMemory } from "../memory.js";
import { MemoryError } from "../memory-error.js";

/** Byte address, number of elements, bytes of an element (4 unless given). */
export type Range = readonly [address: number, elements: number, elementBytes?: number];

/**
 * Checks a kernel's operands before it runs on them.
 *
 * @throws {RangeError} for a size that is no whole number from 0 on.
 * @throws {MemoryError} for an operand that does not lie in the memory whole, or not at a multiple of its elements' size.
 */
export function checkRanges(
  memory: KernelMemory,
  kernel: string,
  ranges: Readonly<Record<string, Range>>,
): void {
  const total = memory.memory.buffer.byteLength;
  for (const [name, [address, elements, elementBytes = 4]] of Object.entries(ranges)) {
    checkSize(kernel, `the size of ${name}`, elements);
    const inside = address >= 0 && address + elements * elementBytes <= total;
    if (!inside || !Number.isInteger(address / elementBytes)) {
      throw new MemoryError(
        `${kernel}: ${name}: expected ${elements} elements of ${elementBytes} bytes at a multiple of ${elementBytes} inside the ` +
          `memory of ${total} bytes, got address ${address}`,
      );
    }
  }
}

/** @throws {RangeError} unless `value` is a whole number in [low, 2³²). */
export function checkSize(kernel: string, what: string, value: number, low = 0): void {
  if (!(Number.isInteger(value) && value >= low && value <= 0xffff_ffff)) {
    throw new RangeError(`${kernel}: expected ${what} to be an integer in [${low}, 2^32), got ${value}`);
  }
}
