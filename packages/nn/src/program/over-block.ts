import type { Lowering } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { input } from "../ops/leaves.js";
import { emitterOf } from "./emitter.js";
import type { Machine } from "./machine.js";
import { planned } from "./plan.js";
import type { Keep } from "./update.js";
import type { Words } from "./words.js";

/** Blocks of numbers for every parameter, that lie alike. */
export interface BlocksAlike {
  readonly machine: Machine;
  readonly words: Words;
  readonly elements: number;
  readonly keep: Keep;
}

/** What leaves in one block a formula, element by element, of what is in some. */
export async function overBlock(
  { machine, words, elements, keep }: BlocksAlike,
  to: number,
  from: readonly number[],
  formula: (...blocks: Tensor[]) => Tensor,
): Promise<(emit: Lowering["emit"]) => void> {
  const addresses = [...new Set([to, ...from])];
  const leaves = new Map(addresses.map((address) => [address, input("block", [elements])]));
  const places = new Map(
    [...leaves].map(([address, leaf]) => [leaf, { address, layout: undefined }] as const),
  );
  const value = formula(...from.map((address) => leaves.get(address)!));
  const assigns = [{ to: leaves.get(to)!, value }];
  const plan = await planned({ ...machine.planning, outputs: [], places, words, assigns });
  return emitterOf(plan, { machine, keep });
}
