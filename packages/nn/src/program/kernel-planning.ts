import {
  chooseConv2dAlgorithm,
  conv2dScratchBytes,
  type Engine,
  gemmScratchBytes,
  isShortGemm,
  masksInPlace,
  poolsInConv2d,
} from "@loam/kernels-as";
import type { KernelPlanning } from "../graph/op.js";

/** What the kernels of an engine want to know beforehand: which algorithm a shape takes, and how much working space. */
export function kernelPlanning({ threads, precision }: Engine): KernelPlanning {
  return {
    threads,
    gemmScratchBytes: (sizes) => gemmScratchBytes(sizes, threads),
    masksInside: isShortGemm,
    masksInPlace,
    conv2d: (geometry, pass) => {
      const algorithm = chooseConv2dAlgorithm(pass, geometry, precision);
      return { algorithm, scratchBytes: conv2dScratchBytes(pass, geometry, algorithm, threads) };
    },
    poolsInside: (geometry, pass) => poolsInConv2d(pass, geometry, precision),
  };
}
