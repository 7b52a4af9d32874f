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
    const large = 1 << 17;
    for (const n of [10, 1, 2, 1]) at.push(await allocator.allocate(n * large));
    expect(at).toEqual([0, 10, 11, 13].map((n) => 64 + n * large));
    allocator.free(at[0]!);
    allocator.free(at[2]!);
    expect(await allocator.allocate(2 * large - 28)).toBe(at[2]); // the exact one, not the first
    expect(await allocator.allocate(large)).toBe(at[0]);
    allocator.free(at[0]!);
    allocator.free(at[2]!);
    allocator.free(at[1]!); // between two free ones: all three are one now
    expect(await allocator.allocate(13 * large)).toBe(at[0]);
    expect(end()).toBe(64 + 14 * large);
  });

  it("keeps small blocks apart by size, and clears what comes again where zeros are asked for", async () => {
    const cleared: number[][] = [];
    let end = 64;
    const allocator = new Allocator(
      async (bytes) => {
        end += bytes;
        return end - bytes;
      },
      async (...region) => void cleared.push(region),
    );
    const at = await allocator.allocate(2100, true);
    expect(end).toBe(64 + 4096);
    expect(cleared).toEqual([]);
    allocator.free(at);
    expect(await allocator.allocate(64)).toBe(at + 4096); // not inside the larger one
    expect(await allocator.allocate(4000, true)).toBe(at);
    expect(cleared).toEqual([[at, 4096]]);
  });

  it("refuses to free what is not in use", async () => {
    const { allocator } = pool();
    const address = await allocator.allocate(1);
    allocator.free(address);
    expect(() => allocator.free(address)).toThrow(/nothing in use begins at 64/);
  });

  it.each([4000, 4_000_000])(
    "never has two blocks meet, nor grows beyond twice what is in use: %i",
    async (most) => {
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
        const bytes = 1 + random(most);
        const address = await allocator.allocate(bytes);
        expect(address % 64).toBe(0);
        for (const [other, size] of live)
          expect(address + bytes <= other || other + size <= address).toBe(true);
        live.set(address, bytes);
      }
      // Eight of at most so many bytes. Best fit leaves holes, and small blocks may be eight of each power of two: not more than as much again.
      const room = 2 ** Math.ceil(Math.log2(most));
      expect(end()).toBeLessThanOrEqual(64 + 2 * 8 * room);
    },
  );
});
