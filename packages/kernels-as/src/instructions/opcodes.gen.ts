// Written by scripts/generate-instructions.mjs; not by hand.

/** Opcodes are below this. 0 is none, so that memory which was never written is no program. */
export const OPCODES = 66;

// program
export const END = 1;
export const ADVANCE = 2;
export const STOP_IF_NOT_FINITE = 3;
export const LOAD_ROW = 4;
export const CHECK_FINITE = 5;
export const LOOP = 6;

// gemm
export const GEMM = 7;
export const GEMM_MASKED = 8;
export const PEAK = 9;
export const DOT = 10;
export const AXPY = 11;

// conv
export const CONV2D = 12;
export const CONV2D_INPUT_GRAD = 13;
export const CONV2D_KERNEL_GRAD = 14;
export const CONV2D_GRAD = 15;
export const CONV2D_RELU_POOL = 16;
export const CONV2D_RELU_POOL_GRAD = 17;
export const IM2COL = 18;
export const COL2IM = 19;
export const MAX_POOL2D = 20;
export const MAX_POOL2D_GRAD = 21;
export const AVG_POOL2D = 22;
export const AVG_POOL2D_GRAD = 23;

// elementwise
export const FILL = 24;
export const ARANGE = 25;
export const TO_U32 = 26;
export const COPY = 27;
export const UNARY = 28;
export const UNARY_GRAD = 29;
export const SCALE_SHIFT = 30;
export const BINARY = 31;
export const BINARY_ROWS = 32;
export const BINARY_COLS = 33;
export const DROPOUT = 34;
export const DROPOUT_RELU_GRAD = 35;
export const PERMUTE = 36;

// reduce
export const SUM_ROWS = 37;
export const SUM_COLS = 38;
export const SUM_SQUARES = 39;
export const SUM_ABS = 40;
export const MAX_COLS = 41;
export const SOFTMAX = 42;
export const SOFTMAX_GRAD = 43;
export const LOG_SUM_EXP = 44;
export const SOFTMAX_CROSS_ENTROPY = 45;
export const SOFTMAX_CROSS_ENTROPY_GRAD = 46;
export const SIGMOID_CROSS_ENTROPY = 47;
export const SIGMOID_CROSS_ENTROPY_GRAD = 48;
export const ACCURACY = 49;
export const BINARY_ACCURACY = 50;
export const ACCUMULATE = 51;

// optim
export const SGD = 52;
export const ADAGRAD = 53;
export const RMSPROP = 54;
export const ADADELTA = 55;
export const ADAM = 56;

// data
export const GATHER_U8 = 57;
export const GATHER_F32 = 58;
export const GATHER_U32 = 59;
export const GATHER_LABELS_U8 = 60;
export const GATHER_ROWS = 61;
export const SCATTER_ADD_ROWS = 62;

// map
export const MAP = 63;
export const SUM_PARTS = 64;

// random
export const PHILOX = 65;

// Functions of peak instructions.
export const PEAK_TWELVE = 0;
export const PEAK_THIRTEEN = 1;
export const PEAK_EIGHT = 2;
export const PEAK_PAIRS = 3;

// Functions of unary instructions.
export const UNARY_NEG = 0;
export const UNARY_ABS = 1;
export const UNARY_SQUARE = 2;
export const UNARY_SQRT = 3;
export const UNARY_EXP = 4;
export const UNARY_LOG = 5;
export const UNARY_RELU = 6;
export const UNARY_LEAKY_RELU = 7;
export const UNARY_ELU = 8;
export const UNARY_SIGMOID = 9;
export const UNARY_TANH = 10;
export const UNARY_RECIPROCAL = 11;
export const UNARY_SIGN = 12;

// Functions of binary instructions.
export const BINARY_ADD = 0;
export const BINARY_SUB = 1;
export const BINARY_MUL = 2;
export const BINARY_DIV = 3;
export const BINARY_MAX = 4;
export const BINARY_MIN = 5;

// Functions of map instructions.
export const MAP_COPY = 0;
export const MAP_NEG = 1;
export const MAP_ABS = 2;
export const MAP_SIGN = 3;
export const MAP_SQUARE = 4;
export const MAP_SQRT = 5;
export const MAP_RSQRT = 6;
export const MAP_RECIPROCAL = 7;
export const MAP_EXP = 8;
export const MAP_EXPM1 = 9;
export const MAP_LOG = 10;
export const MAP_LOG1P = 11;
export const MAP_ERF = 12;
export const MAP_SIN = 13;
export const MAP_COS = 14;
export const MAP_TANH = 15;
export const MAP_SIGMOID = 16;
export const MAP_RELU = 17;
export const MAP_FLOOR = 18;
export const MAP_CEIL = 19;
export const MAP_ROUND = 20;
export const MAP_NOT = 21;
export const MAP_CONVERT = 22;
export const MAP_ADD = 23;
export const MAP_SUB = 24;
export const MAP_MUL = 25;
export const MAP_DIV = 26;
export const MAP_MAX = 27;
export const MAP_MIN = 28;
export const MAP_LT = 29;
export const MAP_LE = 30;
export const MAP_GT = 31;
export const MAP_GE = 32;
export const MAP_EQ = 33;
export const MAP_NE = 34;
export const MAP_AND = 35;
export const MAP_OR = 36;
export const MAP_WHERE = 37;
export const MAP_MADD = 38;
export const MAP_MSUB = 39;
export const MAP_NMADD = 40;
export const MAP_MUL_MUL = 41;
export const MAP_ADD_MUL = 42;
export const MAP_SUB_MUL = 43;
export const MAP_CONSTANT = 44;
export const MAP_SPLAT = 45;
export const MAP_IOTA = 46;
export const MAP_REPEAT = 47;
export const MAP_SPREAD = 48;
export const MAP_SUM_ROW = 49;
export const MAP_DOT_ROW = 50;
export const MAP_MAX_ROW = 51;
export const MAP_ROW_SUM = 52;
export const MAP_ROW_DOT = 53;
