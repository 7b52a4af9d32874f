// Everything that leaves the module.
export { run_program } from "./program/interpreter";
export { set_barrier } from "./threads/barrier";
export { close_threads, run_threads, worker_loop } from "./threads/worker";
// Matrix products.
export { axpy_f32, dot_f32, gemm_f32, gemm_f32_scratch_bytes, peak_f32 } from "./gemm/index";
// Elementwise functions.
export { exp_f32 } from "./math/exp";
export { log_f32 } from "./math/log";
export { power_f64 } from "./math/power";
export { sigmoid_f32 } from "./math/sigmoid";
export { tanh_f32 } from "./math/tanh";
export { binary_cols_f32, binary_f32, binary_rows_f32 } from "./elementwise/binary";
export { dropout_f32, dropout_relu_grad_f32 } from "./elementwise/dropout";
export { copy_f32, fill_f32, scale_shift_f32 } from "./elementwise/linear";
export { permute_f32, permute_units } from "./elementwise/permute";
export { unary_f32, unary_grad_f32 } from "./elementwise/unary";
export { philox4x32_u32 } from "./random/philox";
// Sums, softmax, losses, figures.
export { max_cols_f32, sum_cols_f32, sum_rows_f32 } from "./reduce/matrix";
export { accumulate_f32, accuracy_f32, binary_accuracy_f32 } from "./reduce/metrics";
export { sigmoid_cross_entropy_f32, sigmoid_cross_entropy_grad_f32 } from "./reduce/sigmoid-cross-entropy";
export { log_sum_exp_f32, softmax_f32, softmax_grad_f32 } from "./reduce/softmax";
export { softmax_cross_entropy_f32, softmax_cross_entropy_grad_f32 } from "./reduce/softmax-cross-entropy";
export { sum_abs_f32, sum_f32, sum_squares_f32 } from "./reduce/sum";
// Updates of parameters.
export { adadelta_f32 } from "./optim/adadelta";
export { adagrad_f32 } from "./optim/adagrad";
export { adam_f32 } from "./optim/adam";
export { rmsprop_f32 } from "./optim/rmsprop";
export { sgd_f32 } from "./optim/sgd";
// Batches from data in memory.
export { gather_f32, gather_labels_u8, gather_u32, gather_u8 } from "./data/gather";
