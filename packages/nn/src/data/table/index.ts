export { type HeldOut, holdOut } from "../hold-out.js";
export { drawSamples } from "../sample-dataset.js";
export { describeColumn, describeTable, showNumber } from "./describe-table.js";
export {
  COLUMN_TYPES,
  type ColumnFinding,
  type ColumnType,
  type FindColumnsOptions,
  findColumns,
  rowNames,
} from "./find-columns.js";
export {
  type FoundTask,
  findTask,
  hasLabelAndPixels,
  outputsOf,
  type TaskKind,
  usualTarget,
} from "./find-task.js";
export type { NumberScaling } from "./fit-columns.js";
export { distinctNames } from "./header.js";
export { labelAnswer } from "./labels.js";
export { readNumber } from "./number-format.js";
export { type PredictsRows, predictRows, type RowPrediction, type RowPredictions } from "./predict-rows.js";
export {
  parseTable,
  type ReadTableOptions,
  raggedRow,
  readTable,
  type TableSource,
} from "./read-table.js";
export { isEmpty, listNames, type Table, type TextColumn } from "./table.js";
export {
  type FittedTable,
  fitTable,
  type TableDataset,
  type TableDatasetOptions,
  tableDataset,
} from "./table-dataset.js";
export { type UnderstandOptions, type UnderstoodTable, understandTable } from "./understand-table.js";
export {
  type KnowsTables,
  knownColumns,
  type LabelledTable,
  labelledTable,
  rowLabels,
  type TableInputs,
  type TableLabels,
  tableInputs,
  targetNames,
} from "./use-table.js";
