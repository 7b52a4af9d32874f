import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type InstructionArguments,
  type InstructionName,
  instructions,
  ProgramWriter,
  unaryKinds,
} from "../src/index.js";

/** The words of one instruction. */
function wordsOf(write: (writer: ProgramWriter) => void): number[] {
  const writer = new ProgramWriter();
  write(writer);
  return [...writer.finish().subarray(0, 32)];
}

describe("a program's writer", () => {
  it("lays opcode, flags and arguments in the order of the table", () => {
    const words = wordsOf((writer) => {
      writer.emit("unary", { alpha: 0.5, kind: "relu", n: 3, x: 128, y: 64 });
    });
    const half = 0x3f000000;
    const { opcode } = instructions.unary;
    expect(words.slice(0, 8)).toEqual([opcode, 1 | (5 << 1), 64, 128, 3, unaryKinds.relu, half, 0]);
    const bare = wordsOf((writer) =>
      writer.emit("unary", { alpha: 0.5, kind: 6, n: 3, x: 128, y: 64 }, false),
    );
    expect(bare).toEqual(words.with(1, 5 << 1));
  });

  it("takes no argument too many, too few or misspelt: such a program does not compile", () => {
    const fill = { y: 64, n: 3, value: 0 };
    // @ts-expect-error: one too few
    expect(() => wordsOf((writer) => writer.emit("fill", { y: 64, n: 3 }))).toThrow(RangeError);
    // @ts-expect-error: misspelt
    expect(() => wordsOf((writer) => writer.emit("fill", { y: 64, n: 3, val: 0 }))).toThrow(RangeError);
    // @ts-expect-error: one too many
    wordsOf((writer) => writer.emit("fill", { ...fill, x: 64 }));
    // @ts-expect-error: no such instruction
    expect(() => wordsOf((writer) => writer.emit("filled", fill))).toThrow();
    const unary = { y: 64, x: 64, n: 3, alpha: 0 };
    // @ts-expect-error: no such function
    expect(() => wordsOf((writer) => writer.emit("unary", { ...unary, kind: "add" }))).toThrow(
      /argument kind is add, not one of neg, abs/,
    );
  });

  it("tells its size before it is finished, and after", () => {
    const writer = new ProgramWriter();
    expect(writer.bytes).toBe(128);
    writer.emit("fill", { y: 64, n: 3, value: 0 });
    expect(writer.bytes).toBe(256);
    expect(writer.finish().byteLength).toBe(256);
    expect(writer.bytes).toBe(256);
    expect(writer.finish().byteLength).toBe(256);
    expect(writer.names).toEqual(["fill", "end"]);
  });
});

describe("data of a program's own", () => {
  // No row of the table has to take data for the writer to be able to.
  const table = instructions as unknown as Record<string, { opcode: number; args: readonly string[] }>;
  const probe = "probe" as InstructionName;
  const emit = (writer: ProgramWriter, data: unknown) =>
    writer.emit(probe, { n: 7, data, m: 9 } as unknown as InstructionArguments<InstructionName>);
  beforeAll(() => {
    table.probe = { opcode: 200, args: ["n:u", "data:d", "m:u"] };
  });
  afterAll(() => {
    delete table.probe;
  });

  it("lies behind the instructions, each at a multiple of 64, and its address is the argument", () => {
    const writer = new ProgramWriter();
    emit(writer, Uint32Array.of(1, 2, 3));
    emit(
      writer,
      Uint32Array.from({ length: 17 }, (_, i) => i),
    );
    emit(writer, new Uint32Array(0));
    const address = 1 << 20;
    const bytes = writer.bytes;
    const words = writer.finish(address);
    expect(words.byteLength).toBe(bytes);
    const at = [0, 1, 2].map((i) => words[32 * i + 3]! - address);
    // Four instructions of 128 bytes; three words are a line, seventeen are two.
    expect(at).toEqual([512, 512 + 64, 512 + 64 + 128]);
    expect([...words.subarray(128, 131)]).toEqual([1, 2, 3]);
    expect([...words.subarray(144, 161)]).toEqual(Array.from({ length: 17 }, (_, i) => i));
    expect([words[2], words[4]]).toEqual([7, 9]);
  });

  it("is a Uint32Array", () => {
    expect(() => emit(new ProgramWriter(), 64)).toThrow(/argument data is 64, not a Uint32Array/);
  });
});
