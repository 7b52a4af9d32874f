const SMALLEST_NORMAL = 2 ** -126;

/** Units in the last place between an f32 and what it should be; what is below the smallest normal number may be 0. */
export function ulps(got: number, want: number): number {
  if (got === want || Math.fround(want) === got || (Number.isNaN(got) && Number.isNaN(want))) return 0;
  if (Math.abs(want) < SMALLEST_NORMAL && Math.abs(got) < 2 * SMALLEST_NORMAL) return 0;
  return Math.abs(got - want) / 2 ** (Math.floor(Math.log2(Math.abs(want))) - 23);
}
