import { sameShape, sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { throughViews } from "../step.js";
import { listed, type Unit, type UnitGraph } from "../unit.js";
import { isCheap } from "./candidate.js";
import { type Group, groupOf, groupOfWrites, joined, readsOf, writesOf } from "./group.js";
import { KnownPaths } from "./known-paths.js";

/** A group, and what of its results goes to memory. */
export interface WritingGroup {
  readonly group: Group;
  readonly writes: readonly Tensor[];
}

/** Of so many groups that read the same, each is tried with those that follow. */
const NEIGHBOURS = 8;

/**
 * Joins ops to groups: first each with what it reads, until nothing more fits together. Then groups compute again what costs less than to read it, and last
 * those side by side that read the same are joined, so that it is fetched once.
 */
export function makeGroups(candidates: readonly Unit[], graph: UnitGraph): WritingGroup[] {
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
  grouping.computeAgain(candidates);
  for (const [x, units] of grouping.readersOfMemory()) {
    for (const [i, one] of units.entries()) {
      for (const other of units.slice(i + 1, i + NEIGHBOURS)) {
        const [a, b] = [grouping.groupOf(one), grouping.groupOf(other)];
        if (sizeOf(a.domain) === sizeOf(x.shape) && sameShape(a.domain, b.domain)) grouping.join(one, other);
      }
    }
  }
  return grouping.settled();
}

/** A unit that is no candidate, or a group of candidates: what runs at once. */
interface Node {
  /** Its own units: where others have copies, this is still the place of what they make. */
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

  /** The units that read a tensor from memory, one of each group. */
  readersOfMemory(): Map<Tensor, Unit[]> {
    const readers = new Map<Tensor, Unit[]>();
    for (const node of this.#nodes()) {
      if (!node.group) continue;
      const [own] = node.units as Iterable<Unit>;
      for (const x of readOf(node, this.#graph)) listed(readers, x).push(own!);
    }
    return readers;
  }

  /**
   * Lets the groups that read what a cheap unit makes compute it themselves, if all can. Copies read nothing that does not come before the unit, so that the order
   * holds, and all that is known of it.
   */
  computeAgain(candidates: readonly Unit[]): void {
    const graph = this.#graph;
    const memory = new MemoryReaders(this.#nodes(), graph);
    // From the last one on: what a copy reads is then asked for again itself.
    for (const unit of [...candidates].reverse()) {
      const [y] = unit.writes as [Tensor];
      if (!isCheap(unit) || graph.isWanted(y)) continue;
      const grown = new Map<Node, Group>();
      const readers = memory.readersOf(y);
      for (const node of readers) {
        const group = node.group && withCopy(node.group, unit, graph, memory);
        if (group) grown.set(node, group);
      }
      if (grown.size < readers.size) continue;
      for (const [node, group] of grown) {
        node.group = group;
        memory.update(node);
      }
    }
  }

  /** The groups as they will run: without what nobody reads any more. */
  settled(): WritingGroup[] {
    const graph = this.#graph;
    const needed = new Set<Tensor>();
    const found: WritingGroup[] = [];
    for (const node of this.#nodes().reverse()) {
      if (node.group) {
        const writes = writesOf(node.group, graph, (y) => graph.isWanted(y) || needed.has(throughViews(y)));
        if (writes.length === 0) continue;
        node.group = groupOfWrites(node.group, writes, graph);
        found.push({ group: node.group, writes });
      }
      for (const x of readOf(node, graph)) needed.add(x);
    }
    return found.reverse();
  }

  #nodes(): Node[] {
    return this.#order.filter((node) => node !== undefined);
  }

  /** Makes one of the groups of two candidates, if they can be one. */
  join(one: Unit, other: Unit): boolean {
    const nodes = [this.#nodeAt.get(one)!, this.#nodeAt.get(other)!];
    const [a, b] = nodes.sort((x, y) => x.place - y.place) as [Node, Node];
    if (a === b) return false;
    const group = joined(a.group!, b.group!, this.#graph);
    const between = group && this.#between(a, b);
    if (!between) return false;
    const made: Node = { units: new Set([...a.units, ...b.units]), group, place: 0 };
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

/** What a node reads from memory. */
function readOf({ group, units }: Node, graph: UnitGraph): ReadonlySet<Tensor> {
  const reads = group ? [...readsOf(group, graph)] : [...units].flatMap((unit) => unit.reads);
  return new Set(reads.map(throughViews));
}

/** Which nodes read a tensor from memory. */
class MemoryReaders {
  readonly #graph: UnitGraph;
  readonly #reads = new Map<Node, ReadonlySet<Tensor>>();
  readonly #readers = new Map<Tensor, Set<Node>>();

  constructor(nodes: readonly Node[], graph: UnitGraph) {
    this.#graph = graph;
    for (const node of nodes) this.update(node);
  }

  readersOf(y: Tensor): ReadonlySet<Node> {
    return this.#readers.get(throughViews(y)) ?? new Set();
  }

  /** Whether a tensor is there in any case. */
  has(x: Tensor): boolean {
    const maker = this.#graph.makerOf(x);
    return !maker || maker.step !== undefined || this.#graph.isWanted(x) || this.readersOf(x).size > 0;
  }

  /** Notes what a node reads now. */
  update(node: Node): void {
    for (const x of this.#reads.get(node) ?? []) this.#readers.get(x)!.delete(node);
    const reads = readOf(node, this.#graph);
    this.#reads.set(node, reads);
    for (const x of reads) {
      const readers = this.#readers.get(x) ?? new Set();
      this.#readers.set(x, readers.add(node));
    }
  }
}

/** A group with a copy of a unit that it reads; undefined where it would read more full tensors than before, or one that is nowhere yet. */
function withCopy(group: Group, unit: Unit, graph: UnitGraph, memory: MemoryReaders): Group | undefined {
  const [y] = unit.writes as [Tensor];
  if (!sameShape(y.shape, group.domain)) return undefined;
  const read = new Set([...readsOf(group, graph)].map(throughViews));
  const more = unit.reads.filter((x) => sizeOf(x.shape) === sizeOf(y.shape) && !read.has(throughViews(x)));
  if (more.length > 1 || !more.every((x) => memory.has(x))) return undefined;
  const copy = groupOf(unit);
  return joined(group, { ...copy, copies: copy.units }, graph);
}
