import { hwio, nhwc } from "../../graph/layout.js";
import type { Tensor } from "../../graph/tensor.js";
import { conv2dGeometry } from "../../ops/conv2d.js";
import { maxPool2dOp } from "../../ops/max-pool2d.js";
import { overwritesNothing } from "../step.js";
import { defineFusion } from "./fusion.js";
import { poolBehindConv } from "./pool-behind-conv.js";

/** A convolution, its bias, ReLU and the 2x2 maximum pooling behind them: the convolution's output never exists in memory. */
export const convReluPool = defineFusion({
  name: "convReluPool",
  roots: [maxPool2dOp],
  pattern: poolBehindConv,
  when: () => true,
  absorbs: ({ conv, added, activated }) => [conv, added, activated],
  step: ({ conv, bias, pooled: node }) => {
    const [x, w] = conv.inputs as [Tensor, Tensor];
    const places = node.node.outputs[1]!;
    return {
      node,
      reads: [x, w, bias],
      alsoWrites: [places],
      overwrites: overwritesNothing,
      layout: () => ({
        inputs: [nhwc(x.shape), hwio(w.shape), undefined],
        output: nhwc(node.shape),
        also: [nhwc(node.shape)],
      }),
      lower: ({ emit, y, ys, x: [xAt, wAt, biasAt], planning, scratch }) => {
        const geometry = conv2dGeometry(conv);
        const { algorithm, scratchBytes } = planning.conv2d(geometry, "forward");
        emit("conv2d_relu_pool", {
          x: xAt!,
          w: wAt!,
          bias: biasAt!,
          y,
          argmax: ys[1]!,
          ...geometry,
          algorithm,
          scratch: scratch(scratchBytes),
        });
      },
    };
  },
});
