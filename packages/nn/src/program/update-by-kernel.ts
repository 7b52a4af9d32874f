import { optimizerTable } from "@loam/kernels-as";
import type { Instructions } from "../graph/op.js";
import type { KernelOptimizer } from "../optimizers/kernel-optimizer.js";
import { StepNumbers } from "./step-numbers.js";
import type { Update, UpdatePlaces } from "./update.js";

/** The update of an optimizer whose rule the kernels know: one instruction over all ranges, with a table of their settings. */
export async function updateByKernel(
  optimizer: KernelOptimizer,
  { machine, words, blocks: { weights, gradients, slots }, ranges, keep }: UpdatePlaces,
): Promise<Update> {
  const entries = optimizerTable(ranges);
  const table = keep(await machine.allocate(entries.byteLength));
  await machine.engine.write(table, entries);
  const numbersOf = (step: number) => optimizer.kernelScalars(optimizer.learningRateAt(step));
  const numbers = await StepNumbers.create(machine, words, "f64", numbersOf(0).length);
  keep(numbers.row);
  return {
    ...{ numbers, numbersOf },
    emit: (emit) =>
      // An optimizer's slots and flags are called as its instruction's arguments.
      emit(optimizer.kernel, {
        params: weights,
        grads: gradients,
        velocity: 0,
        ...Object.fromEntries(slots),
        scalars: numbers.row,
        step: words.step,
        table,
        count: ranges.length,
        ...optimizer.flags,
      } as unknown as Instructions[KernelOptimizer["kernel"]]),
  };
}
