import type { Op } from "../graph/op.js";
import type { Shape } from "../graph/shape.js";
import { type DataType, makeTensor, type Tensor } from "../graph/tensor.js";

function leaf(name: string): Op {
  return { name, layout: "alike", gradient: "none" };
}

const inputOp = leaf("input");
const parameterOp = leaf("parameter");

/** A value that is put into memory before a run: a batch of samples, of labels. */
export function input(name: string, shape: Shape, type: DataType = "f32"): Tensor {
  return makeTensor(inputOp, [], { name }, shape, type);
}

/** A value that lives as long as the model, at an address of its own. */
export function parameterTensor(name: string, shape: Shape): Tensor {
  return makeTensor(parameterOp, [], { name }, shape);
}

export function isInput(tensor: Tensor): boolean {
  return tensor.op === inputOp;
}

export function isParameter(tensor: Tensor): boolean {
  return tensor.op === parameterOp;
}
