// How a map's code lies in memory. scripts/generate-instructions.mjs copies this file for TypeScript.

/** Elements that a block holds at most: a few registers of this size stay in the first cache. */
export const BLOCK: u32 = 1024;
/** Rows that `row_sum` adds in f32 before their sum is carried on in float64, as in `sum_rows`, whose bits it has where float32 holds their sum. */
export const PART_ROWS: u32 = 32;
/** Operands of each kind that an instruction has room for. */
export const INPUTS: u32 = 12;
export const OUTPUTS: u32 = 8;

/** Words ahead of the registers: their number, the rows and columns of a block, whether blocks are independent, groups of operations. */
export const HEADER_WORDS: u32 = 5;
/** Words of a register: where it lies, its offset or operand, and bytes from row to row, from column to column, and a turn of the loop. */
export const REGISTER_WORDS: u32 = 5;
/** Words of an operation: primitive, result, first and second operand; third operand and extent; a number. */
export const OPERATION_WORDS: u32 = 3;

// Where a register lies.
export const IN_SCRATCH: u32 = 0;
export const IN_INPUT: u32 = 1;
export const IN_OUTPUT: u32 = 2;

// How many elements an operation has.
export const FULL: u32 = 0;
export const ROW: u32 = 1;
export const COLUMN: u32 = 2;
export const SCALAR: u32 = 3;

/** Copies of a number that stand for a vector of any length: what the loops take in a turn. */
export const COPIES: u32 = 16;
