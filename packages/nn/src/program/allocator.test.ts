import { describe, expect, it } from "vitest";
import { Allocator } from "./allocator.js";

const pool = () => {
  let end = 64;
  const allocator = new Allocator(async (bytes) => {
    const address = end;
    end += bytes;
    return address;
  });
  return { allocator, end: () => end };
};

describe("Allocator", () => {
  it("gives the smallest free region that is large enough, and joins neighbours that are free", async () => {
    const { allocator, end } = pool();
    const at: number[] = [];
    for (const bytes of [640, 64, 128, 64]) at.push(await allocator.allocate(bytes));
    expect(at).toEqual([64, 704, 768, 896]);
    allocator.free(at[0]!);
    allocator.free(at[2]!);
    expect(await allocator.allocate(100)).toBe(at[2]); // the exact one, not the first
    expect(await allocator.allocate(64)).toBe(at[0]);
    allocator.free(at[0]!);
    allocator.free(at[2]!);
    allocator.free(at[1]!); // between two free ones: all three are one now
    expect(await allocator.allocate(640 + 64 + 128)).toBe(at[0]);
    expect(end()).toBe(960);
  });

  it("refuses to free what is not in use", async () => {
    const { allocator } = pool();
    const address = await allocator.allocate(1);
    allocator.free(address);
    expect(() => allocator.free(address)).toThrow(/nothing in use begins at 64/);
  });

  it("never has two blocks meet, and grows no further than what is in use at once allows", async () => {
    const { allocator, end } = pool();
    const live = new Map<number, number>();
    let state = 1;
    const random = (n: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >>> 8) % n;
    };
    for (let i = 0; i < 5000; i++) {
      if (live.size === 8) {
        const address = [...live.keys()][random(8)]!;
        live.delete(address);
        allocator.free(address);
      }
      const bytes = 1 + random(4000);
      const address = await allocator.allocate(bytes);
      expect(address % 64).toBe(0);
      for (const [other, size] of live)
        expect(address + bytes <= other || other + size <= address).toBe(true);
      live.set(address, bytes);
    }
    // Eight of at most 4,032 bytes; best fit leaves holes, but not more than as much again.
    expect(end()).toBeLessThan(64 + 2 * 8 * 4032);
  });
});
