// Networks drawn from a seed, as plain values that any engine makes the same layers of: between them, they hold every layer, optimizer, loss,
// initializer, regularizer and schedule that the library has.

/** A generator of 32-bit numbers in whole-number arithmetic alone (Mulberry32): the same draws on every engine. */
export function draws(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  };
  const below = (limit) => next() % limit;
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    oneOf: (list) => list[below(list.length)],
    maybe: () => below(2) === 0,
  };
}

/** What is called with which options; those of the initializers may be left out. */
const INITIALIZERS = {
  glorotUniform: undefined,
  glorotNormal: undefined,
  heUniform: undefined,
  heNormal: undefined,
  lecunUniform: undefined,
  lecunNormal: undefined,
  orthogonal: undefined,
  randomUniform: undefined,
  randomNormal: undefined,
  truncatedNormal: undefined,
};
const REGULARIZERS = { l1: 1e-3, l2: 1e-2, l1l2: { l1: 1e-3, l2: 1e-3 } };
const CLIPPINGS = { clipByGlobalNorm: 1, clipByValue: 0.5 };
const ACTIVATIONS = ["relu", "tanh", "gelu", "sigmoid", "softplus", "silu"];
const ANY = [1, 2, 3];
const NO_OPTIONS = () => ({});

const steps = { ranks: [2], options: NO_OPTIONS };
const any = { ranks: ANY, options: NO_OPTIONS };
const window2d = ({ oneOf, maybe }) => ({
  kernelSize: oneOf([1, 2, 3]),
  ...(maybe() && { stride: oneOf([1, 2]) }),
  ...(maybe() && { padding: "same" }),
});
const window1d = ({ oneOf }) => ({ kernelSize: oneOf([2, 3]), padding: "same" });
const recurrent = ({ between, maybe }) => ({
  units: between(2, 9),
  returnSequences: true,
  bidirectional: maybe(),
});
const factor = (list) => list.reduce((product, size) => product * size, 1);

/** What a layer is given that does not do without, and for samples of how many axes; `join` tells of layers that are applied to a list. */
const LAYERS = {
  Dense: {
    ranks: ANY,
    options: ({ between, oneOf, maybe }) => ({
      units: between(2, 40),
      ...(maybe() && { activation: oneOf(ACTIVATIONS) }),
    }),
  },
  Conv2d: {
    ranks: [3],
    options: (draw) => ({
      filters: draw.between(2, 12),
      ...window2d(draw),
      dilation: draw.oneOf([1, 1, 2]),
    }),
  },
  DepthwiseConv2d: {
    ranks: [3],
    options: (draw) => ({ ...window2d(draw), depthMultiplier: draw.oneOf([1, 2]) }),
  },
  SeparableConv2d: { ranks: [3], options: (draw) => ({ filters: draw.between(2, 9), ...window2d(draw) }) },
  Conv2dTranspose: {
    ranks: [3],
    options: ({ between, oneOf }) => ({
      filters: between(2, 6),
      kernelSize: oneOf([2, 3]),
      stride: oneOf([1, 2]),
    }),
  },
  MaxPool2d: { ranks: [3], options: () => ({ kernelSize: 2 }) },
  AvgPool2d: { ranks: [3], options: () => ({ kernelSize: 2 }) },
  GlobalMaxPool2d: { ranks: [3], options: () => ({ keepDims: true }) },
  GlobalAvgPool2d: { ranks: [3], options: () => ({ keepDims: true }) },
  AdaptiveMaxPool2d: { ranks: [3], options: ({ oneOf }) => ({ outputSize: oneOf([1, 2, 3]) }) },
  AdaptiveAvgPool2d: { ranks: [3], options: ({ oneOf }) => ({ outputSize: oneOf([1, 2, 3]) }) },
  UpSampling2d: { ranks: [3], options: () => ({ size: 2 }) },
  ZeroPad2d: { ranks: [3], options: ({ oneOf }) => ({ padding: oneOf([1, 2]) }) },
  SpatialDropout2d: { ranks: [3], options: () => ({ rate: 0.25 }) },
  Conv1d: {
    ranks: [2],
    options: ({ between, oneOf }) => ({
      filters: between(2, 12),
      kernelSize: oneOf([2, 3]),
      padding: oneOf(["same", "causal"]),
      dilation: oneOf([1, 2]),
    }),
  },
  MaxPool1d: { ranks: [2], options: window1d },
  AvgPool1d: { ranks: [2], options: window1d },
  SimpleRNN: { ranks: [2], options: recurrent },
  LSTM: { ranks: [2], options: recurrent },
  GRU: { ranks: [2], options: recurrent },
  PositionEmbedding: { ranks: [2], options: (_, shape) => ({ sequenceLength: shape[0] }) },
  SinePositionEncoding: steps,
  MultiHeadAttention: {
    ranks: [2],
    options: ({ between, maybe }) => ({
      numHeads: between(1, 3),
      keyDim: between(2, 5),
      causal: maybe(),
      dropout: maybe() ? 0.2 : 0,
    }),
  },
  GlobalAvgPool1d: steps,
  GlobalMaxPool1d: steps,
  Permute: { ranks: [2], options: () => ({ dims: [2, 1] }) },
  RepeatVector: { ranks: [1], options: ({ between }) => ({ n: between(2, 5) }) },
  Reshape: {
    ranks: ANY,
    options: (_, shape) => ({ targetShape: shape.length === 1 ? [1, -1] : [...shape].reverse() }),
  },
  Flatten: { ranks: [2, 3], options: NO_OPTIONS },
  GroupNorm: { ranks: [2, 3], options: (_, shape) => ({ groups: shape[0] % 2 ? 1 : 2, axis: 1 }) },
  Dropout: { ranks: ANY, options: ({ oneOf }) => ({ rate: oneOf([0.1, 0.5]) }) },
  GaussianNoise: { ranks: ANY, options: () => ({ stddev: 0.1 }) },
  Add: { ...any, join: true },
  Multiply: { ...any, join: true },
  Concatenate: { ranks: ANY, options: () => ({ axis: -1 }), join: true },
  Embedding: { ranks: [], options: ({ between }) => ({ inputDim: IDS, outputDim: between(3, 12) }) },
  ReversibleEmbedding: {
    ranks: [],
    options: ({ between }) => ({ inputDim: IDS, outputDim: between(3, 12) }),
  },
  PaddingMask: { ranks: [], options: NO_OPTIONS },
};

/** Those of a layer; one that is not named does without options, on any sample. */
const of = (type) => LAYERS[type] ?? any;

/** The words of networks whose input are ids. */
const IDS = 11;
/** The most numbers of a sample between two layers, so that no network takes long. */
const MOST = 6000;
const OUTPUTS = 3;

/** Options of a layer, optimizer or rate as plain values: `{ call, options }` stands for what the function of that name makes. */
function made(nn, value) {
  if (Array.isArray(value)) return value.map((inner) => made(nn, inner));
  if (typeof value !== "object" || value === null) return value;
  if ("call" in value) {
    return nn[value.call](made(nn, value.options));
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, made(nn, inner)]));
}

const RATES = {
  constantRate: 0.01,
  stepDecay: { learningRate: 0.02, every: 3 },
  cosineDecay: { learningRate: 0.02, steps: 10 },
  linearDecay: { learningRate: 0.02, steps: 10 },
  exponentialDecay: { learningRate: 0.02, every: 2, factor: 0.9 },
  polynomialDecay: { learningRate: 0.02, steps: 10, power: 2.5 },
  cosineRestarts: { learningRate: 0.02, steps: 4 },
  oneCycle: { learningRate: 0.02, steps: 10 },
  warmup: { steps: 3, after: { call: "cosineDecay", options: { learningRate: 0.02, steps: 9 } } },
};

/**
 * Draws `count` networks. What the library has and the networks before lack comes first, so that a dozen of them hold everything.
 * @returns plain values, which `train` takes; `JSON.stringify` shows all of one.
 */
export function drawNetworks(nn, count, seed) {
  const draw = draws(seed);
  const uses = new Map();
  const rarest = (names) => {
    const least = Math.min(...names.map((name) => uses.get(name) ?? 0));
    return draw.oneOf(names.filter((name) => (uses.get(name) ?? 0) === least));
  };
  const use = (name) => {
    uses.set(name, (uses.get(name) ?? 0) + 1);
    return name;
  };

  /** One of a table of calls. */
  const one = (table) => {
    const call = use(rarest(Object.keys(table)));
    return { call, options: table[call] };
  };

  const layer = (type, shape) => ({
    type: use(type),
    options: {
      ...of(type).options(draw, shape),
      ...(/^(Dense|Conv1d|Conv2d|Conv2dTranspose|DepthwiseConv2d)$/.test(type) && {
        kernelInitializer: one(INITIALIZERS),
        ...(draw.maybe() && { kernelRegularizer: one(REGULARIZERS) }),
      }),
    },
  });

  const network = (number) => {
    const kind = ["image", "steps", "ids", "row"][number % 4];
    const inputShape = {
      image: [draw.oneOf([1, 2, 3]), draw.between(6, 11), draw.between(6, 11)],
      steps: [draw.between(4, 9), draw.between(2, 7)],
      ids: [draw.between(4, 9)],
      row: [draw.between(3, 30)],
    }[kind];
    const layers = [];
    let x = new nn.Input({ shape: inputShape });
    if (kind === "ids") {
      const table = layer(rarest(["Embedding", "ReversibleEmbedding"]), inputShape);
      layers.push(table);
      x = build(nn, table)(x);
    }
    const length = draw.between(5, 8);
    while (layers.length < length) {
      const { shape } = x;
      const fitting = Object.keys(nn.layerClasses).filter((type) => of(type).ranks.includes(shape.length));
      const next = layer(rarest(fitting), shape);
      // A layer whose window is larger than what is left, say, is used by another network.
      let y;
      try {
        y = build(nn, next)(x);
      } catch (error) {
        if (!(error instanceof nn.LoamError)) throw error;
        continue;
      }
      if (factor(y.shape) > MOST) continue;
      layers.push(next);
      x = y;
    }
    const optimizer = use(rarest(Object.keys(nn.optimizerClasses)));
    return {
      number,
      inputShape,
      ids: kind === "ids",
      layers,
      masked: kind === "ids" && draw.maybe(),
      optimizer: {
        name: optimizer,
        options: {
          learningRate: one(RATES),
          ...(draw.below(3) === 0 && { clipping: one(CLIPPINGS) }),
        },
      },
      loss: use(rarest(Object.keys(nn.lossFactories))),
      samples: draw.between(18, 30),
      batchSize: draw.between(5, 12),
      epochs: 2,
      seed: draw.below(1 << 30),
    };
  };
  return Array.from({ length: count }, (_, number) => network(number));
}

/** A layer of a drawn network, as a function from what it is applied to. A joining one takes its input twice, once through a Dense of its own. */
function build(nn, { type, options }) {
  return (x) => {
    const one = new nn.layerClasses[type](made(nn, options));
    if (!of(type).join) return one.apply(x);
    return one.apply([x, new nn.Dense({ units: x.shape.at(-1) }).apply(x)]);
  };
}

/** The names of all that drawn networks are made of. */
export function membersOf(networks) {
  const names = networks.flatMap(({ layers, masked, optimizer, loss }) => [
    ...layers.map(({ type }) => type),
    ...(masked ? ["PaddingMask"] : []),
    optimizer.name,
    loss,
    ...[...JSON.stringify([layers, optimizer]).matchAll(/"call":"(\w+)"/g)].map(([, call]) => call),
  ]);
  return [...new Set(names)];
}

/** The model of a drawn network, compiled. */
export function makeModel(nn, drawn, options) {
  const input = new nn.Input({ shape: drawn.inputShape });
  let x = input;
  drawn.layers.forEach((layer, place) => {
    x = build(nn, layer)(x);
    if (drawn.masked && place === 0) {
      const attention = new nn.MultiHeadAttention({ numHeads: 2, keyDim: 3, masked: true });
      x = attention.apply([x, new nn.PaddingMask().apply(input)]);
    }
  });
  if (x.shape.length > 1) x = new nn.Flatten().apply(x);
  x = new nn.Dense({ units: OUTPUTS }).apply(x);
  const model = nn.model({ inputs: input, outputs: x, seed: drawn.seed, ...options });
  const Optimizer = nn.optimizerClasses[drawn.optimizer.name];
  return model.compile({ optimizer: new Optimizer(made(nn, drawn.optimizer.options)), loss: drawn.loss });
}

/** Samples and targets for a drawn network, such as its loss takes. */
export function makeData(drawn) {
  const draw = draws(drawn.seed ^ 0x5eed);
  const { samples, inputShape, ids, loss } = drawn;
  const number = () => (draw.below(4001) - 2000) / 1024;
  const inputs = Float32Array.from({ length: samples * factor(inputShape) }, () =>
    ids ? draw.below(IDS) : number(),
  );
  const labels = () => {
    if (loss === "softmaxCrossEntropy")
      return { data: Uint8Array.from({ length: samples }, () => draw.below(OUTPUTS)), shape: [samples] };
    const row = {
      klDivergence: () =>
        draw.oneOf([
          [0.5, 0.25, 0.25],
          [1, 0, 0],
          [0.125, 0.125, 0.75],
        ]),
      binaryCrossEntropy: () => Array.from({ length: OUTPUTS }, () => draw.below(2)),
    };
    row.binaryFocalCrossEntropy = row.binaryCrossEntropy;
    row.hinge = row.binaryCrossEntropy;
    const any = () => Array.from({ length: OUTPUTS }, number);
    const rows = Array.from({ length: samples }, row[loss] ?? any);
    return { data: Float32Array.from(rows.flat()), shape: [samples, OUTPUTS] };
  };
  return {
    name: "drawn",
    inputs: { data: inputs, shape: [samples, ...inputShape] },
    labels: labels(),
    scaling: { kind: "none" },
  };
}
