import type { Shape } from "../graph/shape.js";

/** Where element i of an array of shape `to` stands in one of shape `from` that is broadcast to it. */
export function placesIn(from: Shape, to: Shape): (i: number) => number {
  const sizes = to.map((_, axis) => from[axis - to.length + from.length] ?? 1);
  return (i) => {
    let rest = i;
    let place = 0;
    let stride = 1;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const index = rest % to[axis]!;
      rest = Math.floor(rest / to[axis]!);
      if (sizes[axis] !== 1) place += index * stride;
      stride *= sizes[axis]!;
    }
    return place;
  };
}
