// One list, two sides: imported by the interpreter here and copied by the build to src/generated/opcodes.ts.
// Untyped constants only, which both compilers accept. The high byte names the family.

// How an instruction lies in memory, in 32-bit words: opcode, flags, then arguments.
export const INSTRUCTION_WORDS = 32;
export const FLAG_BARRIER = 1;

// 0x00 control
export const END = 0x0000;
export const ADVANCE = 0x0001;
export const STOP_IF_NOT_FINITE = 0x0002;
export const CHECK_FINITE = 0x0003;
export const LOAD_F64 = 0x0004;

// 0x01 gemm
export const GEMM = 0x0100;
export const PEAK = 0x0101;
export const GEMM_MASKED = 0x0102;

// 0x02 conv
export const CONV2D = 0x0200;
export const CONV2D_INPUT_GRAD = 0x0201;
export const CONV2D_KERNEL_GRAD = 0x0202;
export const CONV2D_GRAD = 0x0203;
export const CONV2D_RELU_POOL = 0x0204;
export const CONV2D_RELU_POOL_GRAD = 0x0205;
export const IM2COL = 0x0208;
export const COL2IM = 0x0209;
export const MAX_POOL2D = 0x0210;
export const MAX_POOL2D_GRAD = 0x0211;
export const AVG_POOL2D = 0x0212;
export const AVG_POOL2D_GRAD = 0x0213;
// How a convolution is computed.
export const CONV_UNFOLDED = 0;
export const CONV_DIRECT = 1;
export const CONV_WINOGRAD_2 = 2;
export const CONV_WINOGRAD_4 = 3;

// 0x03 elementwise
export const FILL = 0x0300;
export const COPY = 0x0301;
export const UNARY = 0x0302;
export const UNARY_GRAD = 0x0303;
export const SCALE_SHIFT = 0x0304;
export const BINARY = 0x0305;
export const BINARY_ROWS = 0x0306;
export const BINARY_COLS = 0x0307;
export const DROPOUT = 0x0308;
export const DROPOUT_RELU_GRAD = 0x0309;
export const PERMUTE = 0x030a;

// kinds of UNARY and UNARY_GRAD
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

// kinds of BINARY, BINARY_ROWS and BINARY_COLS
export const BINARY_ADD = 0;
export const BINARY_SUB = 1;
export const BINARY_MUL = 2;
export const BINARY_DIV = 3;
export const BINARY_MAX = 4;
export const BINARY_MIN = 5;

// 0x04 reduce
export const SUM_ROWS = 0x0400;
export const SUM_COLS = 0x0401;
export const SUM_SQUARES = 0x0402;
export const SUM_ABS = 0x0403;
export const MAX_COLS = 0x0404;
export const SOFTMAX = 0x0405;
export const SOFTMAX_GRAD = 0x0406;
export const LOG_SUM_EXP = 0x0407;
export const SOFTMAX_CROSS_ENTROPY = 0x0410;
export const SOFTMAX_CROSS_ENTROPY_GRAD = 0x0411;
export const SIGMOID_CROSS_ENTROPY = 0x0412;
export const SIGMOID_CROSS_ENTROPY_GRAD = 0x0413;
export const ACCURACY = 0x0420;
export const BINARY_ACCURACY = 0x0421;
export const ACCUMULATE = 0x0422;

// 0x05 optim
export const SGD = 0x0500;
export const ADAGRAD = 0x0501;
export const RMSPROP = 0x0502;
export const ADADELTA = 0x0503;
export const ADAM = 0x0504;

// 0x06 data
export const GATHER_U8 = 0x0600;
export const GATHER_F32 = 0x0601;
export const GATHER_U32 = 0x0602;
export const GATHER_LABELS_U8 = 0x0603;
