import {
  FULL,
  HEADER_WORDS,
  OPERATION_WORDS,
  PART_ROWS,
  REGISTER_WORDS,
  ROW,
  SCALAR,
} from "../constants/map.gen.js";
import type { InstructionTable } from "./instructions.gen.js";

type MapArguments = Omit<InstructionTable["map"], "code">;

/** How many elements operand `slot` has, whose extent is two bits of `extents`. A scalar output is partial sums of `partRows` rows, in two halves. */
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
  return partRows === 0 ? 1 : 2 * Math.ceil(rows / partRows) * cols;
}

export function mapFault({ partRows, share }: MapArguments): string | undefined {
  if (partRows > PART_ROWS) return `expected at most ${PART_ROWS} rows a part, got ${partRows}`;
  return share % 64 === 0 ? undefined : `expected a multiple of 64 bytes of scratch, got ${share}`;
}

/** Half a multiply-add an operation and element, as everywhere; what is done once ahead of the blocks counts as if it were done in each. */
export function mapCost({ code, rows, cols }: InstructionTable["map"]): number {
  const [registers = 0, , , , groups = 0] = code;
  const operations = (code.length - HEADER_WORDS - registers * REGISTER_WORDS - groups) / OPERATION_WORDS;
  return (operations * rows * cols) / 2;
}
