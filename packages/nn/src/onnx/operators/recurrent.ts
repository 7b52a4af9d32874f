import type { Tensor } from "../../graph/tensor.js";
import { add } from "../../ops/add.js";
import { arange } from "../../ops/arange.js";
import { cast } from "../../ops/cast.js";
import { less } from "../../ops/comparisons.js";
import { fill } from "../../ops/fill.js";
import { matmul } from "../../ops/matmul.js";
import { mul } from "../../ops/mul.js";
import { slice } from "../../ops/parts.js";
import { relu } from "../../ops/relu.js";
import { reshape } from "../../ops/reshape.js";
import { scan } from "../../ops/scan.js";
import { sigmoid } from "../../ops/sigmoid.js";
import { stack } from "../../ops/stack.js";
import { sub } from "../../ops/sub.js";
import { tanh } from "../../ops/tanh.js";
import { transpose } from "../../ops/transpose.js";
import { where } from "../../ops/where.js";
import type { Call, Operator } from "../call.js";

type Activation = (x: Tensor) => Tensor;

const ACTIVATIONS: Readonly<Record<string, Activation>> = { Sigmoid: sigmoid, Tanh: tanh, Relu: relu };

/** One direction of a recurrent node: its weights, without the axis of directions. */
interface Direction {
  readonly recurrent: Tensor;
  readonly recurrentBias: Tensor | undefined;
  readonly peepholes: Tensor | undefined;
  readonly activations: readonly Activation[];
  readonly units: number;
}

/** What a step makes of the projected inputs [batch, gates·units] and what is carried [batch, units] each: the carry, the output first. */
type Step = (projected: Tensor, carry: readonly Tensor[], direction: Direction) => readonly Tensor[];

/** What distinguishes the three. */
interface Kind {
  readonly gates: number;
  readonly carried: number;
  readonly activations: readonly string[];
  /** Whether the recurrence's own bias is added by the step, since a gate comes between. */
  readonly keepsBias?: (call: Call) => boolean;
  readonly step: (call: Call) => Step;
}

/** Part `index` of a tensor's first axis, without it. */
function at(x: Tensor, index: number): Tensor {
  return reshape(slice(x, { axes: [0], starts: [index], ends: [index + 1] }), x.shape.slice(1));
}

function gatesOf(x: Tensor, units: number): Tensor[] {
  const axis = x.shape.length - 1;
  return Array.from({ length: x.shape[axis]! / units }, (_, i) =>
    slice(x, { axes: [axis], starts: [i * units], ends: [(i + 1) * units] }),
  );
}

/** Exchanges the first axes of what has the batch first, as layout 1 has it. */
function exchanged(x: Tensor, order: readonly number[], layout: number): Tensor {
  return layout === 1 ? transpose(x, order) : x;
}

function recurrent({ gates, carried, activations: usual, keepsBias, step }: Kind): Operator {
  return (call) => {
    const direction = call.text("direction", "forward");
    const directions = direction === "bidirectional" ? 2 : 1;
    const layout = call.number("layout", 0);
    if (call.node.attributes.clip !== undefined) throw call.unsupported("clipped gates");
    if (call.flag("input_forget")) throw call.unsupported("coupled gates");
    const names = call.texts("activations") ?? Array.from({ length: directions }, () => usual).flat();
    const activations = names.map((name) => {
      const found = ACTIVATIONS[name];
      if (!found) throw call.unsupported(`the activation ${name}`);
      return found;
    });
    for (const input of [0, 1, 2]) call.requireRank(input, 3);
    const x = exchanged(call.x(0), [1, 0, 2], layout);
    const [steps, batch, inputs] = x.shape as [number, number, number];
    const [kernels, loops, biases] = [call.x(1), call.x(2), call.optional(3)];
    const units = loops.shape[2]!;
    const lengths = call.optional(4);
    if (lengths && direction !== "forward") throw call.unsupported("lengths of sequences that run backwards");
    const running =
      lengths &&
      reshape(cast(less(reshape(arange(steps), [steps, 1]), reshape(lengths, [1, batch])), "f32"), [
        steps,
        batch,
        1,
      ]);
    const ways = Array.from({ length: directions }, (_, way) => {
      const kept = keepsBias?.(call) ?? false;
      const bias = biases && at(biases, way);
      const [inner, outer] = bias
        ? [0, 1].map((i) =>
            slice(bias, { axes: [0], starts: [i * gates * units], ends: [(i + 1) * gates * units] }),
          )
        : [];
      const rows = matmul(reshape(x, [steps * batch, inputs]), at(kernels, way), { transposeB: true });
      const added = inner && outer ? add(rows, kept ? inner : add(inner, outer)) : rows;
      const projected = reshape(added, [steps, batch, gates * units]);
      const peepholes = call.optional(7);
      const one: Direction = {
        recurrent: at(loops, way),
        recurrentBias: kept ? outer : undefined,
        peepholes: peepholes && at(peepholes, way),
        activations: activations.slice(way * usual.length, (way + 1) * usual.length),
        units,
      };
      const initial = Array.from({ length: carried }, (_, i) => {
        const given = call.optional(5 + i);
        return given ? at(exchanged(given, [1, 0, 2], layout), way) : fill([batch, units], 0);
      });
      const advance = step(call);
      const { carry, outputs } = scan(
        (carry: readonly Tensor[], [now, runs]: readonly Tensor[]) => {
          const made = advance(now!, carry, one);
          if (!runs) return { carry: made, outputs: [made[0]!] as const };
          const goes = cast(runs, "bool");
          // A sequence that has ended keeps what it carries, and puts out nothing.
          return {
            carry: made.map((next, i) => where(goes, next, carry[i]!)),
            outputs: [where(goes, made[0]!, fill([], 0))] as const,
          };
        },
        {
          init: initial,
          inputs: running ? [projected, running] : [projected],
          reverse: direction === "reverse" || way === 1,
        },
      );
      return { carry, all: outputs[0]! };
    });
    // Y is [steps, directions, batch, units], or [batch, steps, directions, units].
    const all = exchanged(
      stack(
        ways.map(({ all: one }) => one),
        1,
      ),
      [2, 0, 1, 3],
      layout,
    );
    const last = Array.from({ length: carried }, (_, i) =>
      call.result(
        exchanged(
          stack(
            ways.map(({ carry }) => carry[i]!),
            0,
          ),
          [1, 0, 2],
          layout,
        ),
      ),
    );
    return [call.result(all), ...last];
  };
}

const rnn = recurrent({
  gates: 1,
  carried: 1,
  activations: ["Tanh"],
  step:
    () =>
    (projected, [h], { recurrent: loop, activations: [f] }) => [
      f!(add(projected, matmul(h!, loop, { transposeB: true }))),
    ],
});

/** Gates in the order of ONNX: input, output, forget, cell. */
const lstm = recurrent({
  gates: 4,
  carried: 2,
  activations: ["Sigmoid", "Tanh", "Tanh"],
  step:
    () =>
    (projected, [h, c], { recurrent: loop, peepholes, activations: [f, g, cell], units }) => {
      const [i, o, forget, candidate] = gatesOf(
        add(projected, matmul(h!, loop, { transposeB: true })),
        units,
      );
      const [pi, po, pf] = peepholes ? gatesOf(peepholes, units) : [];
      const seen = (gate: Tensor, peephole: Tensor | undefined, state: Tensor) =>
        f!(peephole ? add(gate, mul(peephole, state)) : gate);
      const next = add(mul(seen(forget!, pf, c!), c!), mul(seen(i!, pi, c!), g!(candidate!)));
      return [mul(seen(o!, po, next), cell!(next)), next];
    },
});

/** Gates in the order of ONNX: update, reset, hidden. */
const gru = recurrent({
  gates: 3,
  carried: 1,
  activations: ["Sigmoid", "Tanh"],
  keepsBias: () => true,
  step: (call) => {
    const resetsBehind = call.flag("linear_before_reset");
    return (projected, [h], { recurrent: loop, recurrentBias, activations: [f, g], units }) => {
      const [xz, xr, xh] = gatesOf(projected, units);
      const ways = [0, 1, 2].map((i) =>
        slice(loop, { axes: [0], starts: [i * units], ends: [(i + 1) * units] }),
      );
      const bias = recurrentBias ? gatesOf(recurrentBias, units) : [];
      const through = (state: Tensor, gate: number) => {
        const product = matmul(state, ways[gate]!, { transposeB: true });
        return bias[gate] ? add(product, bias[gate]) : product;
      };
      const update = f!(add(xz!, through(h!, 0)));
      const reset = f!(add(xr!, through(h!, 1)));
      const hidden = resetsBehind ? mul(reset, through(h!, 2)) : through(mul(reset, h!), 2);
      const candidate = g!(add(xh!, hidden));
      return [add(candidate, mul(update, sub(h!, candidate)))];
    };
  },
});

export const recurrentOperators: Readonly<Record<string, Operator>> = { RNN: rnn, LSTM: lstm, GRU: gru };
