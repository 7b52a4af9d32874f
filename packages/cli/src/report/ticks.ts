/** Round numbers, about `count` of them, inside [least, most]: multiples of 1, 2 or 5 times a power of ten. */
export function ticksOf(least: number, most: number, count: number): number[] {
  const rough = (most - least) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [least];
  const power = 10 ** Math.floor(Math.log10(rough));
  // The nearest of them on a logarithmic scale.
  const times = rough / power;
  const step =
    power * (times >= Math.sqrt(50) ? 10 : times >= Math.sqrt(10) ? 5 : times >= Math.SQRT2 ? 2 : 1);
  const first = Math.ceil(least / step - 1e-9);
  const last = Math.floor(most / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Whole numbers among them: epochs. */
export function wholeTicks(least: number, most: number, count: number): number[] {
  return ticksOf(least, most, count).filter(Number.isInteger);
}
