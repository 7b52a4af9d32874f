export { evaluateReference } from "./evaluate.js";
export type { Reference, ReferenceArray } from "./reference.js";
export { references } from "./references.js";
