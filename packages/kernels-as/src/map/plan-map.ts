import { BLOCK, COLUMN, FULL, INPUTS, OUTPUTS, PART_ROWS, ROW, SCALAR } from "../constants/map.gen.js";
import type { InstructionArguments, InstructionTable } from "../instructions/index.js";
import { type Cut, encodeMap } from "./encode.js";
import { normalize } from "./normalize.js";
import type { MapExtent, MapProgram } from "./program.js";
import { simplify } from "./simplify.js";

type Instruction = {
  readonly [K in "map" | "sum_parts"]: { readonly name: K; readonly args: InstructionArguments<K> };
}["map" | "sum_parts"];

/** Where a map's operands lie: byte addresses. */
export interface MapPlaces {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly rowSums?: readonly number[];
  readonly scratch: number;
}

/** A map that is ready to be written once its operands have addresses. */
export interface MapPlan {
  /** Working space, at a multiple of 64. */
  readonly scratchBytes: number;
  /**
   * The instructions. An output may be an input of its own extent; other operands do not overlap outputs.
   * @throws {RangeError} where an output lies over something that is read for every row, or over a part of an input.
   */
  lower(places: MapPlaces): Instruction[];
}

/** Operands that one map can have. */
export const mapInputs: number = INPUTS;
/** Outputs that one map can have. */
export const mapOutputs: number = OUTPUTS;

const EXTENT: Readonly<Record<MapExtent, number>> = { full: FULL, row: ROW, column: COLUMN, scalar: SCALAR };
const lines = (bytes: number) => Math.ceil(bytes / 64) * 64;
/** The greatest power of 2 that is not above n ≥ 1, a 32-bit number. */
const powerBelow = (n: number) => 1 << (31 - Math.clz32(n));

/**
 * Plans a formula for so many threads. Its bits do not depend on their number.
 * @throws {RangeError} when it has more operands than an instruction has room for.
 */
export function planMap(program: MapProgram, threads: number): MapPlan {
  const { rowSums = [] } = program;
  const inputs = program.values.flatMap((value) => (value.kind === "input" ? [value] : []));
  if (inputs.length > INPUTS || program.outputs.length + rowSums.length > OUTPUTS) {
    throw new RangeError(
      `internal: a map has room for ${INPUTS} inputs and ${OUTPUTS} outputs, got ${inputs.length} and ${program.outputs.length + rowSums.length}`,
    );
  }
  const seen = normalize(simplify(program));
  const { rows, cols } = seen;
  const cut = cutOf(seen, threads);
  const parts = cut.partRows === 0 ? 0 : Math.ceil(rows / cut.partRows);
  const { share: bytes } = encodeMap(seen, cut, () => false);
  const share = lines(bytes);
  const partBytes = lines(8 * parts * cols);
  const extents = seen.values.flatMap((value) => (value.kind === "input" ? [value.extent] : []));
  return {
    scratchBytes: threads * share + rowSums.length * partBytes,
    lower(places) {
      const mayWrite = apart(program, places);
      const partials = rowSums.map((_, i) => places.scratch + threads * share + i * partBytes);
      const { code } = encodeMap(seen, cut, mayWrite);
      const map: InstructionTable["map"] = {
        ...{ code, rows, cols, share, scratch: places.scratch },
        partRows: cut.partRows,
        inExtents: packed(extents.map((extent) => EXTENT[extent])),
        outExtents: packed([
          ...seen.outputs.map(({ extent }) => EXTENT[extent]),
          ...rowSums.map(() => SCALAR),
        ]),
        ...(slots("in", INPUTS, places.inputs) as Pick<InstructionTable["map"], "in0">),
        ...(slots("out", OUTPUTS, [...places.outputs, ...partials]) as Pick<InstructionTable["map"], "out0">),
      } as InstructionTable["map"];
      const sums = rowSums.map(
        ({ scale = 1 }, i): Instruction => ({
          name: "sum_parts",
          args: { y: places.rowSums![i]!, parts: partials[i]!, count: parts, cols, scale },
        }),
      );
      return [{ name: "map", args: map }, ...sums];
    },
  };
}

/** Blocks of whole rows, or pieces of a row that is longer than a block. */
function cutOf({ rows, cols, rowSums = [] }: MapProgram, threads: number): Cut {
  const blockCols = Math.max(1, Math.min(cols, BLOCK));
  const most = cols > BLOCK ? 1 : powerBelow(BLOCK / blockCols);
  if (rowSums.length > 0) {
    return { blockRows: Math.min(most, PART_ROWS), blockCols, partRows: PART_ROWS };
  }
  return { blockRows: Math.max(1, Math.min(most, Math.ceil(rows / threads))), blockCols, partRows: 0 };
}

/** Two bits for each operand. */
function packed(extents: readonly number[]): number {
  return extents.reduce((word, extent, slot) => word | (extent << (2 * slot)), 0) >>> 0;
}

/** `name0` …, the addresses of what there is, and 0. */
function slots(name: string, count: number, addresses: readonly number[]): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}${i}`, addresses[i] ?? 0]));
}

/** Whether an output does not share memory with an input. @throws {RangeError} where they may not. */
function apart(program: MapProgram, { inputs, outputs }: MapPlaces) {
  const { rows, cols, values } = program;
  const sizes = { full: rows * cols, row: cols, column: rows, scalar: 1 };
  const operands = values.flatMap((value) => (value.kind === "input" ? [value.extent] : []));
  return (output: number, input: number): boolean => {
    const [to, from] = [outputs[output]!, inputs[input]!];
    const written = program.outputs[output]!.extent;
    const read = operands[input]!;
    if (to + 4 * sizes[written] <= from || from + 4 * sizes[read] <= to) return true;
    if (to === from && written === read) return false;
    throw new RangeError(
      `internal: output ${output} of a map lies over input ${input}, which is read after it is written`,
    );
  };
}
