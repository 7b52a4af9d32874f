import type { Unit, UnitGraph } from "../unit.js";

/**
 * Paths from units to those that need them, along one tree that each unit is in: it hangs from the first of the units it reads that a walk in depth came by, so that
 * all that a network's layers lead to, their gradients too, mostly lies below them. A path that is not known may be there.
 */
export class KnownPaths {
  /** When the walk came to a unit, and the last that it came to below it. */
  readonly #spans = new Map<Unit, { readonly first: number; last: number }>();

  constructor(graph: UnitGraph) {
    let count = 0;
    for (const root of graph.units) {
      if (this.#spans.has(root)) continue;
      const way = [this.#enter(root, graph, count++)];
      for (let top = way.at(-1); top; top = way.at(-1)) {
        const next = top.readers[top.at++];
        if (next === undefined) {
          top.span.last = count - 1;
          way.pop();
        } else if (!this.#spans.has(next)) way.push(this.#enter(next, graph, count++));
      }
    }
  }

  #enter(unit: Unit, graph: UnitGraph, first: number) {
    const span = { first, last: first };
    this.#spans.set(unit, span);
    return { span, readers: graph.readersOf(unit), at: 0 };
  }

  /** Whether a path from a unit to one of others is known. */
  leads(from: Unit, to: Iterable<Unit>): boolean {
    const { first, last } = this.#spans.get(from)!;
    for (const unit of to) {
      const at = this.#spans.get(unit)!.first;
      if (first <= at && at <= last) return true;
    }
    return false;
  }
}
