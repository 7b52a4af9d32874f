export { type MixUpOptions, mixUp } from "../mix-up.js";
export { type Cifar, cifarKind, loadCifar, readCifar } from "./cifar.js";
export {
  type ImageFolder,
  type ImageFolderOptions,
  imageFolder,
  isStreamedFolder,
  type PictureCache,
  pictureInputs,
  pictureSchema,
  type SkippedFile,
  type StreamableFolderOptions,
  type StreamedFolder,
} from "./image-folder.js";
export { type NpzDataset, readNpzDataset } from "./npz-dataset.js";
export { type PagePicture, pictureOfPage } from "./page-picture.js";
export { decodePicture, isGrey, isPicture, type Picture } from "./picture.js";
export type { PageFile, PictureFile } from "./picture-files.js";
export { PictureStream } from "./picture-stream.js";
export {
  type PicturePrediction,
  type PictureSource,
  type PredictsPictures,
  predictPictures,
} from "./predict-pictures.js";
export { planes, resize } from "./resize.js";
export {
  type PictureVariation,
  pictureVariations,
  type VaryOptions,
  varyPictures,
  varyPicturesInParts,
} from "./vary-pictures.js";
