// Runs one instruction of the conv family by its inputs and outputs; numbers for it, and comparisons.
import { expect } from "vitest";
import type { Engine } from "../../src/engine.js";
import type { InstructionArguments, InstructionName } from "../../src/instructions/index.js";
import { type Data, type Operand, type Operands, run } from "./instruction.js";

export interface Run<K extends InstructionName> {
  readonly instruction: K;
  /** Inputs by argument name. */
  readonly inputs: Partial<Record<keyof InstructionArguments<K>, Float32Array | Uint8Array>>;
  /** Bytes of each output, and of scratch, by argument name. */
  readonly outputs: Partial<Record<keyof InstructionArguments<K>, number>>;
  /** The other arguments. */
  readonly sizes: Partial<InstructionArguments<K>>;
  readonly threads?: number;
}

/** @returns each output's bytes. Fails when an input changed or a guard word was touched. */
export function runInstruction<K extends InstructionName>(
  engine: Engine,
  { instruction, inputs, outputs, sizes, threads }: Run<K>,
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const operands: Record<string, Operand> = { ...(sizes as Record<string, number>) };
  for (const [name, read] of Object.entries(inputs)) operands[name] = { read: read as Data };
  for (const [name, write] of Object.entries(outputs)) operands[name] = { write: write as number };
  return run(engine, instruction, operands as Operands<K>, threads);
}

export const floats = (bytes: Uint8Array<ArrayBuffer>): Float32Array => new Float32Array(bytes.buffer);

/** Numbers in [−1, 1] from a seed, with full mantissas; the same on every host. */
export function numbers(seed: number, length: number): Float32Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 8388608 - 1;
  });
}

/** Fails, naming the worst place, when some |got − want| is above `tolerance` (one number, or one for each place). */
export function expectClose(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number | ArrayLike<number>,
  what = "",
): void {
  expect(got.length).toBe(want.length);
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < want.length; i++) {
    const allowed = typeof tolerance === "number" ? tolerance : tolerance[i]!;
    const over = Math.abs(got[i]! - want[i]!) - allowed;
    if (!(over <= excess) && got[i] !== want[i]) {
      worst = i;
      excess = Number.isNaN(over) ? Number.POSITIVE_INFINITY : over;
    }
  }
  if (worst >= 0) {
    expect.fail(
      `${what} at ${worst}: got ${got[worst]}, want ${want[worst]}, difference ${Math.abs(got[worst]! - want[worst]!)}, ` +
        `allowed ${typeof tolerance === "number" ? tolerance : tolerance[worst]}`,
    );
  }
}

/** Fails, naming the first place, when two arrays differ in a bit (NaN is itself). Much faster than a deep comparison. */
export function expectSame<T extends Float32Array | Uint8Array>(got: T, want: T, what = ""): void {
  expect(got.length, what).toBe(want.length);
  const differs = (v: number, i: number) => !Object.is(v, want[i]) && v !== want[i];
  const at = got.findIndex(differs);
  if (at >= 0) expect.fail(`${what} at ${at}: got ${got[at]}, want ${want[at]}`);
}

/** The same for records of arrays. */
export function expectSameRecords(
  got: Record<string, Float32Array | Uint8Array>,
  want: Record<string, Float32Array | Uint8Array>,
): void {
  expect(Object.keys(got)).toEqual(Object.keys(want));
  for (const name of Object.keys(want)) expectSame(got[name]!, want[name]!, name);
}
