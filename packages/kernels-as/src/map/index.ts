export { type MapPlaces, type MapPlan, mapInputs, mapOutputs, planMap } from "./plan-map.js";
export {
  arityOf,
  type MapExtent,
  type MapPrimitive,
  type MapProgram,
  type MapValue,
} from "./program.js";
