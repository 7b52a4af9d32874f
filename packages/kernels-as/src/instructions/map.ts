import { FULL, PART_ROWS, ROW, SCALAR } from "../constants/map.gen.js";
import type { InstructionTable } from "./instructions.gen.js";

type MapArguments = Omit<InstructionTable["map"], "code">;

/** How many elements operand `slot` has, whose extent is two bits of `extents`. A scalar output is partial sums of `partRows` rows. */
export function mapOperand(
  { rows, cols }: MapArguments,
  extents: number,
  slot: number,
  partRows: number,
): number {
  const extent = (extents >>> (2 * slot)) & 3;
  if (extent === FULL) return rows * cols;
  if (extent === ROW) return cols;
  if (extent !== SCALAR) return rows;
  return partRows === 0 ? 1 : Math.ceil(rows / partRows) * cols;
}

export function mapFault({ partRows, share }: MapArguments): string | undefined {
  if (partRows > PART_ROWS) return `expected at most ${PART_ROWS} rows a part, got ${partRows}`;
  return share % 64 === 0 ? undefined : `expected a multiple of 64 bytes of scratch, got ${share}`;
}
