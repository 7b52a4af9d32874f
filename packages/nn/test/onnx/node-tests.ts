import { readFile } from "node:fs/promises";
import path from "node:path";
import { sizeOf } from "../../src/graph/shape.js";
import type { Tensor } from "../../src/graph/tensor.js";
import { decodeModel, decodeTensor } from "../../src/io/onnx/codec.js";
import { type OnnxTensor, tensorData } from "../../src/io/onnx/tensor-data.js";
import { describeNode } from "../../src/onnx/describe-model.js";
import { evaluateGraph } from "../../src/onnx/evaluate-graph.js";
import { isKnown, isWhole, type Known, type Value } from "../../src/onnx/value.js";
import { cast } from "../../src/ops/cast.js";
import { input } from "../../src/ops/leaves.js";
import type { GraphRunner } from "../support/graph-runner.js";

/** What became of one of ONNX's node tests. */
export interface Outcome {
  readonly test: string;
  readonly operator: string;
  readonly result: "passed" | "unsupported" | "failed";
  readonly reason?: string;
}

/** ONNX's own tolerances for its node tests: |got − want| ≤ 1e-7 + 1e-3·|want|. */
const RELATIVE = 1e-3;
const ABSOLUTE = 1e-7;

/** A few whole numbers, and single ones, are initializers, as files of models have them; a test has everything as inputs. */
function asValue(
  name: string,
  { type, shape, values }: OnnxTensor,
  leaves: Map<Tensor, Float32Array>,
): Value {
  if ((isWhole(type) && values.length <= 64) || shape.length === 0) return { type, shape, values };
  const leaf = input(name, shape);
  leaves.set(leaf, Float32Array.from(values));
  return { type, tensor: type === "bool" ? cast(leaf, "bool") : leaf };
}

export async function runNodeTest(folder: string, runner: GraphRunner): Promise<Outcome> {
  const test = path.basename(folder);
  const { graph, opsetImport } = decodeModel(await readFile(path.join(folder, "model.onnx")));
  const nodes = graph!.node ?? [];
  const operator = nodes.length === 1 ? nodes[0]!.opType! : "(several)";
  const leaves = new Map<Tensor, Float32Array>();
  let outputs: (Value | undefined)[];
  const data = path.join(folder, "test_data_set_0");
  const typeOf = (list: "input" | "output", i: number) => graph![list]![i]!.type?.tensorType?.elemType;
  const readAs = async (list: "input" | "output", i: number) => {
    const tensor = decodeTensor(await readFile(path.join(data, `${list}_${i}.pb`)));
    return tensorData({ ...tensor, dataType: typeOf(list, i) ?? 0 });
  };
  try {
    const opset = opsetImport!.find(({ domain = "" }) => domain === "")?.version ?? 0;
    const given = new Map<string, Value>();
    for (const [i, { name = "" }] of (graph!.input ?? []).entries()) {
      given.set(name, asValue(name, await readAs("input", i), leaves));
    }
    const made = evaluateGraph({ nodes: nodes.map(describeNode), opset }, given, {
      leaf: (known: Known) => {
        const leaf = input("constant", known.shape);
        leaves.set(leaf, Float32Array.from(known.values));
        return leaf;
      },
      fixed: () => {},
      dropout: (x) => x,
    });
    outputs = (graph!.output ?? []).map(({ name = "" }) => made.get(name));
    if (outputs.some((output) => !output))
      throw Object.assign(new Error("an output that Loam does not make"), { code: "onnx-unsupported" });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const unsupported = code === "onnx-unsupported" || code === "onnx-tensor-type" || code === "onnx-opset";
    return { test, operator, result: unsupported ? "unsupported" : "failed", reason: message };
  }
  try {
    for (const [i, output] of outputs.entries()) {
      const want = await readAs("output", i);
      const got = isKnown(output!)
        ? output.values
        : (await runner.run([cast(output!.tensor, "f32")], leaves))[0]!;
      const shape = isKnown(output!) ? output.shape : output!.tensor.shape;
      if (String(shape) !== String(want.shape))
        return { test, operator, result: "failed", reason: `shape ${shape}, not ${want.shape}` };
      for (let at = 0; at < sizeOf(want.shape); at++) {
        const [a, b] = [got[at]!, want.values[at]!];
        if (Object.is(a, b) || Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.abs(b)) continue;
        if (Number.isNaN(a) && Number.isNaN(b)) continue;
        return { test, operator, result: "failed", reason: `output ${i}[${at}]: ${a}, not ${b}` };
      }
    }
  } catch (error) {
    return { test, operator, result: "failed", reason: String((error as Error).message) };
  }
  return { test, operator, result: "passed" };
}
