// Written by scripts/generate-instructions.mjs; not by hand.

/** Opcodes are below this. 0 is none, so that memory which was never written is no program. */
export const OPCODES: u32 = 66;

// program
export const END: u32 = 1;
export const ADVANCE: u32 = 2;
export const STOP_IF_NOT_FINITE: u32 = 3;
export const LOAD_ROW: u32 = 4;
export const CHECK_FINITE: u32 = 5;
export const LOOP: u32 = 6;

// gemm
export const GEMM: u32 = 7;
export const GEMM_MASKED: u32 = 8;
export const PEAK: u32 = 9;
export const DOT: u32 = 10;
export const AXPY: u32 = 11;

// conv
export const CONV2D: u32 = 12;
export const CONV2D_INPUT_GRAD: u32 = 13;
export const CONV2D_KERNEL_GRAD: u32 = 14;
export const CONV2D_GRAD: u32 = 15;
export const CONV2D_RELU_POOL: u32 = 16;
export const CONV2D_RELU_POOL_GRAD: u32 = 17;
export const IM2COL: u32 = 18;
export const COL2IM: u32 = 19;
export const MAX_POOL2D: u32 = 20;
export const MAX_POOL2D_GRAD: u32 = 21;
export const AVG_POOL2D: u32 = 22;
export const AVG_POOL2D_GRAD: u32 = 23;

// elementwise
export const FILL: u32 = 24;
export const ARANGE: u32 = 25;
export const TO_U32: u32 = 26;
export const COPY: u32 = 27;
export const UNARY: u32 = 28;
export const UNARY_GRAD: u32 = 29;
export const SCALE_SHIFT: u32 = 30;
export const BINARY: u32 = 31;
export const BINARY_ROWS: u32 = 32;
export const BINARY_COLS: u32 = 33;
export const DROPOUT: u32 = 34;
export const DROPOUT_RELU_GRAD: u32 = 35;
export const PERMUTE: u32 = 36;

// reduce
export const SUM_ROWS: u32 = 37;
export const SUM_COLS: u32 = 38;
export const SUM_SQUARES: u32 = 39;
export const SUM_ABS: u32 = 40;
export const MAX_COLS: u32 = 41;
export const SOFTMAX: u32 = 42;
export const SOFTMAX_GRAD: u32 = 43;
export const LOG_SUM_EXP: u32 = 44;
export const SOFTMAX_CROSS_ENTROPY: u32 = 45;
export const SOFTMAX_CROSS_ENTROPY_GRAD: u32 = 46;
export const SIGMOID_CROSS_ENTROPY: u32 = 47;
export const SIGMOID_CROSS_ENTROPY_GRAD: u32 = 48;
export const ACCURACY: u32 = 49;
export const BINARY_ACCURACY: u32 = 50;
export const ACCUMULATE: u32 = 51;

// optim
export const SGD: u32 = 52;
export const ADAGRAD: u32 = 53;
export const RMSPROP: u32 = 54;
export const ADADELTA: u32 = 55;
export const ADAM: u32 = 56;

// data
export const GATHER_U8: u32 = 57;
export const GATHER_F32: u32 = 58;
export const GATHER_U32: u32 = 59;
export const GATHER_LABELS_U8: u32 = 60;
export const GATHER_ROWS: u32 = 61;
export const SCATTER_ADD_ROWS: u32 = 62;

// map
export const MAP: u32 = 63;
export const SUM_PARTS: u32 = 64;

// random
export const PHILOX: u32 = 65;

// Functions of peak instructions.
export const PEAK_TWELVE: u32 = 0;
export const PEAK_THIRTEEN: u32 = 1;
export const PEAK_EIGHT: u32 = 2;
export const PEAK_PAIRS: u32 = 3;

// Functions of unary instructions.
export const UNARY_NEG: u32 = 0;
export const UNARY_ABS: u32 = 1;
export const UNARY_SQUARE: u32 = 2;
export const UNARY_SQRT: u32 = 3;
export const UNARY_EXP: u32 = 4;
export const UNARY_LOG: u32 = 5;
export const UNARY_RELU: u32 = 6;
export const UNARY_LEAKY_RELU: u32 = 7;
export const UNARY_ELU: u32 = 8;
export const UNARY_SIGMOID: u32 = 9;
export const UNARY_TANH: u32 = 10;
export const UNARY_RECIPROCAL: u32 = 11;
export const UNARY_SIGN: u32 = 12;

// Functions of binary instructions.
export const BINARY_ADD: u32 = 0;
export const BINARY_SUB: u32 = 1;
export const BINARY_MUL: u32 = 2;
export const BINARY_DIV: u32 = 3;
export const BINARY_MAX: u32 = 4;
export const BINARY_MIN: u32 = 5;

// Functions of map instructions.
export const MAP_COPY: u32 = 0;
export const MAP_NEG: u32 = 1;
export const MAP_ABS: u32 = 2;
export const MAP_SIGN: u32 = 3;
export const MAP_SQUARE: u32 = 4;
export const MAP_SQRT: u32 = 5;
export const MAP_RSQRT: u32 = 6;
export const MAP_RECIPROCAL: u32 = 7;
export const MAP_EXP: u32 = 8;
export const MAP_EXPM1: u32 = 9;
export const MAP_LOG: u32 = 10;
export const MAP_LOG1P: u32 = 11;
export const MAP_ERF: u32 = 12;
export const MAP_SIN: u32 = 13;
export const MAP_COS: u32 = 14;
export const MAP_TANH: u32 = 15;
export const MAP_SIGMOID: u32 = 16;
export const MAP_RELU: u32 = 17;
export const MAP_FLOOR: u32 = 18;
export const MAP_CEIL: u32 = 19;
export const MAP_ROUND: u32 = 20;
export const MAP_NOT: u32 = 21;
export const MAP_CONVERT: u32 = 22;
export const MAP_ADD: u32 = 23;
export const MAP_SUB: u32 = 24;
export const MAP_MUL: u32 = 25;
export const MAP_DIV: u32 = 26;
export const MAP_MAX: u32 = 27;
export const MAP_MIN: u32 = 28;
export const MAP_LT: u32 = 29;
export const MAP_LE: u32 = 30;
export const MAP_GT: u32 = 31;
export const MAP_GE: u32 = 32;
export const MAP_EQ: u32 = 33;
export const MAP_NE: u32 = 34;
export const MAP_AND: u32 = 35;
export const MAP_OR: u32 = 36;
export const MAP_WHERE: u32 = 37;
export const MAP_MADD: u32 = 38;
export const MAP_MSUB: u32 = 39;
export const MAP_NMADD: u32 = 40;
export const MAP_MUL_MUL: u32 = 41;
export const MAP_ADD_MUL: u32 = 42;
export const MAP_SUB_MUL: u32 = 43;
export const MAP_CONSTANT: u32 = 44;
export const MAP_SPLAT: u32 = 45;
export const MAP_IOTA: u32 = 46;
export const MAP_REPEAT: u32 = 47;
export const MAP_SPREAD: u32 = 48;
export const MAP_SUM_ROW: u32 = 49;
export const MAP_DOT_ROW: u32 = 50;
export const MAP_MAX_ROW: u32 = 51;
export const MAP_ROW_SUM: u32 = 52;
export const MAP_ROW_DOT: u32 = 53;
