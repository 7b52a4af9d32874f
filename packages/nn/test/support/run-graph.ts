import { createEngine, type EngineOptions } from "@loam/kernels-as";
import { sizeOf } from "../../src/graph/shape.js";
import { reachable, type Tensor } from "../../src/graph/tensor.js";
import { Machine } from "../../src/program/machine.js";
import { planned } from "../../src/program/plan.js";
import { isLeaf } from "../../src/program/step.js";

/** Runs a graph through plan and interpreter: leaves in row-major order in, outputs in row-major order out. */
export async function runGraph(
  outputs: readonly Tensor[],
  leaves: ReadonlyMap<Tensor, Float32Array | Uint32Array>,
  options: EngineOptions = { threads: 1 },
): Promise<Float32Array[]> {
  const engine = await createEngine(options);
  try {
    const machine = await Machine.create(engine, {});
    const places = new Map<Tensor, { address: number; layout: undefined }>();
    for (const leaf of reachable(outputs).filter(isLeaf)) {
      const address = await engine.allocate(4 * sizeOf(leaf.shape));
      await engine.write(address, leaves.get(leaf)!);
      places.set(leaf, { address, layout: undefined });
    }
    const words = { step: await engine.allocate(8), seed: await engine.allocate(8) };
    const program = await machine.load(await planned({ ...machine.planning, outputs, places, words }));
    await engine.run(program.address);
    const results: Float32Array[] = [];
    for (const output of outputs) {
      results.push(
        await machine.readF32(program.plan.addressOf(output, program.arena), sizeOf(output.shape)),
      );
    }
    return results;
  } finally {
    await engine.close();
  }
}
