import type { KernelMemory } from "../memory.js";
import { checkRanges } from "./ranges.js";

interface Exports {
  philox4x32_u32(out: number, counter: number, key: number, blocks: number, rounds: number): void;
  dropout_f32(
    y: number,
    x: number,
    rate: number,
    seed0: number,
    seed1: number,
    stream: number,
    stepLow: number,
    stepHigh: number,
    begin: number,
    end: number,
  ): void;
  dropout_relu_grad_f32(dx: number, y: number, dy: number, rate: number, begin: number, end: number): void;
}

/** What decides, with an element's index, whether it is dropped. seed and step are whole numbers in [0, 2⁵³). */
export interface RandomPlace {
  readonly seed: number;
  readonly stream: number;
  readonly step: number;
}

const ROUNDS = 10;
const TWO_TO_32 = 0x1_0000_0000;

/** Random calls: functions of their arguments alone. All throw RangeError and MemoryError: see checkRanges. */
export function randomKernels(memory: KernelMemory, exports: Record<string, unknown>) {
  const wasm = exports as unknown as Exports;
  const words = memory.allocate(24);
  return {
    /** 4·blocks random u32 at `out`: block b is Philox4x32-10 of the counter (c0 + b, c1, c2, c3) under the key. */
    philox(
      out: number,
      blocks: number,
      counter: readonly [number, number, number, number],
      key: readonly [number, number],
    ): void {
      checkRanges(memory, "philox", { out: [out, 4 * blocks] });
      memory.u32(words, 4).set(counter);
      memory.u32(words + 16, 2).set(key);
      wasm.philox4x32_u32(out, words, words + 16, blocks, ROUNDS);
    },
    /** y[i] = keep(i) ? scale·x[i] : 0, where K = round((1 − rate)·65536) of 65536 are kept and scale is 65536 / K. y may be x; on dy: the gradient. */
    dropout(y: number, x: number, n: number, rate: number, { seed, stream, step }: RandomPlace): void {
      checkRanges(memory, "dropout", { y: [y, n], x: [x, n] });
      checkRate("dropout", rate);
      wasm.dropout_f32(
        y,
        x,
        rate,
        seed % TWO_TO_32,
        Math.floor(seed / TWO_TO_32),
        stream,
        step % TWO_TO_32,
        Math.floor(step / TWO_TO_32),
        0,
        n,
      );
    },
    /** dx[i] = y[i] > 0 ? scale·dy[i] : 0: the gradient through y = dropout(relu(x)). dx may be dy or y. */
    dropoutReluGrad(dx: number, y: number, dy: number, n: number, rate: number): void {
      checkRanges(memory, "dropoutReluGrad", { dx: [dx, n], y: [y, n], dy: [dy, n] });
      checkRate("dropoutReluGrad", rate);
      wasm.dropout_relu_grad_f32(dx, y, dy, rate, 0, n);
    },
  };
}

function checkRate(kernel: string, rate: number): void {
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`${kernel}: expected a rate in [0, 1], got ${rate}`);
}
