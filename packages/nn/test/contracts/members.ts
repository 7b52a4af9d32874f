import fc from "fast-check";
import type { Shape } from "../../src/graph/shape.js";
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  orthogonal,
  randomNormal,
  randomUniform,
  truncatedNormal,
  zeros,
} from "../../src/initializers/index.js";
import {
  AdaptiveAvgPool2d,
  AdaptiveMaxPool2d,
  Add,
  AvgPool1d,
  AvgPool2d,
  BatchNorm,
  Concatenate,
  Conv1d,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Dropout,
  ELU,
  Embedding,
  GaussianNoise,
  GELU,
  GlobalAvgPool1d,
  GlobalAvgPool2d,
  GlobalMaxPool1d,
  GlobalMaxPool2d,
  GRU,
  GroupNorm,
  type Layer,
  LayerNorm,
  LeakyReLU,
  LSTM,
  MaxPool1d,
  MaxPool2d,
  MultiHeadAttention,
  Multiply,
  PaddingMask,
  type PaddingOption,
  type PairOption,
  Permute,
  PositionEmbedding,
  PReLU,
  RepeatVector,
  Reshape,
  ReversibleEmbedding,
  RMSNorm,
  SeparableConv2d,
  SimpleRNN,
  SinePositionEncoding,
  SpatialDropout2d,
  UpSampling2d,
  ZeroPad2d,
} from "../../src/layers/index.js";
import {
  binaryCrossEntropy,
  binaryFocalCrossEntropy,
  huber,
  type Loss,
  lossFactories,
  softmaxCrossEntropy,
} from "../../src/losses/index.js";
import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  AMSGrad,
  clipByGlobalNorm,
  clipByValue,
  LAMB,
  Lion,
  Nadam,
  type Optimizer,
  optimizerClasses,
  RMSprop,
  SGD,
} from "../../src/optimizers/index.js";
import { l1, l1l2, l2, type Regularizer } from "../../src/regularizers/index.js";
import {
  constantRate,
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  linearDecay,
  oneCycle,
  polynomialDecay,
  type Schedule,
  stepDecay,
  warmup,
} from "../../src/schedules/index.js";
import { layerValues } from "./layer-values.js";

// The members of each family, as the contract tests run over them: what is exported and missing here fails a test.

/** A layer with options, and the shape of a sample to give it, which need not fit. */
export interface LayerCase {
  readonly layer: Layer;
  readonly inputShape: Shape;
  /** All shapes, for a layer of several inputs. */
  readonly inputShapes?: readonly Shape[];
}

const size = fc.integer({ min: 1, max: 9 });
const anyShape: fc.Arbitrary<Shape> = fc.array(fc.integer({ min: 1, max: 5 }), {
  minLength: 1,
  maxLength: 4,
});
const imageShape: fc.Arbitrary<Shape> = fc.tuple(fc.constantFrom(1, 2, 4, 6), size, size);
const oneToThree = fc.integer({ min: 1, max: 3 });
const pair: fc.Arbitrary<PairOption> = fc.oneof(oneToThree, fc.tuple(oneToThree, oneToThree));
const pads = (most: number): fc.Arbitrary<PaddingOption> => {
  const pad = fc.integer({ min: 0, max: most });
  return fc.oneof(
    fc.constantFrom<PaddingOption>("same", "valid"),
    pad,
    fc.tuple(pad, pad),
    fc.tuple(pad, pad, pad, pad),
  );
};
const initializer: fc.Arbitrary<Initializer> = fc.constantFrom(heUniform(), zeros(), constant(0.5));
const regularizer: fc.Arbitrary<Regularizer> = fc.constantFrom(l1(0.1), l2(0.01), l1l2({ l1: 0.1, l2: 0.2 }));
const weights = {
  activation: fc.constantFrom("relu" as const, "softmax" as const, "gelu" as const),
  useBias: fc.boolean(),
  kernelInitializer: initializer,
  biasInitializer: initializer,
  kernelRegularizer: regularizer,
};
const elementwise = (make: fc.Arbitrary<Layer>): fc.Arbitrary<LayerCase> =>
  fc.record({ layer: make, inputShape: anyShape });
const merged = (make: () => Layer): fc.Arbitrary<LayerCase> =>
  fc.tuple(anyShape, fc.integer({ min: 2, max: 4 })).map(([inputShape, inputs]) => ({
    layer: make(),
    inputShape,
    inputShapes: Array.from({ length: inputs }, () => inputShape),
  }));
const axis = fc.constantFrom("auto" as const, 1, -1);
const affine = {
  epsilon: fc.constantFrom(1e-5, 1e-3),
  scale: fc.boolean(),
  center: fc.boolean(),
  gammaInitializer: initializer,
  betaInitializer: initializer,
};
const recurrent = {
  units: oneToThree,
  returnSequences: fc.boolean(),
  bidirectional: fc.boolean(),
  useBias: fc.boolean(),
  recurrentInitializer: initializer,
};
const someSequence = (make: fc.Arbitrary<Layer>): fc.Arbitrary<LayerCase> =>
  fc.record({ layer: make, inputShape: fc.oneof(fc.tuple(oneToThree, oneToThree), anyShape) });
/** A layer that takes a sequence, or a list of it and its mask. */
const maybeMasked = (make: () => Layer): fc.Arbitrary<LayerCase> =>
  fc
    .tuple(fc.oneof(fc.tuple(oneToThree, oneToThree), anyShape), fc.boolean())
    .map(([inputShape, masked]) => ({
      layer: make(),
      inputShape,
      ...(masked && { inputShapes: [inputShape, [inputShape[0]!]] }),
    }));
const someImage = (make: fc.Arbitrary<Layer>): fc.Arbitrary<LayerCase> =>
  fc.record({ layer: make, inputShape: fc.oneof(imageShape, anyShape) });

const steps = {
  kernelSize: fc.constantFrom(2, 3),
  stride: oneToThree,
  padding: fc.constantFrom("same" as const, "valid" as const, 0, 1),
};

/** Options and shapes that the tests of values do not try: other inputs, other ranks, and what must be refused. */
const ownLayerCases: Readonly<Record<string, fc.Arbitrary<LayerCase>>> = {
  Dense: fc.record({
    layer: fc
      .record({ name: fc.constant("hidden"), units: size, ...weights }, { requiredKeys: ["units"] })
      .map((options) => new Dense(options)),
    inputShape: anyShape,
  }),
  Conv2d: fc.record({
    layer: fc
      .record(
        {
          name: fc.constant("conv"),
          filters: fc.constantFrom(2, 4),
          kernelSize: pair,
          stride: pair,
          padding: pads(4),
          dilation: pair,
          groups: fc.constantFrom(1, 2),
          ...weights,
        },
        { requiredKeys: ["filters", "kernelSize"] },
      )
      .map((options) => new Conv2d(options)),
    inputShape: imageShape,
  }),
  MaxPool2d: fc.record({
    layer: fc
      .record(
        { kernelSize: fc.constant(3), stride: pair, padding: pads(2) },
        { requiredKeys: ["kernelSize"] },
      )
      .map((options) => new MaxPool2d(options)),
    inputShape: imageShape,
  }),
  AvgPool2d: fc.record({
    layer: fc
      .record(
        { kernelSize: fc.constant(3), stride: pair, padding: pads(2), includePadding: fc.boolean() },
        { requiredKeys: ["kernelSize"] },
      )
      .map((options) => new AvgPool2d(options)),
    inputShape: imageShape,
  }),
  DepthwiseConv2d: fc.record({
    layer: fc
      .record(
        {
          kernelSize: pair,
          stride: pair,
          padding: pads(4),
          dilation: pair,
          depthMultiplier: oneToThree,
          ...weights,
        },
        { requiredKeys: ["kernelSize"] },
      )
      .map((options) => new DepthwiseConv2d(options)),
    inputShape: imageShape,
  }),
  SeparableConv2d: fc.record({
    layer: fc
      .record(
        {
          filters: oneToThree,
          kernelSize: pair,
          stride: pair,
          padding: pads(4),
          dilation: pair,
          depthMultiplier: oneToThree,
          activation: weights.activation,
          useBias: fc.boolean(),
          depthwiseInitializer: initializer,
          pointwiseInitializer: initializer,
          biasInitializer: initializer,
        },
        { requiredKeys: ["filters", "kernelSize"] },
      )
      .map((options) => new SeparableConv2d(options)),
    inputShape: imageShape,
  }),
  Conv2dTranspose: fc.record({
    layer: fc
      .record(
        {
          filters: fc.constantFrom(2, 4),
          kernelSize: pair,
          stride: pair,
          padding: pads(2),
          outputPadding: fc.constant(0),
          dilation: pair,
          groups: fc.constantFrom(1, 2),
          ...weights,
        },
        { requiredKeys: ["filters", "kernelSize"] },
      )
      .filter(({ padding, outputPadding }) => outputPadding === undefined || padding !== "same")
      .map((options) => new Conv2dTranspose(options)),
    inputShape: imageShape,
  }),
  Conv1d: someSequence(
    fc
      .record(
        {
          filters: fc.constantFrom(2, 4),
          kernelSize: oneToThree,
          stride: oneToThree,
          padding: fc.constantFrom("same" as const, "valid" as const, "causal" as const, 0, 1, 3),
          dilation: oneToThree,
          groups: fc.constantFrom(1, 2),
          ...weights,
        },
        { requiredKeys: ["filters", "kernelSize"] },
      )
      .map((options) => new Conv1d(options)),
  ),
  MaxPool1d: someSequence(
    fc.record(steps, { requiredKeys: ["kernelSize"] }).map((options) => new MaxPool1d(options)),
  ),
  AvgPool1d: someSequence(
    fc
      .record({ ...steps, includePadding: fc.boolean() }, { requiredKeys: ["kernelSize"] })
      .map((options) => new AvgPool1d(options)),
  ),
  RepeatVector: elementwise(oneToThree.map((n) => new RepeatVector({ n }))),
  Dropout: elementwise(fc.constantFrom(0, 0.2, 0.5).map((rate) => new Dropout({ rate }))),
  GaussianNoise: elementwise(fc.constantFrom(0, 0.2).map((stddev) => new GaussianNoise({ stddev }))),
  LeakyReLU: elementwise(fc.constantFrom({}, { slope: 0.3 }).map((options) => new LeakyReLU(options))),
  ELU: elementwise(fc.constantFrom({}, { alpha: 0.5 }).map((options) => new ELU(options))),
  SimpleRNN: someSequence(
    fc.record(recurrent, { requiredKeys: ["units"] }).map((options) => new SimpleRNN(options)),
  ),
  LSTM: someSequence(
    fc
      .record({ ...recurrent, forgetBias: fc.constantFrom(0, 2) }, { requiredKeys: ["units"] })
      .map((options) => new LSTM(options)),
  ),
  GRU: someSequence(fc.record(recurrent, { requiredKeys: ["units"] }).map((options) => new GRU(options))),
  Embedding: elementwise(
    fc
      .record(
        { inputDim: size, outputDim: size, embeddingsInitializer: initializer },
        { requiredKeys: ["inputDim", "outputDim"] },
      )
      .map((options) => new Embedding(options)),
  ),
  ReversibleEmbedding: elementwise(
    fc.record({ inputDim: size, outputDim: size }).map((options) => new ReversibleEmbedding(options)),
  ),
  PositionEmbedding: someSequence(
    fc
      .record(
        { sequenceLength: oneToThree, embeddingsInitializer: initializer },
        { requiredKeys: ["sequenceLength"] },
      )
      .map((options) => new PositionEmbedding(options)),
  ),
  SinePositionEncoding: someSequence(
    fc
      .record({ maxWavelength: fc.constantFrom(1, 100) }, { requiredKeys: [] })
      .map((options) => new SinePositionEncoding(options)),
  ),
  MultiHeadAttention: fc
    .tuple(
      fc.record(
        {
          numHeads: oneToThree,
          keyDim: oneToThree,
          valueDim: oneToThree,
          outputDim: oneToThree,
          dropout: fc.constantFrom(0, 0.5),
          causal: fc.boolean(),
          masked: fc.boolean(),
          useBias: fc.boolean(),
          kernelInitializer: initializer,
          biasInitializer: initializer,
          outputInitializer: initializer,
        },
        { requiredKeys: ["numHeads", "keyDim"] },
      ),
      fc.oneof(fc.tuple(oneToThree, oneToThree), anyShape),
      fc.array(fc.tuple(oneToThree, oneToThree), { maxLength: 2 }),
    )
    .map(([options, first, others]) => ({
      layer: new MultiHeadAttention(options),
      inputShape: first,
      inputShapes: [first, ...others, ...(options.masked ? [[(others.at(-1) ?? first)[0]!]] : [])],
    })),
  PaddingMask: elementwise(fc.constantFrom({}, { value: 3 }).map((options) => new PaddingMask(options))),
  GlobalAvgPool1d: maybeMasked(() => new GlobalAvgPool1d()),
  GlobalMaxPool1d: maybeMasked(() => new GlobalMaxPool1d()),
  BatchNorm: elementwise(
    fc
      .record(
        { name: fc.constant("norm"), momentum: fc.constantFrom(0, 0.99), axis, ...affine },
        { requiredKeys: [] },
      )
      .map((options) => new BatchNorm(options)),
  ),
  LayerNorm: elementwise(fc.record(affine, { requiredKeys: [] }).map((options) => new LayerNorm(options))),
  GroupNorm: elementwise(
    fc
      .record({ groups: fc.constantFrom(1, 2, 3), axis, ...affine }, { requiredKeys: ["groups"] })
      .map((options) => new GroupNorm(options)),
  ),
  RMSNorm: elementwise(
    fc
      .record({ epsilon: fc.constant(1e-3), gammaInitializer: initializer }, { requiredKeys: [] })
      .map((options) => new RMSNorm(options)),
  ),
  PReLU: elementwise(
    fc
      .record({ alphaInitializer: initializer, axis }, { requiredKeys: [] })
      .map((options) => new PReLU(options)),
  ),
  GELU: elementwise(fc.constantFrom({}, { approximate: true }).map((options) => new GELU(options))),
  Reshape: elementwise(
    fc
      .constantFrom<Shape>([-1], [1, -1], [-1, 2], [2, 2], [])
      .map((targetShape) => new Reshape({ targetShape })),
  ),
  Permute: elementwise(
    fc.constantFrom([1], [2, 1], [1, 2], [3, 1, 2], [4, 3, 2, 1]).map((dims) => new Permute({ dims })),
  ),
  ZeroPad2d: someImage(
    fc
      .constantFrom({}, { padding: 2 }, { padding: [1, 0] as const })
      .map((options) => new ZeroPad2d(options)),
  ),
  AdaptiveAvgPool2d: someImage(
    fc.record({ outputSize: pair }).map((options) => new AdaptiveAvgPool2d(options)),
  ),
  AdaptiveMaxPool2d: someImage(
    fc.record({ outputSize: pair }).map((options) => new AdaptiveMaxPool2d(options)),
  ),
  GlobalAvgPool2d: someImage(
    fc.constantFrom({}, { keepDims: true }).map((options) => new GlobalAvgPool2d(options)),
  ),
  GlobalMaxPool2d: someImage(
    fc.constantFrom({}, { keepDims: true }).map((options) => new GlobalMaxPool2d(options)),
  ),
  UpSampling2d: someImage(
    fc.record({ size: pair }, { requiredKeys: [] }).map((options) => new UpSampling2d(options)),
  ),
  SpatialDropout2d: someImage(fc.constantFrom(0, 0.5).map((rate) => new SpatialDropout2d({ rate }))),
  Add: merged(() => new Add()),
  Multiply: merged(() => new Multiply()),
  Concatenate: fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.boolean(), anyShape, fc.array(oneToThree, { minLength: 1 }))
    .map(([axis, fromEnd, first, sizes]) => {
      const other = (size: number) => first.map((own, i) => (i === axis - 1 ? size : own));
      return {
        layer: new Concatenate({ axis: fromEnd ? -axis : axis }),
        inputShape: first,
        inputShapes: [first, ...sizes.map(other)],
      };
    }),
};

/** Every layer: a case above, or else those of its values. */
export const layerCases: Readonly<Record<string, fc.Arbitrary<LayerCase>>> = {
  ...Object.fromEntries(
    Object.entries(layerValues).map(([type, { cases, make }]) => [
      type,
      cases.map(({ options, sample }) => ({ layer: make(options), inputShape: sample })),
    ]),
  ),
  ...ownLayerCases,
};

export const initializerCases: Readonly<Record<string, readonly Initializer[]>> = {
  zeros: [zeros()],
  constant: [constant(0.25), constant(-3)],
  glorotUniform: [glorotUniform()],
  glorotNormal: [glorotNormal()],
  heUniform: [heUniform()],
  heNormal: [heNormal()],
  lecunUniform: [lecunUniform()],
  lecunNormal: [lecunNormal()],
  orthogonal: [orthogonal(), orthogonal({ gain: 2 })],
  randomUniform: [randomUniform(), randomUniform({ low: -1, high: 1 }), randomUniform({ low: 2, high: 5 })],
  randomNormal: [randomNormal(), randomNormal({ mean: 1, standardDeviation: 2 })],
  truncatedNormal: [truncatedNormal(), truncatedNormal({ mean: -1, standardDeviation: 0.5 })],
};

/** Every loss with its defaults, and some with options. */
export const lossCases: Readonly<Record<string, readonly Loss[]>> = {
  ...Object.fromEntries(Object.entries(lossFactories).map(([name, make]) => [name, [make()]])),
  huber: [huber(), huber({ delta: 0.3 }), huber({ delta: 4 })],
  binaryCrossEntropy: [binaryCrossEntropy(), binaryCrossEntropy({ labelSmoothing: 0.2 })],
  binaryFocalCrossEntropy: [
    binaryFocalCrossEntropy(),
    binaryFocalCrossEntropy({ gamma: 0 }),
    binaryFocalCrossEntropy({ gamma: 0.5, alpha: 0.25 }),
  ],
  softmaxCrossEntropy: [softmaxCrossEntropy(), softmaxCrossEntropy({ labelSmoothing: 0.1 })],
};

/** Every optimizer with its defaults, and some with options. */
export const optimizerCases: Readonly<Record<string, readonly (() => Optimizer)[]>> = {
  ...Object.fromEntries(
    Object.entries(optimizerClasses).map(([name, Class]) => [name, [() => new Class({} as never)]]),
  ),
  SGD: [
    () => new SGD(),
    () => new SGD({ learningRate: 0.05, momentum: 0.9 }),
    () => new SGD({ learningRate: 0.05, momentum: 0.8, nesterov: true, weightDecay: 0.01 }),
  ],
  Adagrad: [() => new Adagrad(), () => new Adagrad({ initialAccumulator: 0.1, epsilon: 1e-3 })],
  RMSprop: [() => new RMSprop(), () => new RMSprop({ rho: 0.99, epsilon: 1e-4, weightDecay: 0.1 })],
  Adadelta: [() => new Adadelta(), () => new Adadelta({ learningRate: 0.5, rho: 0.95, epsilon: 1e-4 })],
  Adam: [() => new Adam(), () => new Adam({ beta1: 0.5, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.1 })],
  AdamW: [
    () => new AdamW(),
    () => new AdamW({ learningRate: 0.01, weightDecay: 0.2 }),
    () => new AdamW({ clipping: clipByGlobalNorm(100) }),
  ],
  AMSGrad: [
    () => new AMSGrad(),
    () => new AMSGrad({ beta1: 0.5, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.1, clipping: clipByValue(10) }),
  ],
  Nadam: [() => new Nadam(), () => new Nadam({ beta1: 0.5, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.1 })],
  LAMB: [
    () => new LAMB(),
    () => new LAMB({ learningRate: 0.01, beta1: 0.8, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.2 }),
  ],
  Lion: [() => new Lion(), () => new Lion({ learningRate: 0.01, beta1: 0.8, beta2: 0.7, weightDecay: 0.2 })],
};

export const scheduleCases: Readonly<Record<string, readonly Schedule[]>> = {
  constantRate: [constantRate(0.1)],
  stepDecay: [
    stepDecay({ learningRate: 0.5, every: 7 }),
    stepDecay({ learningRate: 1, every: 1, factor: 0.97 }),
  ],
  cosineDecay: [
    cosineDecay({ learningRate: 0.1, steps: 50 }),
    cosineDecay({ learningRate: 0.1, steps: 9, finalLearningRate: 0.01 }),
  ],
  linearDecay: [
    linearDecay({ learningRate: 0.1, steps: 50 }),
    linearDecay({ learningRate: 0.1, steps: 9, finalLearningRate: 0.01 }),
  ],
  exponentialDecay: [
    exponentialDecay({ learningRate: 0.5, every: 7 }),
    exponentialDecay({ learningRate: 1, every: 1, factor: 0.97 }),
  ],
  polynomialDecay: [
    polynomialDecay({ learningRate: 0.1, steps: 50 }),
    polynomialDecay({ learningRate: 0.1, steps: 9, finalLearningRate: 0.01, power: 2.5 }),
  ],
  cosineRestarts: [
    cosineRestarts({ learningRate: 0.1, steps: 50 }),
    cosineRestarts({ learningRate: 0.1, steps: 9, growth: 1, factor: 0.9, finalLearningRate: 0.01 }),
  ],
  oneCycle: [
    oneCycle({ learningRate: 0.1, steps: 50 }),
    oneCycle({ learningRate: 0.1, steps: 9, rise: 0.5, startDivisor: 2, endDivisor: 10 }),
  ],
  warmup: [
    warmup({ steps: 5, after: 0.1 }),
    warmup({ steps: 10, after: cosineDecay({ learningRate: 1, steps: 20 }) }),
  ],
};
