// What of this family leaves the module.
export { axpy_f32 } from "./axpy";
export { dot_f32 } from "./dot";
export { gemm_f32 } from "./driver";
export { peak_f32 } from "./peak";
export { gemm_f32_scratch_bytes } from "./plan";
