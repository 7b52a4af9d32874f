// By itself, so that what a model file brings along lazily is no entry's own module.
export { OnnxGraph } from "./onnx-graph.js";
