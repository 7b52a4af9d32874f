// Runs one instruction on an engine, with guard words around all that it may write and copies of all that it must not.
import { expect } from "vitest";
import type { Engine } from "../../src/engine.js";
import type { InstructionArguments, InstructionName } from "../../src/instructions/index.js";
import { ProgramWriter } from "../../src/program-writer.js";

type Data = Float32Array | Float64Array | Uint32Array | Uint8Array;

/**
 * What stands for an argument: a number as it is; data that is read and must not change; data that is read and written; so many bytes that
 * are written; or the address of another argument, `bytes` further on.
 */
export type Operand =
  | number
  | { readonly read: Data }
  | { readonly change: Data }
  | { readonly write: number }
  | { readonly at: string; readonly bytes?: number };

const GUARD = 64;
const GUARD_BYTE = 0xa5;
/** What outputs hold before: NaNs, so that nothing is read from there unnoticed. */
const STALE_BYTE = 0xff;

export type Operands<K extends InstructionName> = { [A in keyof InstructionArguments<K>]: Operand };

/** @returns the bytes of each argument that was changed or written. */
export async function run<K extends InstructionName>(
  engine: Engine,
  instruction: K,
  operands: Operands<K>,
  threads = engine.threads,
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const args: Record<string, number> = {};
  const entries = Object.entries(operands) as [string, Operand][];
  const lengths = new Map<string, number>();
  for (const [name, operand] of entries) {
    if (typeof operand === "number") args[name] = operand;
    else if ("read" in operand) await place(name, bytesOf(operand.read));
    else if ("change" in operand) await place(name, bytesOf(operand.change));
    else if ("write" in operand) await place(name, new Uint8Array(operand.write).fill(STALE_BYTE));
  }
  async function place(name: string, bytes: Uint8Array): Promise<void> {
    const block = new Uint8Array(bytes.length + 2 * GUARD).fill(GUARD_BYTE);
    block.set(bytes, GUARD);
    const address = await arena(engine, block.length);
    await engine.write(address, block);
    args[name] = address + GUARD;
    lengths.set(name, bytes.length);
  }
  for (const [name, operand] of entries) {
    if (typeof operand === "object" && "at" in operand) args[name] = args[operand.at]! + (operand.bytes ?? 0);
  }
  const writer = new ProgramWriter();
  writer.emit(instruction, args as InstructionArguments<K>);
  const words = writer.finish();
  const program = await arena(engine, words.byteLength);
  await engine.write(program, words);
  await engine.run(program, 1, { threads });

  const results: Record<string, Uint8Array<ArrayBuffer>> = {};
  const guard = Buffer.alloc(GUARD, GUARD_BYTE);
  for (const [name, length] of lengths) {
    const all = await engine.read(args[name]! - GUARD, length + 2 * GUARD);
    expect(Buffer.compare(all.subarray(0, GUARD), guard), `guard before ${name}`).toBe(0);
    expect(Buffer.compare(all.subarray(GUARD + length), guard), `guard after ${name}`).toBe(0);
    const operand = operands[name as keyof typeof operands] as Operand;
    const now = all.slice(GUARD, GUARD + length);
    if (typeof operand === "object" && "read" in operand) {
      expect(Buffer.compare(now, bytesOf(operand.read)), `${name} unchanged`).toBe(0);
    } else results[name] = now;
  }
  arenas.get(engine)!.used = 0;
  return results;
}

/** The same on 1 to 4 threads: fails unless every bit agrees. */
export async function runOnAnyThreads<K extends InstructionName>(
  engine: Engine,
  instruction: K,
  operands: Operands<K>,
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const one = await run(engine, instruction, operands, 1);
  for (let threads = 2; threads <= engine.threads; threads++) {
    const more = await run(engine, instruction, operands, threads);
    for (const [name, bytes] of Object.entries(one)) {
      expect(Buffer.compare(bytes, more[name]!), `${name} on ${threads} threads`).toBe(0);
    }
  }
  return one;
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

function bytesOf(data: Data): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

export const f32 = (bytes: Uint8Array<ArrayBuffer> | undefined): Float32Array =>
  new Float32Array(bytes!.buffer);
export const f64 = (bytes: Uint8Array<ArrayBuffer> | undefined): Float64Array =>
  new Float64Array(bytes!.buffer);
export const u32 = (bytes: Uint8Array<ArrayBuffer> | undefined): Uint32Array =>
  new Uint32Array(bytes!.buffer);
