import { hwio, nhwc } from "../graph/layout.js";
import type { Tensor } from "../graph/tensor.js";
import { addBiasOp } from "../ops/add-bias.js";
import { conv2dGeometry, conv2dOp } from "../ops/conv2d.js";
import { type DropoutOptions, dropoutOp } from "../ops/dropout.js";
import { reluGradientOp, reluOp } from "../ops/relu.js";
import { type GraphUse, isAlone } from "./graph-use.js";
import { droppedBehind } from "./relu-gradient-fusion.js";
import type { Step } from "./step.js";

/** dropout(relu(addBias(conv2d))): dropped while the convolution's output is near. Nothing else may want to see that output whole. */
export function fuseConvReluDropout(node: Tensor, graph: GraphUse): Step | undefined {
  if (node.op !== dropoutOp) return undefined;
  const activated = node.inputs[0]!;
  const added = activated.inputs[0];
  const conv = added?.inputs[0];
  if (activated.op !== reluOp || added?.op !== addBiasOp || conv?.op !== conv2dOp) return undefined;
  // The gradient of the ReLU does not: it takes its mask from what is left.
  const takesMask = (user: Tensor) =>
    user.op === reluGradientOp && droppedBehind(user, graph)?.forward === node;
  const geometry = conv2dGeometry(conv);
  if (
    !graph.planning.dropsInside(geometry) ||
    graph.wanted.has(activated) ||
    !graph.users(activated).every((user) => user === node || takesMask(user)) ||
    !isAlone(added, graph) ||
    !isAlone(conv, graph)
  )
    return undefined;
  for (const inner of [conv, added, activated]) graph.absorbed.add(inner);
  const [x, w] = conv.inputs as [Tensor, Tensor];
  const { rate, stream } = node.attributes as unknown as DropoutOptions;
  return {
    node,
    reads: [x, w, added.inputs[1]!],
    alsoWrites: [],
    inPlace: undefined,
    layout: () => ({ inputs: [nhwc(x.shape), hwio(w.shape), undefined], output: nhwc(node.shape) }),
    lower: ({ emit, y, x: [xAt, wAt, biasAt], planning, scratch, words, constant }) =>
      emit("conv2d_relu_dropout", {
        x: xAt!,
        w: wAt!,
        bias: biasAt!,
        y,
        ...geometry,
        scratch: scratch(planning.conv2d(geometry, "forward").scratchBytes),
        rate: constant(rate),
        seed: words.seed,
        stream,
        step: words.step,
      }),
  };
}
