import { sameShape, sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { throughViews } from "../step.js";
import { listed, type Unit, type UnitGraph } from "../unit.js";
import { isCheap } from "./candidate.js";
import { type Group, groupOf, joined, ownUnits, readsOf } from "./group.js";
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
  // From the last one on: what a copy reads is then asked for again itself.
  for (const unit of [...candidates].reverse()) grouping.computeAgain(unit);
  const readers = new Map<Tensor, Unit[]>();
  for (const group of grouping.groups(candidates)) {
    const [own] = ownUnits(group) as [Unit];
    for (const x of readsOf(group, graph)) listed(readers, throughViews(x)).push(own);
  }
  for (const [x, units] of readers) {
    for (const [i, one] of units.entries()) {
      for (const other of units.slice(i + 1)) {
        const [a, b] = [grouping.groupOf(one), grouping.groupOf(other)];
        if (sizeOf(a.domain) === sizeOf(x.shape) && sameShape(a.domain, b.domain)) grouping.join(one, other);
      }
    }
  }
  return grouping.groups(candidates);
}

/** A unit that is no candidate, or a group of candidates: what runs at once. */
interface Node {
  readonly units: ReadonlySet<Unit>;
  group: Group | undefined;
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

  /** All groups that have something to do. */
  groups(candidates: readonly Unit[]): Group[] {
    const all = new Set(candidates.map((unit) => this.groupOf(unit)));
    return [...all].filter(({ units }) => units.size > 0);
  }

  /** Lets the groups that read what a cheap unit makes compute it themselves, if all can, of what they read anyway or in its place. */
  computeAgain(unit: Unit): void {
    const graph = this.#graph;
    const [y] = unit.writes as [Tensor];
    if (!isCheap(unit) || graph.isWanted(y)) return;
    const home = this.#nodeAt.get(unit)!;
    const others = new Map<Node, { readonly group: Group; readonly reader: Unit }>();
    for (const reader of graph.readersOfTensor(y)) {
      const node = this.#nodeAt.get(reader)!;
      if (node === home || others.has(node)) continue;
      const group = node.group && this.#withCopy(node.group, unit);
      if (!group) return;
      others.set(node, { group, reader });
    }
    if (others.size === 0) return;
    for (const [node, { group, reader }] of others) {
      node.group = group;
      graph.computeAgain(y, group.units);
      for (const x of unit.reads) graph.readsToo(reader, x);
    }
    if (graph.readersOfTensor(y).length > 0) return;
    const units = new Set([...home.group!.units].filter((one) => one !== unit));
    home.group = { ...home.group!, units };
  }

  /** A group with a copy of a unit that it reads; undefined where it would read more full tensors than before, or one that is nowhere yet. */
  #withCopy(group: Group, unit: Unit): Group | undefined {
    const graph = this.#graph;
    const [y] = unit.writes as [Tensor];
    if (!sameShape(y.shape, group.domain)) return undefined;
    const read = new Set([...readsOf(group, graph)].map(throughViews));
    const more = unit.reads.filter((x) => sizeOf(x.shape) === sizeOf(y.shape) && !read.has(throughViews(x)));
    if (more.length > 1 || !more.every((x) => this.#isInMemory(x))) return undefined;
    const grown = joined(group, groupOf(unit), graph);
    return grown && { ...grown, copies: new Set([...group.copies, unit]) };
  }

  #isInMemory(x: Tensor): boolean {
    const maker = this.#graph.makerOf(x);
    if (!maker || maker.step || this.#graph.isWanted(x)) return true;
    const { units } = this.#nodeAt.get(maker)!.group!;
    return this.#graph.readersOfTensor(x).some((reader) => !units.has(reader));
  }

  /** Makes one of the groups of two candidates, if they can be one. */
  join(one: Unit, other: Unit): boolean {
    const nodes = [this.#nodeAt.get(one)!, this.#nodeAt.get(other)!];
    const [a, b] = nodes.sort((x, y) => x.place - y.place) as [Node, Node];
    if (a === b) return false;
    const group = joined(a.group!, b.group!, this.#graph);
    const between = group && this.#between(a, b);
    if (!between) return false;
    const made: Node = { units: new Set(ownUnits(group)), group, place: 0 };
    for (const unit of made.units) this.#nodeAt.set(unit, made);
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
