import { type Shape, sizeOf } from "../graph/shape.js";
import type { Fans } from "./initializer.js";

/**
 * Fans by a parameter's shape: a Dense kernel [inputs, units] has fanIn inputs and fanOut units; a Conv2d kernel
 * [filters, channels/groups, kh, kw] has channels/groups·kh·kw and filters·kh·kw. Of a vector both are its length, of a scalar 1.
 */
export function fansOf(shape: Shape): Fans {
  if (shape.length === 2) return { fanIn: shape[0]!, fanOut: shape[1]! };
  const [outputs = 1, inputs = outputs, ...window] = shape;
  const field = sizeOf(window);
  return { fanIn: inputs * field, fanOut: outputs * field };
}
