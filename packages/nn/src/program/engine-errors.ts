import { EngineError, MemoryError } from "@loam/kernels-as";
import { PlatformError } from "../errors.js";

/** The engine's errors as this package's, with their codes; any other error as it is. */
export function asLoamError(error: unknown): unknown {
  if (!(error instanceof EngineError || error instanceof MemoryError)) return error;
  return new PlatformError(error.code, `${error.message}.`, { cause: error });
}
