export { type Body, type BodyOptions, bodyOf } from "./body-of.js";
export { type FeaturesOptions, features } from "./features.js";
export { foldBatchNorm } from "./fold-batch-norm.js";
export { KNeighbors, type KNeighborsOptions, type Neighborhood, type NeighborLabel } from "./k-neighbors.js";
