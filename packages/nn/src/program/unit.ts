import type { Tensor } from "../graph/tensor.js";
import { type Step, throughViews } from "./step.js";

/** Something that a program has to do at once: a step, or an op that is still to become part of one. */
export interface Unit {
  readonly reads: readonly Tensor[];
  /** What it fills; the first names it. */
  readonly writes: readonly Tensor[];
  /** Undefined for an op that maps are made of. */
  readonly step: Step | undefined;
}

/** The list of a key, made when first asked for. */
export function listed<Key, Value>(lists: Map<Key, Value[]>, key: Key): Value[] {
  const known = lists.get(key);
  if (known) return known;
  const made: Value[] = [];
  lists.set(key, made);
  return made;
}

/** The units that outputs need, in a runnable order, and who makes and who reads what. */
export class UnitGraph {
  readonly units: readonly Unit[];
  readonly #makers = new Map<Tensor, Unit>();
  readonly #readers = new Map<Unit, Unit[]>();
  readonly #readersOfTensor = new Map<Tensor, Unit[]>();
  readonly #places = new Map<Unit, number>();
  readonly #wanted: ReadonlySet<Tensor>;

  constructor(all: readonly Unit[], outputs: readonly Tensor[]) {
    this.#wanted = new Set(outputs.map(throughViews));
    for (const unit of all) for (const written of unit.writes) this.#makers.set(written, unit);
    this.units = this.#inOrder(outputs);
    for (const [place, unit] of this.units.entries()) {
      this.#places.set(unit, place);
      this.#readers.set(unit, []);
    }
    for (const unit of this.units) {
      for (const maker of new Set(unit.reads.map((x) => this.makerOf(x)))) {
        if (maker) this.#readers.get(maker)!.push(unit);
      }
      for (const x of new Set(unit.reads.map(throughViews))) listed(this.#readersOfTensor, x).push(unit);
    }
  }

  /** The unit that computes a tensor, or what it is a view of; undefined for a leaf. */
  makerOf(tensor: Tensor): Unit | undefined {
    return this.#makers.get(throughViews(tensor));
  }

  readersOf(unit: Unit): readonly Unit[] {
    return this.#readers.get(unit)!;
  }

  /** The units that read a tensor, or a view of it. */
  readersOfTensor(tensor: Tensor): readonly Unit[] {
    return this.#readersOfTensor.get(tensor) ?? [];
  }

  /** Whether a tensor, or a view of it, is one of the outputs. */
  isWanted(tensor: Tensor): boolean {
    return this.#wanted.has(tensor);
  }

  /** Where a unit comes in the order. */
  placeOf(unit: Unit): number {
    return this.#places.get(unit)!;
  }

  /** What the outputs need, in the order of the ops, but what a unit reads always before it. */
  #inOrder(outputs: readonly Tensor[]): Unit[] {
    const needed = new Set<Unit>();
    const open = [...outputs];
    for (let x = open.pop(); x; x = open.pop()) {
      const unit = this.makerOf(x);
      if (!unit || needed.has(unit)) continue;
      needed.add(unit);
      open.push(...unit.reads);
    }
    const ordered = new Set<Unit>();
    const place = (x: Tensor) => {
      const unit = this.makerOf(x);
      if (!unit || ordered.has(unit)) return;
      unit.reads.forEach(place);
      ordered.add(unit);
    };
    for (const { writes } of [...needed].sort((a, b) => a.writes[0]!.id - b.writes[0]!.id)) place(writes[0]!);
    return [...ordered];
  }
}
