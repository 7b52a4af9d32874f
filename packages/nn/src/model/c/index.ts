import { requireOptions } from "../../options.js";
import type { Inputs, Output } from "../../training/predict.js";
import { requireInputs } from "../checks.js";
import type { Model } from "../model.js";
import { requireIdentifier } from "./c-text.js";
import { floatSource } from "./float-source.js";
import { int8Source } from "./int8-source.js";
import { plainModel, requireForC } from "./plain-model.js";
import { predictInt8, quantized } from "./quantize.js";
import { stepsOf } from "./steps.js";

export interface ExportCOptions {
  /** What its functions and constants begin with, an identifier of C; default "model". */
  readonly name?: string;
}

/** A model in int8. */
export interface Int8Model {
  /** The header. */
  readonly header: string;
  /** What it makes of raw samples [samples, …inputShape], computed here: to the bit where the model ends in weights, and in float32's rounding behind a softmax. */
  predict(inputs: Inputs): Promise<Output>;
}

/**
 * A model as a header in C99, with its weights as constants: `model_predict(input, output)` does for one sample, in float32, what `predict` does,
 * scaling included. It takes no memory but a static array, and needs nothing but `<math.h>` and `<stdint.h>`.
 *
 * ```ts
 * await writeFile("digits.h", await exportC(model, { name: "digits" }));
 * ```
 *
 * Pictures are [channels, height, width], as here. Layers: Dense, convolutions but the transposed one, pools but the adaptive ones, BatchNorm,
 * LayerNorm, RMSNorm, activations, Flatten, Reshape, Permute, ZeroPad2d, Add, Multiply, Concatenate, and what only training needs, which is left out. A
 * BatchNorm behind a convolution goes into its weights. Sums are added in another order than here: outputs differ by rounding.
 * @throws {ConfigError} `c-layer` with all layers that have no form in C, `c-name`, `unknown-option`. @throws {NumericError} `parameter-not-finite`
 */
export async function exportC(model: Model, options: ExportCOptions = {}): Promise<string> {
  const { name, plain, plan } = await prepared("exportC", model, options);
  try {
    return floatSource(plain, plan, name);
  } finally {
    await plain.close();
  }
}

/**
 * A model as a header in C99 whose weights and values are int8: a quarter of the memory, and no floating point but at input and output. Raw samples
 * [samples, …inputShape], a few hundred as they will come, say what ranges values have.
 *
 * ```ts
 * const { header, predict } = await exportCInt8(model, samples);
 * ```
 *
 * Of a value from least to most, q = round(x / scale) + zero with scale = (most − least)/255; of a filter's weights, q = round(w / scale) with
 * scale = max|w|/127. Sums are int32. `predict` tells what is lost. Layers as `exportC`, without LayerNorm, RMSNorm, PReLU, Multiply, and a softmax before the end.
 * @throws as `exportC` does. @throws {DataError} `no-samples`. @throws {ShapeError} `input-shape`
 */
export async function exportCInt8(
  model: Model,
  samples: Inputs,
  options: ExportCOptions = {},
): Promise<Int8Model> {
  requireInputs(model, "exportCInt8", samples);
  const { name, plain, plan } = await prepared("exportCInt8", model, options);
  try {
    const int8 = await quantized(plain, plan, samples);
    const sizes = plan.values.map(({ size }) => size);
    const { inputShape, outputShape, scaling } = plain;
    return {
      header: int8Source(plain, int8, sizes, name),
      predict: (inputs) => {
        requireInputs(model, "predict", inputs);
        return predictInt8({ inputShape, outputShape, scaling }, int8, sizes, inputs);
      },
    };
  } finally {
    await plain.close();
  }
}

async function prepared(what: string, model: Model, options: ExportCOptions) {
  requireOptions(what, options, ["name"]);
  const name = requireIdentifier(options.name ?? "model");
  requireForC(model);
  const plain = Object.assign(await plainModel(model), { classNames: model.classNames });
  try {
    return { name, plain, plan: await stepsOf(plain) };
  } catch (error) {
    await plain.close();
    throw error;
  }
}
