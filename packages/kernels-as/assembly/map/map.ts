// Runs a map's code: operations over registers, block by block of a [rows, cols] view.
//
// A block is some whole rows, or a piece of one row where rows are long; either way its elements lie side by side. A register is an operand in
// memory, of which a block sees its own part, or a place in the thread's working space. The first group of operations makes what all blocks
// share (numbers, values that repeat in every row); the others run over each block. A long row goes through the second group piece by piece,
// then through the third, and so on: a sum along the row is whole when the next group begins.
import { share_begin, share_end } from "../program/arguments";
import { CORRUPT, FINISHED } from "../program/constants";
import * as op from "../program/opcodes.gen";
import {
  COLUMN,
  COPIES,
  FULL,
  HEADER_WORDS,
  IN_INPUT,
  IN_OUTPUT,
  OPERATION_WORDS,
  REGISTER_WORDS,
  ROW,
} from "./constants";
import { apply_f32 } from "./loops.gen";
import {
  add_products_f32,
  add_rows_f32,
  dot_each_row_f32,
  dot_piece_f32,
  iota_f32,
  max_each_row_f32,
  repeat_f32,
  spread_f32,
  splat_f32,
  sum_each_row_f32,
  sum_piece_f32,
} from "./rows";

/** Header words. */
const REGISTERS: usize = 0;
const BLOCK_ROWS: usize = 4;
const BLOCK_COLS: usize = 8;
const INDEPENDENT: usize = 12;
const GROUPS: usize = 16;

/** A register as the thread sees it: its address, and bytes a row, a column, and a turn of the loops. */
@unmanaged
class Register {
  base: usize = 0;
  row: usize = 0;
  column: usize = 0;
  step: usize = 0;
}
const REGISTER_BYTES: usize = 16;

// @ts-ignore: decorator
@inline
function register(table: usize, i: u32): Register {
  return changetype<Register>(table + <usize>(i & 255) * REGISTER_BYTES);
}

/** Where a register lies for the block that begins at row r, column c. */
// @ts-ignore: decorator
@inline
function place(one: Register, r: u32, c: u32): usize {
  return one.base + <usize>r * one.row + <usize>c * one.column;
}

/** The registers' addresses, at the beginning of the thread's working space. */
function resolve(code: usize, scratch: usize, inputs: usize, outputs: usize): void {
  const count = load<u32>(code, REGISTERS);
  let from = code + (HEADER_WORDS << 2);
  for (let i: u32 = 0; i < count; i++, from += REGISTER_WORDS << 2) {
    const to = register(scratch, i);
    const where = load<u32>(from);
    const what = load<u32>(from, 4);
    if (where == IN_INPUT) to.base = load<u32>(inputs + (<usize>what << 2));
    else if (where == IN_OUTPUT) to.base = load<u32>(outputs + (<usize>what << 2));
    else to.base = scratch + what;
    to.row = load<u32>(from, 8);
    to.column = load<u32>(from, 12);
    to.step = load<u32>(from, 16);
  }
}

/**
 * Runs one group over the block of k rows and w columns at (r, c) of a view with `cols` columns; `part` is the number of the partial sums that
 * the block belongs to, and `opens` says that it is their first.
 */
function run_group(
  at: usize,
  table: usize,
  r: u32,
  c: u32,
  k: u32,
  w: u32,
  cols: u32,
  part: u32,
  opens: bool,
  again: bool,
): void {
  const count = load<u32>(at);
  at += 4;
  for (let i: u32 = 0; i < count; i++, at += OPERATION_WORDS << 2) {
    const word = load<u32>(at);
    const more = load<u32>(at, 4);
    const kind = word & 255;
    const extent = more >> 8;
    // What has one element a row is the same for all pieces of it.
    if (again && extent == COLUMN) continue;
    const first = register(table, word >> 16);
    const y = place(register(table, word >> 8), r, c);
    const a = place(first, r, c);
    const n = extent == FULL ? k * w : extent == ROW ? w : extent == COLUMN ? k : COPIES;
    switch (kind) {
      case op.MAP_CONSTANT:
        splat_f32(y, load<f32>(at, 8));
        break;
      case op.MAP_SPLAT:
        splat_f32(y, load<f32>(a));
        break;
      case op.MAP_IOTA:
        iota_f32(y, c, n);
        break;
      case op.MAP_REPEAT:
        repeat_f32(y, a, k, w);
        break;
      case op.MAP_SPREAD:
        if (register(table, word >> 8).step == 0) splat_f32(y, load<f32>(a));
        else spread_f32(y, a, k, w);
        break;
      case op.MAP_SUM_ROW:
        if (w == cols) sum_each_row_f32(y, a, k, w, load<f32>(at, 8));
        else sum_piece_f32(y, a, w, load<f32>(at, 8), place(register(table, word >> 24), 0, 0), c == 0);
        break;
      case op.MAP_DOT_ROW: {
        const b = place(register(table, word >> 24), r, c);
        if (w == cols) dot_each_row_f32(y, a, b, k, w, load<f32>(at, 8));
        else dot_piece_f32(y, a, b, w, load<f32>(at, 8), place(register(table, more), 0, 0), c == 0);
        break;
      }
      case op.MAP_MAX_ROW:
        max_each_row_f32(y, a, k, w, c == 0);
        break;
      case op.MAP_ROW_SUM:
      case op.MAP_ROW_DOT: {
        const sums = y + ((part * cols) << 3);
        const over = sums + (cols << 2);
        if (kind == op.MAP_ROW_SUM) add_rows_f32(sums, over, a, k, w, opens);
        else add_products_f32(sums, over, a, place(register(table, word >> 24), r, c), k, w, opens);
        break;
      }
      default: {
        const second = register(table, word >> 24);
        const third = register(table, more);
        apply_f32(
          kind,
          y,
          a,
          place(second, r, c),
          place(third, r, c),
          first.step,
          second.step,
          third.step,
          n,
        );
      }
    }
  }
}

/** Whether every operation is one that this binary knows: seen by all threads alike, whether they have something to do or not. */
function is_known(code: usize): bool {
  let at = code + ((HEADER_WORDS + load<u32>(code, REGISTERS) * REGISTER_WORDS) << 2);
  for (let group: u32 = load<u32>(code, GROUPS); group > 0; group--) {
    let count = load<u32>(at);
    for (at += 4; count > 0; count--, at += OPERATION_WORDS << 2) {
      if (load<u8>(at) > <u8>op.MAP_ROW_DOT) return false;
    }
  }
  return true;
}

/**
 * A thread's share of a map. code: what planMap wrote; inputs, outputs: where the operands' addresses lie; partRows: rows of a partial sum, 0
 * without; scratch: the thread's own.
 * @returns FINISHED, or CORRUPT for code that this binary does not know.
 */
export function map_share(
  code: usize,
  rows: u32,
  cols: u32,
  partRows: u32,
  scratch: usize,
  inputs: usize,
  outputs: usize,
  thread: u32,
  threads: u32,
): u32 {
  if (!is_known(code)) return CORRUPT;
  const blockRows = load<u32>(code, BLOCK_ROWS);
  const blockCols = load<u32>(code, BLOCK_COLS);
  const independent = load<u32>(code, INDEPENDENT);
  const groups = load<u32>(code, GROUPS);
  const pieces = max((cols + blockCols - 1) / blockCols, 1);
  // A unit is what one thread does whole: a block where blocks know nothing of each other, else a partial sum's rows, or a block's.
  const unitRows = partRows ? partRows : blockRows;
  const strips = (rows + unitRows - 1) / unitRows;
  const units = independent ? strips * pieces : strips;
  const begin = share_begin(units, 1, thread, threads);
  const end = share_end(units, 1, thread, threads);
  if (begin == end) return FINISHED;

  resolve(code, scratch, inputs, outputs);
  const first = code + ((HEADER_WORDS + load<u32>(code, REGISTERS) * REGISTER_WORDS) << 2);
  run_group(first, scratch, 0, 0, blockRows, cols, cols, 0, false, false);
  const body = first + 4 + ((load<u32>(first) * OPERATION_WORDS) << 2);
  for (let unit = begin; unit < end; unit++) {
    if (independent) {
      const r = (unit / pieces) * blockRows;
      const c = (unit % pieces) * blockCols;
      const k = min(blockRows, rows - r);
      const w = min(blockCols, cols - c);
      run_group(body, scratch, r, c, k, w, cols, 0, false, false);
      continue;
    }
    const last = min((unit + 1) * unitRows, rows);
    for (let r = unit * unitRows; r < last; r += blockRows) {
      const k = min(blockRows, last - r);
      let group = body;
      for (let g: u32 = 1; g < groups; g++) {
        for (let piece: u32 = 0, c: u32 = 0; piece < pieces; piece++, c += blockCols) {
          const w = min(blockCols, cols - c);
          run_group(group, scratch, r, c, k, w, cols, unit, r == unit * unitRows, piece > 0);
        }
        group += 4 + ((load<u32>(group) * OPERATION_WORDS) << 2);
      }
    }
  }
  return FINISHED;
}
