/**
 * The f32 at `table` in all four lanes: how constants enter a loop.
 *
 * V8 builds a v128 constant anew at every use from a 64-bit immediate, three instructions, also within loops; a broadcast from memory is
 * one. The tables are static data below the first free address: every instance writes the same bytes there.
 */
// @ts-ignore: decorator
@inline
export function constant(table: usize, offset: usize): v128 {
  return v128.load32_splat(table + offset);
}
