// Runs one instruction on an engine, with guard words around all that it may touch and copies of all that it must not change. Which operands
// those are, and how large, the table of instructions says.
import { expect } from "vitest";
import type { Engine } from "../../src/engine.js";
import { operandsOf } from "../../src/instructions/check.js";
import {
  type InstructionArguments,
  type InstructionName,
  instructions,
} from "../../src/instructions/index.js";
import { elementBytes, type WordReader } from "../../src/instructions/operands.js";
import { ProgramWriter } from "../../src/program-writer.js";

export type Data = Float32Array | Float64Array | Uint32Array | Uint8Array;

/**
 * What stands for an argument: a number as it is, the name of a function, or words that the program carries; data that is read and must not change; data that is read and
 * written; so many bytes that are written; or the address of another argument, `bytes` further on. An operand that is left out is written
 * and has the size that the table says.
 */
export type Operand =
  | number
  | string
  | Uint32Array
  | { readonly read: Data }
  | { readonly change: Data }
  | { readonly write: number }
  | { readonly at: string; readonly bytes?: number };

const GUARD = 64;
const GUARD_BYTE = 0xa5;
/** What outputs hold before: NaNs, so that nothing is read from there unnoticed. */
const STALE_BYTE = 0xff;

export type Operands<K extends InstructionName> = { [A in keyof InstructionArguments<K>]?: Operand };

/** A range in memory with guards around it. */
interface Placed {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** @returns the bytes of each argument that was changed or written. */
export async function run<K extends InstructionName>(
  engine: Engine,
  instruction: K,
  operands: Operands<K>,
  threads = engine.threads,
  stale = STALE_BYTE,
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const { operands: declared } = operandsOf(instruction);
  const given = operands as Record<string, Operand | undefined>;
  const args: Record<string, number> = {};
  const placed = new Map<string, Placed>();
  const read = new Set<string>();
  const memory: WordReader = { word: (address, i = 0) => wordAt(placed, address + 4 * i) };
  const place = async (name: string, bytes: Uint8Array) => {
    const block = new Uint8Array(bytes.length + 2 * GUARD).fill(GUARD_BYTE);
    block.set(bytes, GUARD);
    const begin = (await arena(engine, block.length)) + GUARD;
    await engine.write(begin - GUARD, block);
    placed.set(name, { address: begin, bytes });
    const { first, type } = declared[name] ?? {};
    args[name] = begin - (first && type ? elementBytes[type] * first(args, threads, memory) : 0);
  };

  for (const [name, operand] of Object.entries(given)) {
    const isPlain = typeof operand !== "object" || operand instanceof Uint32Array;
    if (operand !== undefined && isPlain) args[name] = operand as number;
  }
  for (const [name, operand] of Object.entries(given)) {
    const role = declared[name]?.role;
    if (typeof operand !== "object" || operand instanceof Uint32Array) continue;
    if ("read" in operand) {
      expect(role, `${instruction} reads ${name}`).toBe("input");
      await place(name, bytesOf(operand.read));
      read.add(name);
    } else if ("change" in operand) {
      // An output that is an input too has something to be read.
      const shared = Object.values(given).some((one) => isAlias(one) && one.at === name);
      if (!shared) expect(role, `${instruction} changes ${name}`).toBe("update");
      await place(name, bytesOf(operand.change));
    } else if ("write" in operand) {
      expect(role, `${instruction} writes ${name}`).not.toBe("input");
      await place(name, new Uint8Array(operand.write).fill(stale));
    }
  }
  for (const [name, { type, elements }] of Object.entries(declared)) {
    if (given[name] !== undefined) continue;
    await place(name, new Uint8Array(elementBytes[type] * elements(args, threads, memory)).fill(stale));
  }
  for (const [name, operand] of Object.entries(given)) {
    if (isAlias(operand)) {
      args[name] = args[operand.at]! + (operand.bytes ?? 0);
    }
  }
  for (const [name, { bytes }] of placed) {
    const { type, elements } = declared[name]!;
    const needed = elementBytes[type] * elements(args, threads, memory);
    expect(bytes.length, `${instruction}: bytes of ${name}`).toBeGreaterThanOrEqual(needed);
  }

  const writer = new ProgramWriter();
  writer.emit(instruction, args as InstructionArguments<K>);
  writer.emit("end", {});
  const program = await arena(engine, writer.bytes);
  await engine.write(program, writer.finish(program));
  await engine.run(program, 1, { threads });

  const results: Record<string, Uint8Array<ArrayBuffer>> = {};
  const guard = Buffer.alloc(GUARD, GUARD_BYTE);
  for (const [name, { address, bytes }] of placed) {
    const all = await engine.read(address - GUARD, bytes.length + 2 * GUARD);
    expect(Buffer.compare(all.subarray(0, GUARD), guard), `guard before ${name}`).toBe(0);
    expect(Buffer.compare(all.subarray(GUARD + bytes.length), guard), `guard after ${name}`).toBe(0);
    const now = all.slice(GUARD, GUARD + bytes.length);
    if (read.has(name)) expect(Buffer.compare(now, bytes), `${name} unchanged`).toBe(0);
    else if (declared[name]!.role !== "scratch") results[name] = now;
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
    expectSameBytes(await run(engine, instruction, operands, threads), one, `on ${threads} threads`);
  }
  return one;
}

/** Fails unless two runs left the same bytes. */
export function expectSameBytes(
  got: Readonly<Record<string, Uint8Array>>,
  want: Readonly<Record<string, Uint8Array>>,
  what: string,
): void {
  expect(Object.keys(got)).toEqual(Object.keys(want));
  for (const [name, bytes] of Object.entries(want)) {
    expect(Buffer.compare(bytes, got[name]!), `${name} ${what}`).toBe(0);
  }
}

/** The instructions' names, in the order of their opcodes. */
export const instructionNames = Object.keys(instructions) as InstructionName[];

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

const isAlias = (operand: Operand | undefined): operand is Extract<Operand, { readonly at: string }> =>
  typeof operand === "object" && "at" in operand && typeof operand.at === "string";

function wordAt(placed: ReadonlyMap<string, Placed>, address: number): number {
  for (const { address: begin, bytes } of placed.values()) {
    if (address >= begin && address + 4 <= begin + bytes.length) {
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32(address - begin, true);
    }
  }
  throw new Error(`no operand lies at ${address}`);
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
