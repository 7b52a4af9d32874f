import { type Dataset, requireFinite } from "../../data/dataset.js";
import { isSamples, type Samples, samplesOf } from "../../data/samples.js";
import { ConfigError, requireOneOf, requirePositiveInteger, ShapeError, showValue } from "../../errors.js";
import { sizeOf } from "../../graph/shape.js";
import { requireOptions } from "../../options.js";

export interface KNeighborsOptions {
  /** How many of the nearest vote, at least 1; default 3. All do where there are fewer. */
  readonly k?: number;
  /** "euclidean", √Σ(xᵢ − yᵢ)², by default; or "cosine", 1 − x·y/(|x|·|y|), which is 1 where one of the two is all zeros. */
  readonly distance?: "euclidean" | "cosine";
}

/** What an example is called. */
export type NeighborLabel = string | number;

/** What the nearest examples say of one sample. */
export interface Neighborhood {
  /** The label of most of them; of several such, that of the nearest. */
  readonly label: NeighborLabel;
  /** The share of the votes, in [0, 1], of each label that has examples. */
  readonly probabilities: Readonly<Record<NeighborLabel, number>>;
  /** The examples that voted, nearest first. */
  readonly neighbors: readonly { readonly label: NeighborLabel; readonly distance: number }[];
}

/**
 * Tells a sample by the labels of the k examples that are nearest to it: Cover & Hart, 1967. There is nothing to train, so that examples come and go
 * one at a time, as in a page that learns from a camera; on `features` of a trained body a few a class are enough.
 *
 * ```ts
 * const known = new KNeighbors({ k: 3 });
 * known.add([[0, 0], [0, 1]], "low");
 * known.add([5, 5], "high");
 * const [told] = known.predict([0, 0.4]); // { label: "low", probabilities: { low: 2 / 3, high: 1 / 3 }, … }
 * ```
 *
 * Sums are in float64 and in the order of the values, and of two examples at one distance the one that was added first is nearer: an answer is a
 * function of the examples and their order alone. Each prediction looks at every value of every example.
 * @throws {ConfigError} `k-not-positive`, `distance-unknown`, `unknown-option`.
 */
export class KNeighbors {
  readonly k: number;
  readonly distance: "euclidean" | "cosine";
  /** How many values an example has; 0 until there was one. */
  #size = 0;
  /** All examples, one after the other, in an array with room for more. */
  #values = new Float32Array(0);
  /** |x| of each, which cosine needs. */
  #norms: number[] = [];
  #labels: NeighborLabel[] = [];

  constructor(options: KNeighborsOptions = {}) {
    requireOptions("KNeighbors", options, ["k", "distance"]);
    const { k = 3, distance = "euclidean" } = options;
    requirePositiveInteger("KNeighbors", "k", k);
    requireOneOf("KNeighbors", "distance", distance, ["euclidean", "cosine"]);
    this.k = k;
    this.distance = distance;
  }

  /** How many examples there are of each label that has some. */
  get counts(): Readonly<Record<NeighborLabel, number>> {
    return this.#share(this.#labels, 1);
  }

  /**
   * Adds examples: one [values] or many [samples, …values], with one label for all or a list of one each; or a dataset of classes, such as `features`
   * gives, whose labels are its class names where it has some and else its indices. All values are copied.
   * @throws {ShapeError} `input-shape` where an example has another number of values than those before; `label-shape` where there are not as many
   * labels as examples. @throws {DataError} `not-finite`, `data-type`. @throws {ConfigError} `not-a-label`.
   */
  add(data: Dataset): void;
  add(samples: Samples, labels: NeighborLabel | ArrayLike<NeighborLabel>): void;
  add(given: Dataset | Samples, labels?: NeighborLabel | ArrayLike<NeighborLabel>): void {
    if (!isSamples(given)) {
      const { data } = given.labels;
      const names = Array.from(data, (index) => given.classNames?.[index] ?? index);
      this.add(given.inputs, names);
      return;
    }
    const { data, count, size } = this.#rows("add", given);
    const all =
      typeof labels === "object" ? Array.from(labels) : Array.from({ length: count }, () => labels!);
    if (all.length !== count) {
      throw new ShapeError(
        "label-shape",
        `KNeighbors: add expected one label, or one for each of ${count} examples, got ${all.length}.`,
      );
    }
    const wrong = all.findIndex((label) => typeof label !== "string" && !Number.isFinite(label));
    if (wrong >= 0) {
      throw new ConfigError(
        "not-a-label",
        `KNeighbors: add expected labels that are texts or numbers, got ${showValue(all[wrong])}.`,
      );
    }
    this.#size = size;
    const used = this.#labels.length * size;
    if (this.#values.length < used + data.length) {
      const more = new Float32Array(Math.max(used + data.length, 2 * this.#values.length));
      more.set(this.#values.subarray(0, used));
      this.#values = more;
    }
    this.#values.set(data, used);
    for (let i = 0; i < count; i++) this.#norms.push(Math.sqrt(dot(data, i * size, data, i * size, size)));
    this.#labels.push(...all);
  }

  /** Forgets all examples of a label. @returns how many they were. */
  forget(label: NeighborLabel): number {
    const size = this.#size;
    const before = this.#labels.length;
    const kept = this.#labels.flatMap((one, i) => (one === label ? [] : [i]));
    for (const [to, from] of kept.entries())
      this.#values.copyWithin(to * size, from * size, (from + 1) * size);
    this.#norms = kept.map((i) => this.#norms[i]!);
    this.#labels = kept.map((i) => this.#labels[i]!);
    if (kept.length === 0) this.#size = 0;
    return before - kept.length;
  }

  /**
   * What the examples say of one sample [values] or many [samples, …values]: a list, one a sample.
   * @throws {ConfigError} `no-examples`. @throws {ShapeError} `input-shape`. @throws {DataError} `not-finite`, `data-type`.
   */
  predict(samples: Samples): Neighborhood[] {
    if (this.#labels.length === 0) {
      throw new ConfigError(
        "no-examples",
        "KNeighbors: expected examples before predict, got none; add some.",
      );
    }
    const { data, count } = this.#rows("predict", samples);
    return Array.from({ length: count }, (_, row) => this.#told(data, row * this.#size));
  }

  #told(x: Float32Array, at: number): Neighborhood {
    const found = this.#nearest(x, at);
    const neighbors = found.map(({ example, distance }) => ({ label: this.#labels[example]!, distance }));
    const votes = neighbors.map(({ label }) => label);
    const counts = new Map<NeighborLabel, number>();
    for (const label of votes) counts.set(label, (counts.get(label) ?? 0) + 1);
    // The labels stand in the order of their nearest, of which the first of those with most votes is taken.
    let [label, most] = [votes[0]!, 0];
    for (const [one, count] of counts) if (count > most) [label, most] = [one, count];
    return { label, probabilities: this.#share(votes, votes.length), neighbors };
  }

  /** The k nearest examples, nearest first, of equals the earlier first. */
  #nearest(x: Float32Array, at: number): { example: number; distance: number }[] {
    const size = this.#size;
    const values = this.#values;
    const cosine = this.distance === "cosine";
    const norm = cosine ? Math.sqrt(dot(x, at, x, at, size)) : 0;
    const best: { example: number; distance: number }[] = [];
    for (let example = 0; example < this.#labels.length; example++) {
      const from = example * size;
      let distance = 0;
      if (cosine) {
        const lengths = norm * this.#norms[example]!;
        distance = lengths === 0 ? 1 : Math.max(0, 1 - dot(x, at, values, from, size) / lengths);
      } else {
        for (let i = 0; i < size; i++) distance += (x[at + i]! - values[from + i]!) ** 2;
      }
      if (best.length === this.k && !(distance < best[best.length - 1]!.distance)) continue;
      let place = best.length;
      while (place > 0 && distance < best[place - 1]!.distance) place--;
      best.splice(place, 0, { example, distance });
      if (best.length > this.k) best.pop();
    }
    return cosine ? best : best.map((one) => ({ ...one, distance: Math.sqrt(one.distance) }));
  }

  /** For each label that has examples, how many of these are of it, over `whole`. */
  #share(labels: readonly NeighborLabel[], whole: number): Record<NeighborLabel, number> {
    const counts = new Map(this.#labels.map((label) => [label, 0]));
    for (const label of labels) counts.set(label, counts.get(label)! + 1);
    return Object.fromEntries([...counts].map(([label, count]) => [label, count / whole]));
  }

  /** Samples as rows of as many values as the examples have. */
  #rows(what: string, given: Samples): { data: Float32Array; count: number; size: number } {
    const owner = `KNeighbors: ${what}`;
    const flat = ArrayBuffer.isView(given) || (Array.isArray(given) && !Array.isArray(given[0]));
    const one = flat && this.#size === 0 ? (given as ArrayLike<number>).length : this.#size;
    const { data, shape } = samplesOf(owner, given, [one]);
    const whole = shape.length < 2 ? [1, ...shape] : shape;
    const size = sizeOf(whole.slice(1));
    if (size === 0 || data.length !== sizeOf(whole) || (this.#size > 0 && size !== this.#size)) {
      throw new ShapeError(
        "input-shape",
        `${owner} expected samples of ${this.#size || "one or more"} values, got ${data.length} values of shape [${shape.join(", ")}].`,
      );
    }
    requireFinite(owner, "input", { data, shape: whole });
    return { data: Float32Array.from(data), count: whole[0]!, size };
  }
}

/** Σ x·y in float64 over `size` values of each. */
function dot(x: Float32Array, xAt: number, y: Float32Array, yAt: number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += x[xAt + i]! * y[yAt + i]!;
  return sum;
}
