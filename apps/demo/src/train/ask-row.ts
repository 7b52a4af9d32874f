export { predictRows } from "@loam/nn/data/table";
