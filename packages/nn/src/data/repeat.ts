/** The values as often, one time behind the other: what belongs to copies of samples. */
export function repeat<T extends Uint8Array | Uint32Array | Float32Array>(values: T, times: number): T {
  const Type = values.constructor as new (length: number) => T;
  const all = new Type(values.length * times);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}
