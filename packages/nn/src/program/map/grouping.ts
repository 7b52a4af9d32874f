import { sameShape, sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { throughViews } from "../step.js";
import { listed, type Unit, type UnitGraph } from "../unit.js";
import { type Group, groupOf, joined } from "./group.js";
import { KnownPaths } from "./known-paths.js";

/**
 * Joins ops to groups: first each with what it reads, until nothing more fits together, then those side by side that read the same, so that
 * it is fetched once.
 */
export function makeGroups(candidates: readonly Unit[], graph: UnitGraph): Group[] {
  const grouping = new Grouping(candidates, graph);
  for (let grown = true; grown; ) {
    grown = false;
    for (const unit of [...candidates].reverse()) {
      for (const x of unit.reads) {
        const maker = graph.makerOf(x);
        if (maker && !maker.step && grouping.join(unit, maker)) grown = true;
      }
    }
  }
  const readers = new Map<Tensor, Unit[]>();
  for (const unit of candidates) {
    for (const x of unit.reads) listed(readers, throughViews(x)).push(unit);
  }
  for (const [x, [first, ...others]] of readers) {
    for (const other of others) {
      const [a, b] = [grouping.groupOf(first!), grouping.groupOf(other)];
      if (sizeOf(a.domain) === sizeOf(x.shape) && sameShape(a.domain, b.domain)) grouping.join(first!, other);
    }
  }
  return [...new Set(candidates.map((unit) => grouping.groupOf(unit)))];
}

/** A unit that is no candidate, or a group of candidates: what runs at once. */
interface Node {
  readonly units: ReadonlySet<Unit>;
  readonly group: Group | undefined;
  place: number;
}

/**
 * Groups in an order in which each comes behind all that it reads. Joining two keeps it, by rearranging what lies between them: so that no two
 * groups ever need each other, and finding out costs no more than their distance, and mostly a few looks (known-paths.ts).
 */
class Grouping {
  readonly #graph: UnitGraph;
  readonly #known: KnownPaths;
  readonly #nodeAt = new Map<Unit, Node>();
  readonly #order: (Node | undefined)[];

  constructor(candidates: readonly Unit[], graph: UnitGraph) {
    this.#graph = graph;
    this.#known = new KnownPaths(graph);
    const open = new Set(candidates);
    this.#order = graph.units.map((unit, place) => {
      const node = { units: new Set([unit]), group: open.has(unit) ? groupOf(unit) : undefined, place };
      this.#nodeAt.set(unit, node);
      return node;
    });
  }

  groupOf(candidate: Unit): Group {
    return this.#nodeAt.get(candidate)!.group!;
  }

  /** Makes one of the groups of two candidates, if they can be one. */
  join(one: Unit, other: Unit): boolean {
    const nodes = [this.#nodeAt.get(one)!, this.#nodeAt.get(other)!];
    const [a, b] = nodes.sort((x, y) => x.place - y.place) as [Node, Node];
    if (a === b) return false;
    const group = joined(a.group!, b.group!, this.#graph);
    const between = group && this.#between(a, b);
    if (!between) return false;
    const made: Node = { units: group.units, group, place: 0 };
    for (const unit of group.units) this.#nodeAt.set(unit, made);
    const window = this.#order.slice(a.place + 1, b.place).filter((node) => node !== undefined);
    const rearranged = [
      ...window.filter((node) => !between.has(node)),
      made,
      ...window.filter((node) => between.has(node)),
    ];
    for (let place = a.place; place <= b.place; place++) {
      const node = rearranged[place - a.place];
      this.#order[place] = node;
      if (node) node.place = place;
    }
    return true;
  }

  /** What needs `a` and comes before `b`; undefined where `b` needs some of that. */
  #between(a: Node, b: Node): ReadonlySet<Node> | undefined {
    // Breadth first: in a deep network the way from a forward op to one of its gradients goes through all later layers, but is known from near `a`.
    const found = new Set([a]);
    for (const node of found) {
      for (const unit of node.units) {
        for (const reader of this.#graph.readersOf(unit)) {
          const next = this.#nodeAt.get(reader)!;
          if (next === b && node !== a) return undefined;
          if (next.place >= b.place || found.has(next)) continue;
          if (this.#known.leads(reader, b.units)) return undefined;
          found.add(next);
        }
      }
    }
    found.delete(a);
    return found;
  }
}
