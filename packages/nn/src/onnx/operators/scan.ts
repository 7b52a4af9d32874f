import type { Tensor } from "../../graph/tensor.js";
import { cast } from "../../ops/cast.js";
import { scan } from "../../ops/scan.js";
import type { Operator } from "../call.js";
import { isKnown, type Value } from "../value.js";

/** ONNX's Scan: the body is a step, whose first inputs are carried and whose others are parts of the sequences along the first axis. */
const scanned: Operator = (call) => {
  const sequences = call.number("num_scan_inputs", 0);
  const carried = call.count - sequences;
  const stacked = call.node.outputs.length - carried;
  const axes = [...(call.list("scan_input_axes") ?? []), ...(call.list("scan_output_axes") ?? [])];
  const [reverse = 0, ...others] = [
    ...(call.list("scan_input_directions") ?? Array.from({ length: sequences }, () => 0)),
    ...(call.list("scan_output_directions") ?? Array.from({ length: stacked }, () => 0)),
  ];
  if (call.opset < 9) throw call.unsupported("Scan before version 9");
  if (axes.some((axis) => axis !== 0)) throw call.unsupported("sequences along another axis than the first");
  if (others.some((direction) => direction !== reverse))
    throw call.unsupported("sequences of several directions");
  const tensorOf = (value: Value): Tensor =>
    cast(isKnown(value) ? call.constant(value) : value.tensor, "f32");
  const { carry, outputs } = scan(
    (state: readonly Tensor[], parts: readonly Tensor[]) => {
      const made = call
        .body(
          "body",
          [...state, ...parts].map((tensor, i) => ({ type: call.type(i), tensor })),
        )
        .map(tensorOf);
      return { carry: made.slice(0, carried), outputs: made.slice(carried) };
    },
    {
      init: Array.from({ length: carried }, (_, i) => call.x(i)),
      inputs: Array.from({ length: sequences }, (_, i) => call.x(carried + i)),
      reverse: reverse !== 0,
    },
  );
  return [...carry, ...outputs].map((tensor) => call.result(tensor, "float"));
};

export const scanOperators: Readonly<Record<string, Operator>> = { Scan: scanned };
