import { convGradients } from "./conv-gradients.js";
import { convReluPool } from "./conv-relu-pool.js";
import { crossEntropy } from "./cross-entropy.js";
import { epilogue } from "./epilogue.js";
import type { Fusion } from "./fusion.js";
import { maskedGradient } from "./masked-gradient.js";
import { poolGradient } from "./pool-gradient.js";

/** The rules by the order in which they are tried at each tensor: of two with one root, the one that takes more in comes first. */
export const fusions: readonly Fusion[] = [
  convReluPool,
  convGradients,
  epilogue,
  poolGradient,
  maskedGradient,
  crossEntropy,
];
