export { createEngine, startEngine } from "./create-engine.js";
export {
  type Engine,
  EngineError,
  type EngineOptions,
  type Precision,
  type RandomPlace,
  type RunResult,
} from "./engine.js";
export { type InstantiateOptions, instantiate, type Kernels } from "./instantiate.js";
export { argmaxBytes, type ConvGeometry, type WindowGeometry } from "./instructions/conv.js";
export {
  type Conv2dPass,
  chooseConv2dAlgorithm,
  conv2dScratchBytes,
  poolsInConv2d,
} from "./instructions/conv-plan.js";
export { costs } from "./instructions/costs.gen.js";
export {
  type GemmPath,
  type GemmShape,
  gemmPath,
  gemmScratchBytes,
  isShortGemm,
  masksInPlace,
  peakFlops,
} from "./instructions/gemm.js";
export {
  type ArgumentKind,
  type BinaryKind,
  binaryKinds,
  type InstructionArguments,
  type InstructionName,
  type InstructionTable,
  instructions,
  type PeakKind,
  type UnaryKind,
  unaryKinds,
} from "./instructions/index.js";
export { type OptimizerRange, optimizerTable } from "./instructions/optim.js";
export { instructionBytes, loopMoves } from "./loop.js";
export {
  arityOf,
  type MapExtent,
  type MapPlaces,
  type MapPlan,
  type MapPrimitive,
  type MapProgram,
  type MapValue,
  mapInputs,
  mapOutputs,
  planMap,
} from "./map/index.js";
export { KernelMemory } from "./memory.js";
export { MemoryError } from "./memory-error.js";
export { ProgramWriter } from "./program-writer.js";
export { philox4x32 } from "./random/philox.js";
export { cos, cosSmall, exp, expm1, log, pow, sin, sinSmall, tanh } from "./scalar/index.js";
