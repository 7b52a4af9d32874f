import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "../ops/elementwise.js";
import { max } from "../ops/extremes.js";
import { reshape } from "../ops/reshape.js";
import type { CallContext } from "./context.js";
import { GlobalPool1d } from "./global-pool1d.js";
import type { LayerOptions } from "./layer.js";

/** Below all that features are. */
const LOW = -1e9;

const lowered = elementwise("lowerMasked", ["x", "there"], ({ x, there }) => there.ne(0).where(x, LOW));

/**
 * The greatest of each feature over the steps: x [batch, steps, features] → y [batch, features]. Applied to `[x, mask]`, with a mask [batch, steps]
 * as `PaddingMask` makes it, over those where it is 1; −10⁹ where there is none.
 * @throws {ShapeError} `steps-input`
 */
export class GlobalMaxPool1d extends GlobalPool1d {
  readonly type = "GlobalMaxPool1d";

  constructor(options: LayerOptions = {}) {
    super(options);
    this.take(options, {});
  }

  override call(_: Tensor, { inputs }: CallContext): Tensor {
    const { x, mask } = this.sequenceOf(inputs);
    if (!mask) return max(x, { axes: [1] });
    const [batch, steps] = mask.shape as [number, number];
    return max(lowered(x, reshape(mask, [batch, steps, 1])), { axes: [1] });
  }
}
