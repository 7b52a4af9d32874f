/** The constants of the program encoding: opcodes, the numbers of elementwise functions, the algorithms of a convolution. */
export { CONV_DIRECT, CONV_UNFOLDED, CONV_WINOGRAD_2, CONV_WINOGRAD_4 } from "../constants/conv.gen.js";
export { FLAG_BARRIER, INSTRUCTION_WORDS } from "../constants/program.gen.js";
export * from "./opcodes.gen.js";
