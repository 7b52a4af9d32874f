export { type EncodedText, encodeCharacters, holdOutTail } from "./characters.js";
export { type GenerateOptions, generate, type WritesText } from "./generate.js";
export {
  type LabelledText,
  type LabelledTextOptions,
  type TextDataset,
  textDataset,
  textInput,
  textInputs,
  type WindowOptions,
} from "./text-dataset.js";
export { wordsOf } from "./words.js";
