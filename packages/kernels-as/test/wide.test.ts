import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createEngine } from "../src/index.js";
import { platform } from "../src/platform/node.js";
import { wrongKernel } from "../src/platform/wide-check.js";

// The wide binary runs anywhere, only not fast where its lanes are not merged. That it has the same bits merged, test/engines/ tries.

const compiled = async (name: string) =>
  WebAssembly.compile(await readFile(new URL(`../build/${name}.wasm`, import.meta.url)));

interface Products {
  gemm_f32(...words: number[]): void;
}

const BYTES = 1 << 20;
const [A, B, BIAS, C, SCRATCH] = [1, 2, 3, 4, 5].map((part) => part * BYTES) as [
  number,
  number,
  number,
  number,
  number,
];

async function products(name: string) {
  const memory = new WebAssembly.Memory({ initial: 192, maximum: 192, shared: true });
  const env = { memory, has_lost_helper: () => 0 };
  const { exports } = await WebAssembly.instantiate(await compiled(name), { env });
  const floats = new Float32Array(memory.buffer);
  for (let i = 0; i < BYTES; i++) floats[A / 4 + i] = Math.sin(i * i) * 2 ** ((i * 31) % 7);
  return { gemm: (exports as unknown as Products).gemm_f32, bytes: new Uint8Array(memory.buffer), floats };
}

it("has the bits of the narrow one for products of any shape, and writes nowhere else", async () => {
  const [narrow, wide] = await Promise.all([products("plain"), products("wide-plain")]);
  const flag = fc.integer({ min: 0, max: 1 });
  const gap = fc.integer({ min: 0, max: 3 });
  // Many by 16 and beside it; some over more than one chunk of k, and more columns than are packed at a time.
  const side = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 70 }) },
    { weight: 1, arbitrary: fc.constantFrom(95, 96, 100, 512, 520, 525, 528, 530, 600) },
  );
  const shape = fc.record({ M: side, N: side, K: side, threads: fc.integer({ min: 1, max: 3 }) });
  const how = fc.record({
    tA: flag,
    tB: flag,
    more: flag,
    relu: flag,
    bias: flag,
    gaps: fc.tuple(gap, gap, gap),
  });
  fc.assert(
    fc.property(shape, how, ({ M, N, K, threads }, { tA, tB, more, relu, bias, gaps: [ga, gb, gc] }) => {
      fc.pre(M * K + M * N + K * N < 250_000);
      const [lda, ldb, ldc] = [(tA ? M : K) + ga, (tB ? K : N) + gb, N + gc];
      const end = C / 4 + M * ldc + 64;
      for (const { gemm, floats } of [narrow, wide]) {
        floats.fill(0.75, C / 4, end);
        for (let thread = 0; thread < threads; thread++) {
          gemm(
            C,
            A,
            B,
            bias && BIAS,
            M,
            N,
            K,
            lda,
            ldb,
            ldc,
            tA,
            tB,
            more,
            relu,
            SCRATCH,
            1,
            0,
            0,
            0,
            thread,
            threads,
          );
        }
      }
      const of = ({ bytes }: typeof wide) => bytes.subarray(C, 4 * end);
      expect(Buffer.compare(of(wide), of(narrow))).toBe(0);
    }),
    { numRuns: 300, seed: 16 },
  );
});

it("passes its check at the start, which tells one rounding from two", async () => {
  expect(wrongKernel(await compiled("wide-plain"), true)).toBeUndefined();
  platform.enableRelaxedSimd();
  const relaxed = await compiled("wide-relaxed");
  expect(wrongKernel(relaxed, false)).toBeUndefined();
  expect(wrongKernel(relaxed, true)).toBe("product of 28x44x48");
});

it("is not taken behind anyone's back, and not on a Node that lacks the flag", async () => {
  const notes = async (wide?: "auto" | "off") => {
    await using engine = await createEngine({ threads: 1, ...(wide && { wide }) });
    return engine.notes;
  };
  expect(await notes("auto")).toEqual([
    `The narrow binary runs, not the wide one: it is for Node 24 to 26, and this is ${process.versions.node}.`,
  ]);
  expect(await notes()).toEqual([]);
  expect(await notes("off")).toEqual([]);
  expect(await notes("on" as "auto")).toEqual([
    'The narrow binary runs: LOAM_WIDE and wide are "auto" or "off", not "on".',
  ]);
});
