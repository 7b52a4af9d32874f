import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { decodeNpy } from "./npy.js";
import { decodeNpz, encodeNpz } from "./npz.js";

/** A .npy file as numpy.lib.format describes it, version 1. */
function npy(descr: string, shape: string, payload: ArrayBufferView, fortran = false): Uint8Array {
  const dict = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${shape}, }`;
  const header = `${dict.padEnd(117)}\n`;
  const data = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    1,
    0,
    header.length,
    0,
    ...new TextEncoder().encode(header),
    ...data,
  ]);
}

describe("npy", () => {
  it("reads the lessons' float64 and other numbers", () => {
    expect(decodeNpy(npy("<f8", "(2, 1)", Float64Array.of(1.5, -2)))).toEqual({
      data: Float64Array.of(1.5, -2),
      shape: [2, 1],
    });
    expect(decodeNpy(npy("<f4", "(2,)", Float32Array.of(0.5, 3))).data).toEqual(Float64Array.of(0.5, 3));
    expect(decodeNpy(npy("|u1", "()", Uint8Array.of(200)))).toEqual({
      data: Float64Array.of(200),
      shape: [],
    });
    expect(decodeNpy(npy(">i2", "(1,)", Uint8Array.of(255, 254))).data).toEqual(Float64Array.of(-2));
    expect(decodeNpy(npy("<i8", "(1,)", BigInt64Array.of(-5n))).data).toEqual(Float64Array.of(-5));
  });

  it("turns column-major into row-major", () => {
    // [[1, 2, 3], [4, 5, 6]] is stored column by column.
    const { data } = decodeNpy(npy("<f8", "(2, 3)", Float64Array.of(1, 4, 2, 5, 3, 6), true));
    expect(data).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
  });

  it("refuses what is damaged or no number", () => {
    expect(() => decodeNpy(Uint8Array.of(1, 2, 3), "a.npy")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.npy: does not begin as .npy does; it is damaged or not a NumPy array.]`,
    );
    expect(() =>
      decodeNpy(npy("<f8", "(3,)", Float64Array.of(1)), "a.npy"),
    ).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.npy: shape [3] takes 24 bytes, but 8 are there; it is damaged or cut short.]`,
    );
    expect(() =>
      decodeNpy(npy("<U5", "(1,)", new Uint8Array(20)), "a.npy"),
    ).toThrowErrorMatchingInlineSnapshot(`[FormatError: a.npy: has dtype <U5; expected plain numbers.]`);
    const cut = npy("<f8", "(1,)", Float64Array.of(1)).subarray(0, 60);
    expect(() => decodeNpy(cut, "a.npy")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.npy: ends inside its header; it is damaged or not a NumPy array.]`,
    );
  });
});

describe("npz", () => {
  it("reads arrays by name, stored or packed", () => {
    const w = npy("<f8", "(2,)", Float64Array.of(1, 2));
    const bytes = zipSync({ "mul1.npy": w, "add1.npy": [w, { level: 0 }], "readme.txt": Uint8Array.of(1) });
    const arrays = decodeNpz(bytes);
    expect([...arrays.keys()].sort()).toEqual(["add1", "mul1"]);
    expect(arrays.get("mul1")).toEqual({ data: Float64Array.of(1, 2), shape: [2] });
  });

  it("refuses what is no zip, and claims that cannot be true", () => {
    expect(() => decodeNpz(Uint8Array.of(1, 2, 3), "w.npz")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: w.npz: is not a whole .npz (zip) file.]`,
    );
    const bytes = zipSync({ "w.npy": npy("<f8", "(1,)", Float64Array.of(1)) });
    // The unpacked size stands 24 bytes into the central directory's entry, whose signature is PK 01 02.
    const at = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at + 24, 2 ** 31, true);
    expect(() => decodeNpz(bytes, "w.npz")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: w.npz: w.npy claims to unpack 73 bytes into 2147483648; the file is damaged.]`,
    );
  });

  it("reads what NumPy writes with ZIP64, whose sizes stand in the extra fields", () => {
    const w = npy("<f8", "(2,)", Float64Array.of(1, 2));
    const zip = Buffer.from(zipSync({ "w.npy": [w, { level: 0, extra: { 1: new Uint8Array(16) } }] }));
    const at = zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const extra = at + 46 + zip.readUInt16LE(at + 28) + 4;
    zip.writeBigUInt64LE(BigInt(zip.readUInt32LE(at + 24)), extra);
    zip.writeBigUInt64LE(BigInt(zip.readUInt32LE(at + 20)), extra + 8);
    zip.fill(255, at + 20, at + 28);
    expect(decodeNpz(zip).get("w")!.data).toEqual(Float64Array.of(1, 2));
  });

  it("refuses entries that share their bytes before it unpacks any", () => {
    const one = Buffer.from(zipSync({ "a.npy": npy("|u1", "(99,)", new Uint8Array(99)) }));
    const at = one.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const end = one.indexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    const copies = Buffer.concat([
      one.subarray(0, end),
      ...Array.from({ length: 63 }, () => one.subarray(at, end)),
      one.subarray(end),
    ]);
    const tail = copies.length - 22;
    copies.writeUInt16LE(64, tail + 8);
    copies.writeUInt16LE(64, tail + 10);
    expect(() => decodeNpz(copies, "w.npz")).toThrow("w.npz: is not a whole .npz (zip) file.");
  });

  it("refuses more than a file of its size can hold, a surplus, and a wrong checksum", () => {
    const claims = Buffer.from(zipSync({ "w.npy": [new Uint8Array(70_000), { level: 0 }] }));
    claims.writeUInt32LE(68_000_000, claims.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
    expect(() => decodeNpz(claims, "w.npz")).toThrow(
      /claims to unpack \d+ bytes into 68000000; the file is damaged/,
    );
    const change = (offset: number, value: number) => {
      const zip = Buffer.from(zipSync({ "w.npy": npy("|u1", "(300,)", new Uint8Array(300)) }));
      zip.writeUInt32LE(value, zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + offset);
      return () => decodeNpz(zip, "w.npz");
    };
    expect(change(24, 200)).toThrow("is not a whole .npz");
    expect(change(24, 500)).toThrow("is not a whole .npz");
    expect(change(16, 1)).toThrow("is not a whole .npz");
    expect(change(42, 5)).toThrow("is not a whole .npz");
  });
});

describe("encodeNpz", () => {
  const arrays = new Map([
    ["dense1/kernel", { data: Float32Array.of(1.5, -2, 3, 4, 5, 6), shape: [2, 3] }],
    ["bias", { data: [7], shape: [1] }],
    ["none", { data: [], shape: [0, 4] }],
    ["number", { data: [0.5], shape: [] }],
  ]);

  it("comes back as it was, the same bytes each time", () => {
    const bytes = encodeNpz(arrays);
    expect(encodeNpz(arrays)).toEqual(bytes);
    const back = decodeNpz(bytes);
    expect([...back.keys()]).toEqual([...arrays.keys()]);
    for (const [name, { data, shape }] of arrays)
      expect(back.get(name)).toEqual({ data: Float64Array.from(data), shape });
  });

  it("refuses an array of another size than its shape", () => {
    expect(() => encodeNpz(new Map([["w", { data: [1], shape: [2] }]]))).toThrow("needs 2 values, got 1");
  });
});

describe("an array that holds no numbers", () => {
  const zip = zipSync({
    "names.npy": npy("<U5", "(1,)", new Uint8Array(20)),
    "x.npy": npy("<f8", "(1,)", Float64Array.of(3)),
  });

  it("is an error, or is named to who wants to go on", () => {
    expect(() => decodeNpz(zip)).toThrow("names.npy: has dtype <U5");
    const skipped: string[] = [];
    const arrays = decodeNpz(zip, "a.npz", (name, { message }) => skipped.push(`${name}: ${message}`));
    expect([...arrays.keys()]).toEqual(["x"]);
    expect(skipped).toEqual(["names: a.npz/names.npy: has dtype <U5; expected plain numbers."]);
  });
});
