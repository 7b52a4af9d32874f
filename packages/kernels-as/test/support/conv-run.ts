// Runs one instruction of the conv family on an engine and hands back what it wrote, with guard words around every output.
import { expect } from "vitest";
import type { Engine } from "../../src/engine.js";
import type { InstructionArguments, InstructionName } from "../../src/instructions/index.js";
import { ProgramWriter } from "../../src/program-writer.js";

const GUARD = 64;
const GUARD_BYTE = 0xa5;
/** What outputs and scratch hold before: a NaN, so that nothing can be read from there unnoticed. */
const STALE_BYTE = 0xff;

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
export async function runInstruction<K extends InstructionName>(
  engine: Engine,
  run: Run<K>,
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const args: Record<string, number> = { ...(run.sizes as Record<string, number>) };
  const inputs = Object.entries(run.inputs) as [string, Float32Array | Uint8Array][];
  const outputs = Object.entries(run.outputs) as [string, number][];
  for (const [name, data] of inputs) {
    args[name] = await arena(engine, data.byteLength);
    await engine.write(args[name], data);
  }
  for (const [name, bytes] of outputs) {
    const at = await arena(engine, bytes + 2 * GUARD);
    await engine.write(at, new Uint8Array(bytes + 2 * GUARD).fill(GUARD_BYTE));
    args[name] = at + GUARD;
    await engine.write(args[name], new Uint8Array(bytes).fill(STALE_BYTE));
  }
  const writer = new ProgramWriter();
  writer.emit(run.instruction, args as InstructionArguments<K>);
  const words = writer.finish();
  const program = await arena(engine, words.byteLength);
  await engine.write(program, words);
  await engine.run(program, 1, run.threads === undefined ? {} : { threads: run.threads });

  for (const [name, data] of inputs) {
    const now = await engine.read(args[name]!, data.byteLength);
    expect(Buffer.compare(now, asBytes(data)), `input ${name} unchanged`).toBe(0);
  }
  const guard = Buffer.alloc(GUARD, GUARD_BYTE);
  const results: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const [name, bytes] of outputs) {
    const all = await engine.read(args[name]! - GUARD, bytes + 2 * GUARD);
    expect(Buffer.compare(all.subarray(0, GUARD), guard), `guard before ${name}`).toBe(0);
    expect(Buffer.compare(all.subarray(GUARD + bytes), guard), `guard after ${name}`).toBe(0);
    results[name] = all.slice(GUARD, GUARD + bytes);
  }
  arenas.get(engine)!.used = 0;
  return results;
}

const arenas = new WeakMap<Engine, { blocks: { at: number; bytes: number }[]; used: number }>();

/** An address for `bytes` bytes: blocks are used again by the next run, since an engine never frees. */
async function arena(engine: Engine, bytes: number): Promise<number> {
  const own = arenas.get(engine) ?? { blocks: [], used: 0 };
  arenas.set(engine, own);
  let block = own.blocks[own.used];
  if (!block || block.bytes < bytes) {
    block = { at: await engine.allocate(bytes), bytes };
    own.blocks[own.used] = block;
  }
  own.used++;
  return block.at;
}

function asBytes(data: Float32Array | Uint8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
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
