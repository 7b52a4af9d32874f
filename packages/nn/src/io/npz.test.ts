import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { decodeNpy } from "./npy.js";
import { decodeNpz } from "./npz.js";

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
});
