// Instructions of the gemm family: see src/instructions/gemm.ts.
import { gemm_f32, gemm_masked_f32 } from "../gemm/driver";
import { peak_f32 } from "../gemm/peak";
import { arg_u } from "./arguments";
import { GEMM, GEMM_MASKED, PEAK } from "./opcodes";

export function dispatch_gemm(op: u32, at: usize, thread: u32, threads: u32): void {
  if (op == GEMM) {
    gemm_f32(
      arg_u(at, 2), arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), arg_u(at, 6),
      arg_u(at, 7), arg_u(at, 8), arg_u(at, 9), arg_u(at, 10) != 0, arg_u(at, 11) != 0, arg_u(at, 12) != 0, arg_u(at, 13),
      arg_u(at, 14), arg_u(at, 15), arg_u(at, 16), arg_u(at, 17), arg_u(at, 18), thread, threads,
    );
  } else if (op == GEMM_MASKED) {
    gemm_masked_f32(
      arg_u(at, 2), arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), arg_u(at, 6), arg_u(at, 7),
      arg_u(at, 8), arg_u(at, 9), arg_u(at, 10), arg_u(at, 11) != 0, arg_u(at, 12) != 0, arg_u(at, 13), thread, threads,
    );
  } else if (op == PEAK) {
    f32.store(arg_u(at, 0) + (thread << 6), peak_f32(arg_u(at, 1), arg_u(at, 2)));
  }
}
