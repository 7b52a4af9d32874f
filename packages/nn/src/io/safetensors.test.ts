import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.js";

/** A file from any header and so many bytes of data. */
function file(header: unknown, dataBytes: number | readonly number[] = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const data = typeof dataBytes === "number" ? new Uint8Array(dataBytes) : Uint8Array.from(dataBytes);
  const bytes = new Uint8Array(8 + text.length + data.length);
  bytes[0] = text.length & 255;
  bytes[1] = text.length >> 8;
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const contents: fc.Arbitrary<Safetensors> = fc.record({
  tensors: fc
    .dictionary(
      fc.string().filter((name) => name !== "__metadata__" && name !== "__proto__" && !/^\d+$/.test(name)),
      shapes.chain((shape) => {
        const length = shape.reduce((a, b) => a * b, 1);
        return fc
          .array(fc.float({ noNaN: true }), { minLength: length, maxLength: length })
          .map((values) => ({ data: Float32Array.from(values), shape }));
      }),
    )
    .map((record) => new Map(Object.entries(record))),
  metadata: fc
    .dictionary(
      fc.string().filter((name) => name !== "__proto__"),
      fc.string(),
    )
    .map((record) => ({ ...record })),
});

describe("safetensors", () => {
  it("gives back what was written, order and bits included", () => {
    fc.assert(
      fc.property(contents, (content) => {
        const back = decodeSafetensors(encodeSafetensors(content));
        expect([...back.tensors]).toEqual([...content.tensors]);
        expect(back.metadata).toEqual(content.metadata);
      }),
    );
  });

  it("writes the format of its specification, byte for byte", () => {
    const tensors = new Map([["w", { data: Float32Array.of(1, -2), shape: [2, 1] }]]);
    const bytes = encodeSafetensors({ tensors, metadata: { format: "pt" } });
    const header = '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}';
    expect(header).toHaveLength(87);
    // Padded to 88; 1 is 0x3f800000 and -2 is 0xc0000000.
    const expected = [
      88,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...new TextEncoder().encode(`${header} `),
      0,
      0,
      0x80,
      0x3f,
      0,
      0,
      0,
      0xc0,
    ];
    expect(Array.from(bytes)).toEqual(expected);
  });

  it("reads other widths of floating point", () => {
    const header = {
      half: { dtype: "F16", shape: [4], data_offsets: [0, 8] },
      brain: { dtype: "BF16", shape: [1], data_offsets: [8, 10] },
      double: { dtype: "F64", shape: [], data_offsets: [10, 18] },
    };
    // binary16: 1.5 = 3e00, -2^-24 = 8001, 65504 = 7bff, infinity = 7c00; bfloat16: -3 = c040; binary64: 0.5 = 3fe0….
    const data = [0, 0x3e, 1, 0x80, 0xff, 0x7b, 0, 0x7c, 0x40, 0xc0, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f];
    const { tensors } = decodeSafetensors(file(header, data));
    expect(Array.from(tensors.get("half")!.data)).toEqual([1.5, -(2 ** -24), 65504, Infinity]);
    expect(Array.from(tensors.get("brain")!.data)).toEqual([-3]);
    expect(tensors.get("double")).toEqual({ data: Float32Array.of(0.5), shape: [] });
  });

  it("reads whole numbers, such as a counter of batches", () => {
    const header = {
      count: { dtype: "I64", shape: [], data_offsets: [0, 8] },
      small: { dtype: "I16", shape: [1], data_offsets: [8, 10] },
      truth: { dtype: "BOOL", shape: [2], data_offsets: [10, 12] },
    };
    const { tensors } = decodeSafetensors(file(header, [0x10, 0x27, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 1, 0]));
    expect(tensors.get("count")).toEqual({ data: Float32Array.of(10_000), shape: [] });
    expect([...tensors.get("small")!.data, ...tensors.get("truth")!.data]).toEqual([-2, 1, 0]);
  });

  it("reads from the middle of a buffer", () => {
    const bytes = encodeSafetensors({
      tensors: new Map([["w", { data: Float32Array.of(7), shape: [1] }]]),
      metadata: {},
    });
    const padded = new Uint8Array(bytes.length + 3);
    padded.set(bytes, 3);
    expect(decodeSafetensors(padded.subarray(3)).tensors.get("w")?.data).toEqual(Float32Array.of(7));
  });

  it("never throws anything but its own errors on damaged files", () => {
    const bytes = encodeSafetensors({
      tensors: new Map([["w", { data: new Float32Array(6), shape: [2, 3] }]]),
      metadata: { a: "b" },
    });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, value, length) => {
        const damaged = bytes.slice(0, length);
        if (at < length) damaged[at] = value;
        try {
          decodeSafetensors(damaged);
        } catch (error) {
          expect((error as Error).name).toBe("FormatError");
        }
      }),
    );
  });

  it("refuses what the header cannot mean", () => {
    const tensor = (shape: unknown, offsets: unknown, dtype: unknown = "F32") => ({
      dtype,
      shape,
      data_offsets: offsets,
    });
    const read = (bytes: Uint8Array) => () => decodeSafetensors(bytes, "m.safetensors");
    expect(read(Uint8Array.of(1, 2))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: has 2 bytes, too few for a header; it is damaged, cut short or not a safetensors file.]`,
    );
    expect(read(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0x7b))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: claims a header of 72057594037927940 bytes where 1 follow; it is damaged, cut short or not a safetensors file.]`,
    );
    expect(read(file("{nonsense"))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: has a header that is not JSON; it is damaged, cut short or not a safetensors file.]`,
    );
    expect(read(file("[1]"))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: has a header that is not a JSON object; it is damaged, cut short or not a safetensors file.]`,
    );
    expect(read(file({ __metadata__: { a: 1 } }))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: its __metadata__ must map names to strings.]`,
    );
    expect(read(file({ w: 3 }))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: tensor "w" must be an object with dtype, shape and data_offsets.]`,
    );
    expect(read(file({ w: tensor([1], [0, 4], "C64") }, 4))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: tensor "w" has dtype "C64"; expected one of F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL.]`,
    );
    expect(read(file({ w: tensor([-1], [0, 4]) }, 4))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: tensor "w" has shape [-1]; expected whole numbers.]`,
    );
    expect(read(file({ w: tensor([1], [4]) }, 4))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: tensor "w" has data_offsets [4]; expected [begin, end].]`,
    );
    expect(read(file({ w: tensor([2 ** 30, 2 ** 20], [0, 4]) }, 4))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: tensor "w" of shape [1073741824, 1048576] and dtype F32 takes 4503599627370496 bytes, but its data_offsets [0, 4] hold 4.]`,
    );
    expect(read(file({ w: tensor([1], [4, 8]) }, 8))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: tensor "w" begins at byte 4 of the data where 0 was expected; tensors must follow each other without gap or overlap.]`,
    );
    expect(
      read(file({ v: tensor([2], [0, 8]), w: tensor([1], [4, 8]) }, 8)),
    ).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: tensor "w" begins at byte 4 of the data where 8 was expected; tensors must follow each other without gap or overlap.]`,
    );
    expect(read(file({ w: tensor([1], [0, 4]) }, 3))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: its header claims 4 bytes of data, but 3 are there; it is damaged or cut short.]`,
    );
    expect(read(file({ w: tensor([1], [0, 4]) }, 5))).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: m.safetensors: its header claims 4 bytes of data, but 5 are there; it is damaged or cut short.]`,
    );
  });

  it("refuses to write what it could not read", () => {
    const write = (name: string, shape: number[]) => () =>
      encodeSafetensors({ tensors: new Map([[name, { data: new Float32Array(2), shape }]]), metadata: {} });
    expect(write("__metadata__", [2])).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: safetensors: a tensor cannot be called __metadata__.]`,
    );
    expect(write("w", [3])).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: safetensors: tensor "w" of shape [3] needs 3 values, got 2.]`,
    );
    const tensors = new Map([["w", { data: Float32Array.of(0.5), shape: [1], dtype: "I64" as const }]]);
    expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: safetensors: tensor "w" of I64 has a number that is not whole.]`,
    );
  });
});
