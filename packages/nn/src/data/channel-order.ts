/** Which axis of pictures [n, a, b, c] holds the channels: `first` a, `last` c, or either. */
export type ChannelOrder = "first" | "last" | "either";

/**
 * Finds the channels by what pictures have: 1 or 3 (grey, colours), less often 2 or 4 (with alpha); where that does not tell, the axis
 * beside two equal sides. Nothing is guessed beyond that.
 */
export function channelOrder([, a = 0, b = 0, c = 0]: readonly number[]): ChannelOrder {
  // One channel on either side: the same bytes in both orders, taken as everything was before there was a choice.
  if (a === 1 && c === 1) return "first";
  const difference = likelihood(a) - likelihood(c);
  if (difference !== 0) return difference > 0 ? "first" : "last";
  if ((a === b) === (b === c)) return "either";
  return b === c ? "first" : "last";
}

function likelihood(channels: number): number {
  return channels === 1 || channels === 3 ? 2 : channels === 2 || channels === 4 ? 1 : 0;
}

/** [n, height, width, channels] → [n, channels, height, width]: a copy. */
export function channelsFirst<T extends Uint8Array | Float32Array>(data: T, shape: readonly number[]): T {
  const [n = 0, height = 0, width = 0, channels = 0] = shape;
  const pixels = height * width;
  const out = new (data.constructor as new (length: number) => T)(data.length);
  for (let picture = 0, from = 0; picture < n; picture++) {
    const to = picture * pixels * channels;
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let channel = 0; channel < channels; channel++) out[to + channel * pixels + pixel] = data[from++]!;
    }
  }
  return out;
}
