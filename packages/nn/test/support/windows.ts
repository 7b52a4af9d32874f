/** [height, width]. */
export type Pair = readonly [number, number];
/** [top, bottom, left, right]. */
export type Pads = readonly [number, number, number, number];

export interface WindowOptions {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Pads | "same";
}

/** An element of an image under a window: where it is, and at which place (u, v) of the window. */
export interface Place {
  readonly row: number;
  readonly col: number;
  readonly u: number;
  readonly v: number;
}

/** The pads of an image; "same" gives ⌈size/stride⌉ windows, an odd pad below and to the right. */
function padsOf(size: Pair, { kernelSize, stride, dilation, padding }: WindowOptions): Pads {
  if (padding !== "same") return padding;
  const [top, bottom, left, right] = [0, 1].flatMap((axis) => {
    const covered =
      (Math.ceil(size[axis]! / stride[axis]!) - 1) * stride[axis]! +
      reach(kernelSize[axis]!, dilation[axis]!);
    const total = Math.max(0, covered - size[axis]!);
    return [total >> 1, total - (total >> 1)];
  });
  return [top!, bottom!, left!, right!];
}

/** How many elements a window spans. */
function reach(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/** How many windows fit, down and across: those that end within the padded image, counted one by one. */
export function countWindows(size: Pair, options: WindowOptions): Pair {
  const pads = padsOf(size, options);
  const { kernelSize, stride, dilation } = options;
  const [down, across] = [0, 1].map((axis) => {
    const padded = size[axis]! + pads[2 * axis]! + pads[2 * axis + 1]!;
    let count = 0;
    while (count * stride[axis]! + reach(kernelSize[axis]!, dilation[axis]!) <= padded) count++;
    return count;
  });
  return [down!, across!];
}

/** Of each window, in row-major order, the elements of the image that it covers, in row-major order; padding is not among them. */
export function windows(size: Pair, options: WindowOptions): readonly (readonly Place[])[] {
  const [top, , left] = padsOf(size, options);
  const { kernelSize, stride, dilation } = options;
  const [down, across] = countWindows(size, options);
  const all: Place[][] = [];
  for (let i = 0; i < down; i++)
    for (let j = 0; j < across; j++) {
      const places: Place[] = [];
      for (let u = 0; u < kernelSize[0]; u++)
        for (let v = 0; v < kernelSize[1]; v++) {
          const row = i * stride[0] - top + u * dilation[0];
          const col = j * stride[1] - left + v * dilation[1];
          if (row >= 0 && row < size[0] && col >= 0 && col < size[1]) places.push({ row, col, u, v });
        }
      all.push(places);
    }
  return all;
}
