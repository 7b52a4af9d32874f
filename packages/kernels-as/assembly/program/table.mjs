// The words in which a family's `instructions.mjs` describes its instructions. scripts/generate-instructions.mjs reads the rows and writes
// opcodes, dispatch, argument types, operand tables and costs, so that no fact about an instruction is stated twice.
//
// A row:
//   doc      what it computes, as its callers read it
//   args     the arguments in the order of their words: operands, sizes and scalars (below)
//   check    optional: what is wrong with the sizes, as a sentence, or undefined; an expression for TypeScript
//   split    how the threads share the work: `over`, `once` or `itself` (below)
//   cost     multiply-adds, an expression for TypeScript; a single operation on an element counts a half
//   from     the file of the kernel, below assembly/
//   kernel   the call of it, an expression for AssemblyScript
//   core     optional: false for what networks of dense layers do not run. It is in the full binary and not in the core one.
//
// Expressions name arguments by their names. TypeScript's may also use `args` (all of them), `threads`, and `memory.word(address, i = 0)`, the i-th
// u32 there; AssemblyScript's `begin` and `end` (the share of an `over`), `thread` and `threads`, `words(a)`, the address at which argument
// a itself lies, and `Struct(a)` for a struct of the family whose fields are the arguments from a on. Functions that neither `from` nor the
// language has are listed by the family: `helpers` for AssemblyScript, `functions` for TypeScript.

/**
 * Operands are byte addresses of `elements` elements (an expression) of a type. An input is not written; an output is written whole and not
 * read; an update may be read, and keep what it has. `first`: by how many elements the range begins ahead of the address (an expression, 0
 * or less).
 */
export const input = (elements, type = "f32", first) => operand("input", elements, type, first);
export const output = (elements, type = "f32") => operand("output", elements, type);
export const update = (elements, type = "f32") => operand("update", elements, type);
/** Bytes at a multiple of 64 that hold nothing before and nothing after. */
export const scratch = (bytes) => operand("scratch", bytes, "u8");
/** An operand that is not wanted when its address is 0. */
export const optional = (one) => ({ ...one, optional: true });

const operand = (role, elements, type, first) => ({ kind: "p", role, elements: String(elements), type, first });

/** Data of the program's own, given as a Uint32Array: the argument becomes its address. */
export const data = { kind: "d" };
export const size = { kind: "u" };
/** 0 or 1. */
export const flag = { kind: "u", flag: true };
export const signed = { kind: "i" };
export const scalar = { kind: "f" };
/** One of the functions that the family lists under this name in `kinds`. */
export const kindOf = (kinds) => ({ kind: kinds });

/** The grain of a cache line, as program/constants.ts has it. */
export const LINE = "LINE";

/** Every thread gets a share [begin, end) of `count` things (an expression for AssemblyScript) in whole grains. */
export const over = (count, grain = 1) => ({ count, grain });
/** Thread 0 does it. */
export const once = "once";
/** The kernel splits its work, given thread and threads. */
export const itself = "itself";
