import { ShapeError } from "../errors.js";
import type { Layout } from "../graph/layout.js";
import type { Lowering } from "../graph/op.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.js";
import { type Tensor, withScope } from "../graph/tensor.js";
import { maximum } from "../ops/extremes.js";
import { input } from "../ops/leaves.js";
import type { Machine } from "./machine.js";
import type { Assign } from "./plan.js";
import { isLeaf } from "./step.js";

/** What a metric is to a program: the graph that it makes of a batch, and the numbers that it keeps. */
export interface MetricGraph {
  readonly name: string;
  readonly variables: Readonly<
    Record<string, { readonly shape: Shape; readonly start?: number; readonly keeps?: "sum" | "replace" }>
  >;
  update(
    prediction: Tensor,
    target: Tensor,
    variables: Readonly<Record<string, Tensor>>,
  ): Readonly<Record<string, Tensor>>;
}

/** Of each metric, by name, the numbers of its variables. */
export type MetricValues = Readonly<Record<string, Readonly<Record<string, Float64Array>>>>;

/** What metrics add to a program. */
export interface Measuring {
  /** To be computed besides, and where. */
  readonly outputs: readonly Tensor[];
  readonly places: ReadonlyMap<Tensor, { readonly address: number; readonly layout: Layout | undefined }>;
  readonly assigns: readonly Assign[];
  /** Emits what belongs behind the last step. */
  emit(emit: Lowering["emit"]): void;
}

interface Place {
  readonly metric: MetricGraph;
  readonly variable: string;
  readonly shape: Shape;
  readonly start: number;
  readonly sums: boolean;
  /** Elements before it among the sums, or among the float32. */
  readonly offset: number;
  readonly wide: number;
}

let nextId = 0;

/**
 * The variables of metrics in memory: a block of float32, with what a batch gives to a sum or the number itself where it is replaced, and a
 * block of float64 sums behind it.
 */
export class MetricMemory {
  /** Tells programs that count here from others. */
  readonly id = nextId++;
  readonly #machine: Machine;
  readonly #metrics: readonly MetricGraph[];
  readonly #places: readonly Place[];
  readonly #address: number;
  readonly #sums: number;
  readonly #elements: number;
  readonly #wide: number;

  private constructor(
    machine: Machine,
    metrics: readonly MetricGraph[],
    places: readonly Place[],
    address: number,
    elements: number,
    wide: number,
  ) {
    this.#machine = machine;
    this.#metrics = metrics;
    this.#places = places;
    this.#address = address;
    this.#elements = elements;
    this.#wide = wide;
    this.#sums = address + 4 * elements;
  }

  static async create(machine: Machine, metrics: readonly MetricGraph[]): Promise<MetricMemory> {
    let elements = 0;
    let wide = 0;
    const places: Place[] = [];
    for (const metric of metrics) {
      for (const [variable, { shape, start = 0, keeps = "sum" }] of Object.entries(metric.variables)) {
        const sums = keeps === "sum";
        places.push({ metric, variable, shape, start, sums, offset: elements, wide });
        // Whole cache lines, as other tensors have.
        elements += Math.ceil(sizeOf(shape) / 16) * 16;
        if (sums) wide += sizeOf(shape);
      }
    }
    const address = await machine.allocate(4 * elements + 8 * wide);
    return new MetricMemory(machine, metrics, places, address, elements, wide);
  }

  /** Lets all begin anew, or with `values`. */
  async begin(values?: MetricValues): Promise<void> {
    const narrow = new Float32Array(this.#elements);
    const sums = new Float64Array(this.#wide);
    for (const { metric, variable, shape, start, sums: isSum, offset, wide } of this.#places) {
      const numbers = values?.[metric.name]?.[variable] ?? new Float64Array(sizeOf(shape)).fill(start);
      if (isSum) sums.set(numbers, wide);
      else narrow.set(numbers, offset);
    }
    await this.#machine.engine.write(this.#address, narrow);
    await this.#machine.engine.write(this.#sums, sums);
  }

  async read(): Promise<MetricValues> {
    const bytes = await this.#machine.engine.read(this.#address, 4 * this.#elements + 8 * this.#wide);
    const narrow = new Float32Array(bytes.buffer, 0, this.#elements);
    const sums = new Float64Array(bytes.buffer, 4 * this.#elements);
    const values: Record<string, Record<string, Float64Array>> = {};
    for (const { metric, variable, shape, sums: isSum, offset, wide } of this.#places) {
      const n = sizeOf(shape);
      values[metric.name] ??= {};
      values[metric.name]![variable] = isSum
        ? sums.slice(wide, wide + n)
        : Float64Array.from(narrow.subarray(offset, offset + n));
    }
    return values;
  }

  /** @throws {ShapeError} `metric-shape` when an update leaves a variable out, or gives it another shape. */
  measure(prediction: Tensor, target: Tensor): Measuring {
    const outputs: Tensor[] = [];
    const assigns: Assign[] = [];
    const places = new Map<Tensor, { address: number; layout: Layout | undefined }>();
    const adds: { x: number; sum: number; n: number }[] = [];
    for (const metric of this.#metrics) {
      const own = this.#places.filter((place) => place.metric === metric);
      const leaves = own
        .filter(({ sums }) => !sums)
        .map(({ variable, shape }) => [variable, input(`${metric.name}/${variable}`, shape)] as const);
      const before = Object.fromEntries(leaves);
      const after = withScope(metric.name, () => metric.update(prediction, target, before));
      for (const { variable, shape, sums, offset, wide } of own) {
        const given = after[variable];
        if (given?.type !== "f32" || !sameShape(given.shape, shape)) {
          throw new ShapeError(
            "metric-shape",
            `Metric "${metric.name}": expected update to give "${variable}" as float32 numbers of shape ${formatShape(shape)}, got ${given ? `${given.type} of shape ${formatShape(given.shape)}` : "nothing"}; make it agree with its variables.`,
          );
        }
        // A leaf lies where it lies, and so has a copy here: the greater of x and x is a formula that does not vanish, as x + 0 does.
        const value = sums && isLeaf(given) ? maximum(given, given) : given;
        const place = { address: this.#address + 4 * offset, layout: undefined };
        if (sums) {
          // One tensor may be what two variables grow by, and has one place.
          const known = places.get(value);
          if (!known) {
            outputs.push(value);
            places.set(value, place);
          }
          const x = (known ?? place).address;
          adds.push({ x, sum: this.#sums + 8 * wide, n: sizeOf(shape) });
        } else {
          places.set(before[variable]!, place);
          assigns.push({ to: before[variable]!, value });
        }
      }
    }
    return {
      ...{ outputs, places, assigns },
      emit: (emit) => {
        for (const { x, sum, n } of adds) {
          for (let i = 0; i < n; i++) emit("accumulate", { sum: sum + 8 * i, x: x + 4 * i, n: 1, weight: 1 });
        }
      },
    };
  }

  /** Gives its memory back: no program that counts here will run again. */
  free(): void {
    this.#machine.free(this.#address);
  }
}
