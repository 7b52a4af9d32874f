export { type CsvLogOptions, csvLog } from "./csv-log.js";
export { type ModelCheckpointOptions, modelCheckpoint } from "./model-checkpoint.js";
export { type TensorBoardOptions, tensorBoard } from "./tensor-board.js";
