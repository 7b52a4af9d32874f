/** A convolution as it was computed: all that one number of its output is made of. */
export interface Convolution {
  /** What came in: [channels, height, width]. */
  readonly input: Float32Array;
  readonly inputShape: readonly [channels: number, height: number, width: number];
  /** [filters, channels, kernelHeight, kernelWidth]. */
  readonly kernel: Float32Array;
  readonly kernelShape: readonly [filters: number, channels: number, height: number, width: number];
  /** One a filter; none where the layer has none. */
  readonly bias: Float32Array | undefined;
  readonly stride: readonly [down: number, across: number];
  readonly padding: readonly [top: number, left: number];
}

/** One input channel's share of an output: the window under the filter, and the sum of their products. */
export interface ChannelSum {
  readonly window: Float32Array;
  readonly filter: Float32Array;
  readonly sum: number;
}

export interface WindowSum {
  readonly channels: readonly ChannelSum[];
  readonly bias: number;
  /** Σ window × filter over all channels, plus the bias. */
  readonly total: number;
  /** The window's place in the input, which may begin before it where there is padding. */
  readonly top: number;
  readonly left: number;
}

/** Takes an output of a convolution, at [filter, row, column], apart. Outside the input the window is 0. */
export function windowSum(of: Convolution, filter: number, row: number, column: number): WindowSum {
  const [channels, height, width] = of.inputShape;
  const [, , kernelHeight, kernelWidth] = of.kernelShape;
  const size = kernelHeight * kernelWidth;
  const top = row * of.stride[0] - of.padding[0];
  const left = column * of.stride[1] - of.padding[1];
  const parts = Array.from({ length: channels }, (_, channel): ChannelSum => {
    const start = (filter * channels + channel) * size;
    const weights = of.kernel.slice(start, start + size);
    const window = Float32Array.from({ length: size }, (_, i) => {
      const y = top + Math.floor(i / kernelWidth);
      const x = left + (i % kernelWidth);
      const isInside = y >= 0 && x >= 0 && y < height && x < width;
      return isInside ? of.input[(channel * height + y) * width + x]! : 0;
    });
    return {
      window,
      filter: weights,
      sum: window.reduce((sum, value, i) => sum + value * weights[i]!, 0),
    };
  });
  const bias = of.bias?.[filter] ?? 0;
  return { channels: parts, bias, total: parts.reduce((sum, part) => sum + part.sum, bias), top, left };
}
