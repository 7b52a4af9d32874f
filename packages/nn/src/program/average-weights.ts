import type { Lowering } from "../graph/op.js";
import { add } from "../ops/add.js";
import { scale } from "../ops/scale.js";
import type { Machine } from "./machine.js";
import { type BlocksAlike, overBlock } from "./over-block.js";

/** A moving average of the weights, in a block as theirs. */
export interface Average {
  readonly address: number;
  /** Emits a step of it: a ← μ·a + (1 − μ)·θ. */
  readonly emit: (emit: Lowering["emit"]) => void;
  /** Exchanges it with the weights. */
  swap(): Promise<void>;
  /** Puts it in place of the weights. */
  take(): Promise<void>;
}

/** One that begins as the weights, whose block is at `weights`, are now. */
export async function averageOf(blocks: BlocksAlike, weights: number, momentum: number): Promise<Average> {
  const { machine, elements, keep } = blocks;
  const bytes = 4 * elements;
  const address = keep(await machine.allocate(bytes));
  await copy(machine, weights, address, bytes);
  const emit = await overBlock(blocks, address, [address, weights], (average, weight) =>
    add(scale(average!, momentum), scale(weight!, 1 - momentum)),
  );
  return {
    ...{ address, emit },
    async swap() {
      const held = await machine.engine.read(weights, bytes);
      await copy(machine, address, weights, bytes);
      await machine.engine.write(address, held);
    },
    take: () => copy(machine, address, weights, bytes),
  };
}

async function copy({ engine }: Machine, from: number, to: number, bytes: number): Promise<void> {
  await engine.write(to, await engine.read(from, bytes));
}
