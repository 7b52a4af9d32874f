import type { Conv2dGeometry, WindowGeometry } from "../graph/geometry.js";
import { sizeOf } from "../graph/shape.js";
import type { Node, Tensor } from "../graph/tensor.js";
import type { ValueInfo } from "../io/onnx/messages.js";
import { ELEMENT_TYPES } from "../io/onnx/tensor-data.js";
import { constantOf } from "../ops/fill.js";
import type { LoopAttributes } from "../ops/loop-body.js";
import { type BatchNormPattern, batchNorms } from "./batch-norms.js";
import { emitExpressions } from "./export-expressions.js";
import { filled, type GraphWriter, unsupported } from "./graph-writer.js";
import { inputsAround, type RecurrentCalls, reachableAround, writeRecurrent } from "./recurrent-layers.js";

/** Writes what makes the outputs; the recurrent layers among it by their own operators. */
export function writeNodes(
  writer: GraphWriter,
  outputs: readonly Tensor[],
  recurrent: RecurrentCalls = new Map(),
): void {
  const all = reachableAround(outputs, recurrent);
  const readers = new Map<Tensor, Node[]>();
  for (const node of new Set(all.map(({ node: one }) => one))) {
    for (const x of inputsAround(node, recurrent)) readers.set(x, [...(readers.get(x) ?? []), node]);
  }
  const context: RuleContext = { writer, readers, outputs: new Set(outputs), pending: new Map() };
  const { found, inside } = batchNorms(all, readers);
  for (const x of all) {
    const call = recurrent.get(x);
    if (call) {
      writer.bind(x, writeRecurrent(writer, x, call));
      continue;
    }
    if (x.index > 0 || writer.has(x) || constantOf(x) !== undefined || inside.has(x)) continue;
    const norm = found.get(x);
    if (norm) {
      writer.bind(x, writeBatchNorm(writer, x, norm));
      continue;
    }
    if (x.op.expressions) {
      emitExpressions(writer, x);
      continue;
    }
    const rule = RULES[x.op.name];
    if (!rule) throw unsupported(x);
    const made = rule(x, context);
    if (made !== undefined) writer.bind(x, made);
  }
}

function writeBatchNorm(
  writer: GraphWriter,
  y: Tensor,
  { x, gamma, beta, mean, variance, epsilon }: BatchNormPattern,
): string {
  const channels = y.shape[1]!;
  const all = (value: number) =>
    writer.constant(
      "float",
      [channels],
      Array.from({ length: channels }, () => value),
    );
  const parts = [
    gamma ? writer.name(gamma) : all(1),
    beta ? writer.name(beta) : all(0),
    writer.name(mean),
    writer.name(variance),
  ];
  return writer.emit(
    "BatchNormalization",
    [writer.numbers(x), ...parts],
    { epsilon: { float: epsilon } },
    `${y.scope}/batchNorm`,
  );
}

interface RuleContext {
  readonly writer: GraphWriter;
  readonly readers: ReadonlyMap<Tensor, readonly Node[]>;
  readonly outputs: ReadonlySet<Tensor>;
  /** Products that wait for the bias that only they are given to. */
  readonly pending: Map<Tensor, (bias: string) => string>;
}

/** Gives the name of an op's first output, or undefined where it has bound its outputs itself, or waits. */
type Rule = (x: Tensor, context: RuleContext) => string | undefined;

/** Writes a product, or lets it wait for its bias where adding that is all that is done with it. */
function withBias(x: Tensor, { readers, outputs, pending }: RuleContext, write: (bias: string[]) => string) {
  const [reader, other] = readers.get(x) ?? [];
  if (reader?.op.name === "addBias" && reader.inputs[0] === x && !other && !outputs.has(x)) {
    pending.set(x, (bias) => write([bias]));
    return undefined;
  }
  return write([]);
}

function windowAttributes(geometry: WindowGeometry) {
  const { strideHeight: sh, strideWidth: sw, dilationHeight: dh, dilationWidth: dw } = geometry;
  const { padTop, padLeft, kernelHeight, kernelWidth, height, width, outHeight, outWidth } = geometry;
  const behind = (size: number, pad: number, kernel: number, dilation: number, stride: number, out: number) =>
    Math.max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - size - pad);
  return {
    kernel_shape: [kernelHeight, kernelWidth],
    strides: [sh, sw],
    pads: [
      ...[padTop, padLeft],
      behind(height, padTop, kernelHeight, dh, sh, outHeight),
      behind(width, padLeft, kernelWidth, dw, sw, outWidth),
    ],
  };
}

const dilationsOf = ({ dilationHeight, dilationWidth }: WindowGeometry) => [dilationHeight, dilationWidth];

const RULES: Readonly<Record<string, Rule>> = {
  matmul: (x, context) => {
    const { writer } = context;
    const { transposeA = false, transposeB = false } = x.attributes as {
      transposeA?: boolean;
      transposeB?: boolean;
    };
    const [a, b] = x.inputs.map((one) => writer.numbers(one)) as [string, string];
    const write = (bias: string[]) =>
      transposeA || transposeB || bias.length > 0
        ? writer.emit(
            "Gemm",
            [a, b, ...bias],
            { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 },
            stem(x),
          )
        : writer.emit("MatMul", [a, b], {}, stem(x));
    return withBias(x, context, write);
  },
  batchMatmul: (x, { writer }) => {
    const { transposeA, transposeB } = x.attributes as { transposeA: boolean; transposeB: boolean };
    const turned = (one: Tensor, turns: boolean) =>
      turns ? writer.emit("Transpose", [writer.numbers(one)], { perm: [0, 2, 1] }) : writer.numbers(one);
    return writer.emit(
      "MatMul",
      [turned(x.inputs[0]!, transposeA), turned(x.inputs[1]!, transposeB)],
      {},
      stem(x),
    );
  },
  conv2d: (x, context) => {
    const { writer } = context;
    const geometry = x.attributes.geometry as Conv2dGeometry;
    const write = (bias: string[]) =>
      writer.emit(
        "Conv",
        [...x.inputs.map((one) => writer.numbers(one)), ...bias],
        { ...windowAttributes(geometry), dilations: dilationsOf(geometry), group: geometry.groups },
        stem(x),
      );
    return withBias(x, context, write);
  },
  conv2dInputGradient: (x, { writer }) => {
    const geometry = x.attributes.geometry as Conv2dGeometry;
    const { kernel_shape, strides, pads } = windowAttributes(geometry);
    const sizes = [geometry.height, geometry.width];
    const outs = [geometry.outHeight, geometry.outWidth];
    const dilations = dilationsOf(geometry);
    const rest = sizes.map((size, i) => {
      const whole = (outs[i]! - 1) * strides[i]! + dilations[i]! * (kernel_shape[i]! - 1) + 1;
      return whole - pads[i]! - size;
    });
    return writer.emit(
      "ConvTranspose",
      x.inputs.map((one) => writer.numbers(one)),
      {
        ...{ kernel_shape, strides, dilations, group: geometry.groups },
        pads: [pads[0]!, pads[1]!, ...rest.map((more) => Math.max(0, more))],
        output_padding: rest.map((more) => Math.max(0, -more)),
      },
      stem(x),
    );
  },
  addBias: (x, { writer, pending }) => {
    const [y, bias] = x.inputs as [Tensor, Tensor];
    const waiting = pending.get(y);
    if (waiting) return waiting(writer.name(bias));
    if (x.shape.length === 2) return writer.emit("Add", [writer.numbers(y), writer.name(bias)], {}, stem(x));
    const wide = writer.emit("Reshape", [writer.name(bias), writer.whole([1, -1, 1, 1])], {}, "bias");
    return writer.emit("Add", [writer.numbers(y), wide], {}, stem(x));
  },
  maxPool2d: (x, { writer }) =>
    writer.emit(
      "MaxPool",
      [writer.numbers(x.inputs[0]!)],
      windowAttributes(x.attributes.geometry as WindowGeometry),
      stem(x),
    ),
  avgPool2d: (x, { writer }) =>
    writer.emit(
      "AveragePool",
      [writer.numbers(x.inputs[0]!)],
      {
        ...windowAttributes(x.attributes.geometry as WindowGeometry),
        count_include_pad: x.attributes.includePadding as number,
      },
      stem(x),
    ),
  reshape: (x, { writer }) => {
    const from = x.inputs[0]!;
    const named = x.type === from.type ? writer.name(from) : writer.numbers(from);
    const source = constantOf(from) === undefined ? named : filled(writer, from);
    const sides = writer.sides(x).map((side) => ("fixed" in side ? side.fixed : -1));
    if (sides.filter((side) => side === -1).length > 1)
      throw unsupported(x, "a shape with the batch in two places");
    return writer.emit("Reshape", [source, writer.whole(sides)], {}, stem(x));
  },
  transpose: (x, { writer }) =>
    writer.emit("Transpose", [writer.name(x.inputs[0]!)], { perm: x.attributes.order as number[] }, stem(x)),
  broadcastTo: (x, { writer }) => {
    const [from] = x.inputs as [Tensor];
    const lead = x.shape.length - from.shape.length;
    // Where the batch is there already, one is repeated over it.
    const sides = writer
      .sides(x)
      .map((side, axis) =>
        "times" in side && axis >= lead && writer.isFree(from, axis - lead) ? { fixed: 1 } : side,
      );
    return writer.emit("Expand", [writer.name(from), writer.shape(sides)], {}, stem(x));
  },
  concat: (x, { writer }) => {
    const parts = x.inputs.map((one) =>
      constantOf(one) === undefined ? writer.name(one) : filled(writer, one),
    );
    return writer.emit("Concat", parts, { axis: x.attributes.axis as number }, stem(x));
  },
  slice: (x, { writer }) => {
    const { starts, steps } = x.attributes as { starts: number[]; steps: number[] };
    const from = x.inputs[0]!;
    const axes = x.shape
      .map((_, axis) => axis)
      .filter((axis) => {
        const whole = starts[axis] === 0 && steps[axis] === 1 && x.shape[axis] === from.shape[axis];
        if (!whole && writer.isFree(x, axis)) throw unsupported(x, "a part of the batch");
        return !whole;
      });
    const ends = axes.map((axis) => {
      const end = starts[axis]! + x.shape[axis]! * steps[axis]!;
      // Before the first element there is no place that a number names.
      return end < 0 ? -(2 ** 31) : end;
    });
    const lists = [axes.map((axis) => starts[axis]!), ends, axes, axes.map((axis) => steps[axis]!)];
    return writer.emit("Slice", [writer.name(from), ...lists.map((list) => writer.whole(list))], {}, stem(x));
  },
  unstack: (x, { writer }) => {
    const axis = x.attributes.axis as number;
    x.node.outputs.forEach((part, i) => {
      writer.bind(
        part,
        writer.emit("Gather", [writer.name(x.inputs[0]!), writer.whole([i], [])], { axis }, stem(x)),
      );
    });
    return undefined;
  },
  reduce: (x, { writer }) => {
    const { kind, axes, keepDims, scale } = x.attributes as {
      kind: string;
      axes: number[];
      keepDims: boolean;
      scale: number;
    };
    const from = x.inputs[0]!;
    const input = writer.numbers(from);
    const keepdims = keepDims ? 1 : 0;
    if (kind !== "sum")
      return writer.emit(kind === "max" ? "ReduceMax" : "ReduceMin", [input], { axes, keepdims }, stem(x));
    const count = sizeOf(axes.map((axis) => from.shape[axis]!));
    if (scale !== 1 && Math.fround(scale) === Math.fround(1 / count)) {
      return writer.emit("ReduceMean", [input], { axes, keepdims }, stem(x));
    }
    const sum = writer.emit("ReduceSum", [input, writer.whole(axes)], { keepdims }, stem(x));
    return scale === 1 ? sum : writer.emit("Mul", [sum, writer.number(scale)], {}, stem(x));
  },
  softmax: (x, { writer }) => writer.emit("Softmax", [writer.numbers(x.inputs[0]!)], { axis: -1 }, stem(x)),
  logSumExp: (x, { writer }) =>
    writer.emit("ReduceLogSumExp", [writer.numbers(x.inputs[0]!)], { axes: [-1], keepdims: 1 }, stem(x)),
  gather: (x, { writer }) =>
    writer.emit(
      "Gather",
      x.inputs.map((one) => writer.name(one)),
      { axis: x.attributes.axis as number },
      stem(x),
    ),
  toIndices: (x, { writer }) =>
    writer.emit("Cast", [writer.name(x.inputs[0]!)], { to: ELEMENT_TYPES.int64 }, stem(x)),
  arange: (x, { writer }) => {
    const { start, step } = x.attributes as { start: number; step: number };
    const [side] = writer.sides(x);
    if (side && "times" in side) throw unsupported(x, "numbers as many as the batch");
    return writer.constant(
      "float",
      x.shape,
      Array.from({ length: x.shape[0]! }, (_, i) => start + i * step),
    );
  },
  stepsAsImage: (x, { writer }) => {
    const turned = writer.emit("Transpose", [writer.numbers(x.inputs[0]!)], { perm: [0, 2, 1] });
    return writer.emit("Unsqueeze", [turned, writer.whole([2])], {}, stem(x));
  },
  imageAsSteps: (x, { writer }) => {
    const flat = writer.emit("Squeeze", [writer.numbers(x.inputs[0]!), writer.whole([2])]);
    return writer.emit("Transpose", [flat], { perm: [0, 2, 1] }, stem(x));
  },
  scan: exportLoop,
};

function stem({ scope, op }: Tensor): string {
  return scope ? `${scope}/${op.name}` : op.name;
}

/** A recurrence as ONNX's Scan, whose body is a graph that sees what is around it. */
function exportLoop(x: Tensor, { writer, readers, outputs: wanted }: RuleContext): undefined {
  const { reverse, carry, parts, shared, next, made } = x.attributes as unknown as LoopAttributes;
  const { inputs, outputs } = x.node;
  const [states, sequences] = [
    inputs.slice(0, carry.length),
    inputs.slice(carry.length, carry.length + parts.length),
  ];
  const common = inputs.slice(carry.length + parts.length);
  const given = (one: Tensor) => (constantOf(one) === undefined ? writer.numbers(one) : filled(writer, one));
  const body = writer.within();
  const leaf = (one: Tensor, name: string): ValueInfo => {
    const own = body.fresh(name);
    body.bind(one, own);
    return { name: own, type: { tensorType: { elemType: ELEMENT_TYPES.float } } };
  };
  const input = [...carry.map((one) => leaf(one, "state")), ...parts.map((one) => leaf(one, "part"))];
  shared.forEach((one, i) => {
    body.bind(one, given(common[i]!));
  });
  writeNodes(body, [...next, ...made]);
  const count = carry.length;
  const isRead = (output: Tensor) => readers.has(output) || wanted.has(output);
  const histories = next.flatMap((one, i) =>
    isRead(outputs[count + i]!) ? [{ one, to: outputs[count + i]!, i }] : [],
  );
  const stacks = made.flatMap((one, i) =>
    isRead(outputs[2 * count + i]!) ? [{ one, to: outputs[2 * count + i]!, i }] : [],
  );
  const handed = [...next, ...histories.map(({ one }) => one), ...stacks.map(({ one }) => one)];
  const output = handed.map((one) => {
    const value = constantOf(one) === undefined ? body.numbers(one) : filled(body, one);
    return {
      name: body.emit("Identity", [value], {}, "step"),
      type: { tensorType: { elemType: ELEMENT_TYPES.float } },
    };
  });
  const names = handed.map(() => writer.fresh(stem(x)));
  const directions = (list: readonly unknown[]) => list.map(() => (reverse ? 1 : 0));
  writer.node("Scan", [...states, ...sequences].map(given), names, {
    body: { name: "step", node: body.nodes, input, output },
    num_scan_inputs: parts.length,
    scan_input_directions: directions(parts),
    ...(handed.length > count && { scan_output_directions: directions(handed.slice(count)) }),
  });
  outputs.slice(0, count).forEach((one, i) => {
    writer.bind(one, names[i]!);
  });
  histories.forEach(({ to, i }, place) => {
    // The history begins, or in reverse ends, with what was carried in.
    const initial = writer.emit("Unsqueeze", [given(states[i]!), writer.whole([0])]);
    const steps = names[count + place]!;
    writer.bind(
      to,
      writer.emit("Concat", reverse ? [steps, initial] : [initial, steps], { axis: 0 }, stem(x)),
    );
  });
  stacks.forEach(({ to }, place) => {
    writer.bind(to, names[count + histories.length + place]!);
  });
  return undefined;
}
