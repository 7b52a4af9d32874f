// Written by scripts/generate-instructions.mjs; not by hand.
// How a map's code lies in memory. scripts/generate-instructions.mjs copies this file for TypeScript.

/** Elements that a block holds at most: a few registers of this size stay in the first cache. */
export const BLOCK = 1024;
/** Rows that `row_sum` adds in f32 before their sum is carried on in float64, as in `sum_rows`, whose bits it has where float32 holds their sum. */
export const PART_ROWS = 32;
/** Operands of each kind that an instruction has room for. */
export const INPUTS = 12;
export const OUTPUTS = 8;

/** Words ahead of the registers: their number, the rows and columns of a block, whether blocks are independent, groups of operations. */
export const HEADER_WORDS = 5;
/** Words of a register: where it lies, its offset or operand, and bytes from row to row, from column to column, and a turn of the loop. */
export const REGISTER_WORDS = 5;
/** Words of an operation: primitive, result, first and second operand; third operand and extent; a number. */
export const OPERATION_WORDS = 3;

// Where a register lies.
export const IN_SCRATCH = 0;
export const IN_INPUT = 1;
export const IN_OUTPUT = 2;

// How many elements an operation has.
export const FULL = 0;
export const ROW = 1;
export const COLUMN = 2;
export const SCALAR = 3;

/** Copies of a number that stand for a vector of any length: what the loops take in a turn. */
export const COPIES = 16;
