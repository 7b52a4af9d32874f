import { COLUMN, COPIES, FULL, IN_INPUT, IN_OUTPUT, IN_SCRATCH, ROW, SCALAR } from "../constants/map.gen.js";
import { type MapKind, mapKinds } from "../instructions/index.js";
import { extentsOf } from "./normalize.js";
import type { MapExtent, MapProgram } from "./program.js";
import { type Register, Registers, SIDE_BY_SIDE } from "./registers.js";
import { argumentsOf, groupsOf, summedBy } from "./schedule.js";

/** A map's numbers for the kernel's `code`, and how much working space a thread needs. */
export interface MapCode {
  readonly code: Uint32Array<ArrayBuffer>;
  readonly share: number;
}

/** How a view is cut. */
export interface Cut {
  readonly blockRows: number;
  readonly blockCols: number;
  /** Rows of a partial sum, 0 without. */
  readonly partRows: number;
}

const EXTENT: Readonly<Record<MapExtent, number>> = { full: FULL, row: ROW, column: COLUMN, scalar: SCALAR };

interface Operation {
  readonly kind: MapKind;
  readonly to: Register;
  readonly from: readonly Register[];
  readonly extent: number;
  readonly number: number;
}

/**
 * Writes a program's code: which register holds which value when, and the operations of each group.
 * @param mayWrite whether output o may be written while input i is still to be read: they do not share memory
 */
export function encodeMap(
  program: MapProgram,
  cut: Cut,
  mayWrite: (output: number, input: number) => boolean,
): MapCode {
  return new Encoder(program, cut, mayWrite).encode();
}

class Encoder {
  readonly #extents: readonly MapExtent[];
  readonly #groups: readonly (number | undefined)[];
  readonly #registers = new Registers();
  readonly #operations: Operation[][] = [];
  /** Where each value is, in its own extent. */
  readonly #held: (Register | undefined)[] = [];
  /** Where a value of a smaller extent is in full. */
  readonly #inFull = new Map<number, Register>();
  /** The last operation of the last group that reads a value: places in `#order`. */
  readonly #lastUse = new Map<number, number>();
  readonly #order: number[];
  readonly #inputs: readonly number[];
  readonly #inPieces: boolean;

  constructor(
    readonly program: MapProgram,
    readonly cut: Cut,
    readonly mayWrite: (output: number, input: number) => boolean,
  ) {
    const { values } = program;
    this.#inPieces = cut.blockCols < program.cols;
    this.#extents = extentsOf(values);
    this.#groups = groupsOf(program, this.#extents, this.#inPieces);
    this.#order = values
      .map((_, v) => v)
      .filter((v) => this.#groups[v] !== undefined)
      .sort((a, b) => this.#groups[a]! - this.#groups[b]! || a - b);
    this.#inputs = values.flatMap(({ kind }, v) => (kind === "input" ? [v] : []));
    this.#order.forEach((v, place) => {
      for (const arg of argumentsOf(values[v]!)) this.#lastUse.set(arg, place);
    });
    for (const value of [...program.outputs.map((output) => output.value), ...this.#summed]) {
      this.#lastUse.set(value, Number.POSITIVE_INFINITY);
    }
  }

  /** The values that sums over rows are made of. */
  get #summed(): readonly number[] {
    return (this.program.rowSums ?? []).flatMap(summedBy);
  }

  encode(): MapCode {
    for (const [place, v] of this.#order.entries()) this.#compute(v, place);
    this.#finish();
    return this.#words();
  }

  get #elements(): number {
    return this.cut.blockRows * this.cut.blockCols;
  }

  #compute(v: number, place: number): void {
    const value = this.program.values[v]!;
    const extent = this.#extents[v]!;
    const group = this.#groups[v]!;
    if (value.kind === "input") this.#input(v);
    else if (value.kind === "reduce") this.#reduce(v, place);
    else if (value.kind === "constant") {
      this.#held[v] = this.#registers.keep(COPIES, 0);
      this.#push(0, "constant", this.#held[v], [], SCALAR, value.value);
    } else if (value.kind === "columnIndex") {
      this.#held[v] = this.#registers.takeRow(this.program.cols);
      this.#push(0, "iota", this.#held[v], [], ROW);
    } else {
      const from = value.args.map((arg) => this.#as(arg, extent, group));
      this.#free(value.args, place);
      const to = this.#directOutput(v, place) ?? this.#room(v);
      this.#held[v] = to;
      this.#push(group, value.primitive, to, from, EXTENT[extent]);
    }
  }

  #input(v: number): void {
    const value = this.program.values[v]!;
    if (value.kind !== "input") return;
    const slot = this.#inputs.indexOf(v);
    const extent = this.#extents[v]!;
    const { cols } = this.program;
    const memory = this.#registers.add({
      where: IN_INPUT,
      at: slot,
      row: extent === "full" ? 4 * cols : extent === "column" ? 4 : 0,
      column: extent === "full" || extent === "row" ? 4 : 0,
      step: SIDE_BY_SIDE,
    });
    const isU32 = value.type === "u32";
    const group = this.#groups[v]!;
    if (extent === "scalar") {
      const copies = this.#registers.keep(COPIES, 0);
      this.#push(0, "splat", copies, [memory], SCALAR);
      this.#held[v] = isU32 ? this.#registers.keep(COPIES, 0) : copies;
      if (isU32) this.#push(0, "convert", this.#held[v], [copies], SCALAR);
    } else if (isU32) {
      this.#held[v] = this.#room(v);
      this.#push(group, "convert", this.#held[v], [memory], EXTENT[extent]);
    } else this.#held[v] = memory;
  }

  #reduce(v: number, place: number): void {
    const value = this.program.values[v]!;
    if (value.kind !== "reduce") return;
    const group = this.#groups[v]!;
    let of = this.#as(value.of, "full", group, true);
    if (value.reduction === "min") {
      const negative = this.#registers.take(this.#elements);
      this.#push(group, "neg", negative, [of], FULL);
      this.#registers.release(negative, this.#elements);
      of = negative;
    }
    const times = value.times === undefined ? [] : [this.#as(value.times, "full", group, true)];
    this.#free(argumentsOf(value), place);
    const to = this.#registers.take(this.cut.blockRows);
    this.#held[v] = to;
    if (value.reduction === "sum") {
      const total = this.#inPieces ? [this.#registers.take(2)] : [];
      const kind = times.length > 0 ? "dot_row" : "sum_row";
      this.#push(group, kind, to, [of, ...times, ...total], FULL, value.scale ?? 1);
    } else {
      this.#push(group, "max_row", to, [of], FULL);
      if (value.reduction === "min") {
        this.#held[v] = this.#registers.take(this.cut.blockRows);
        this.#push(group + (this.#inPieces ? 1 : 0), "neg", this.#held[v], [to], COLUMN);
      }
    }
  }

  /** A value's register where an operation of some extent reads it; `whole`: every element has to be there. */
  #as(v: number, extent: MapExtent, group: number, whole = false): Register {
    const own = this.#extents[v]!;
    const held = this.#held[v]!;
    if (own === extent || (own === "scalar" && !whole)) return held;
    if (extent !== "full") return held;
    const known = this.#inFull.get(v);
    if (known && (known.step !== 0 || !whole)) return known;
    const elements = this.#elements;
    if (own === "row") {
      if (this.cut.blockRows === 1) return held;
      const full = this.#registers.keep(elements);
      this.#push(0, "repeat", full, [held], FULL);
      this.#inFull.set(v, full);
      return full;
    }
    if (own === "scalar") {
      const full = this.#registers.take(elements);
      // One number a row is the way to any extent.
      const column = this.#registers.take(this.cut.blockRows);
      this.#push(group, "copy", column, [held], COLUMN);
      this.#push(group, "spread", full, [column], FULL);
      return full;
    }
    const alone = this.cut.blockRows === 1 && !whole;
    const full = alone ? this.#registers.keep(COPIES, 0) : this.#registers.take(elements);
    this.#push(group, "spread", full, [held], alone ? COLUMN : FULL);
    if (!whole) this.#inFull.set(v, full);
    return full;
  }

  /** Room for a value's elements in a block. */
  #room(v: number): Register {
    const extent = this.#extents[v]!;
    const group = this.#groups[v]!;
    if (extent === "scalar") return this.#registers.keep(COPIES, 0);
    if (extent === "column") return this.#registers.take(this.cut.blockRows);
    const isKept = extent === "row" || this.#isRead(v, group);
    return isKept ? this.#registers.takeRow(this.program.cols) : this.#registers.take(this.#elements);
  }

  /** Whether a value outlives the group that computes it, so that the whole row must be kept. */
  #isRead(v: number, group: number): boolean {
    if (!this.#inPieces) return false;
    const { values, outputs } = this.program;
    if (outputs.some(({ value }) => value === v)) return this.#lastGroup > group;
    return values.some(
      (value, reader) => argumentsOf(value).includes(v) && (this.#groups[reader] ?? 0) > group,
    );
  }

  /** The group in which everything is there. */
  get #lastGroup(): number {
    const ready = this.#groups.map((group = 0, v) => group + (this.#isPartial(v) ? 1 : 0));
    return Math.max(1, ...ready);
  }

  /** Whether a value is whole only when its group is over. */
  #isPartial(v: number): boolean {
    return this.#inPieces && this.#groups[v] !== undefined && this.program.values[v]!.kind === "reduce";
  }

  /** Gives back the registers of arguments that are read for the last time. */
  #free(args: readonly number[], place: number): void {
    for (const arg of new Set(args)) {
      if (this.#lastUse.get(arg) !== place || this.#groups[arg] === 0) continue;
      const held = this.#held[arg]!;
      const isOwn = held.where === IN_SCRATCH && held.column === 0;
      // What has one element a row is computed for the first piece, and stands for all.
      if (isOwn && this.#extents[arg] === "full") this.#registers.release(held, this.#elements);
      else if (isOwn && !this.#inPieces) this.#registers.release(held, this.cut.blockRows);
      const full = this.#inFull.get(arg);
      if (full && full.step !== 0) this.#registers.release(full, this.#elements);
    }
  }

  /** The output that a value may be written to at once: nothing that shares its memory is read later. */
  #directOutput(v: number, place: number): Register | undefined {
    const { outputs, values } = this.program;
    const index = outputs.findIndex(({ value, extent }) => value === v && extent === this.#extents[v]);
    if (index < 0) return undefined;
    const later = this.#order.slice(place + 1).flatMap((reader) => argumentsOf(values[reader]!));
    const free = this.#inputs.every(
      (input, slot) => this.mayWrite(index, slot) || !this.#stillRead(input, later),
    );
    return free ? this.#output(index) : undefined;
  }

  /** Whether an input's memory is read by what comes later, or at the end. */
  #stillRead(input: number, later: readonly number[]): boolean {
    const kept = [...this.program.outputs.map(({ value }) => value), ...this.#summed];
    return later.includes(input) || kept.includes(input);
  }

  #output(index: number): Register {
    const { extent } = this.program.outputs[index]!;
    const { cols } = this.program;
    return this.#registers.add({
      where: IN_OUTPUT,
      at: index,
      row: extent === "full" ? 4 * cols : 4,
      column: extent === "full" ? 4 : 0,
      step: SIDE_BY_SIDE,
    });
  }

  /** Sums over rows, and the outputs that are not where they belong. */
  #finish(): void {
    const { outputs, rowSums = [] } = this.program;
    const group = this.#lastGroup;
    rowSums.forEach((sum, index) => {
      const to = this.#registers.add({
        where: IN_OUTPUT,
        at: outputs.length + index,
        row: 0,
        column: 4,
        step: SIDE_BY_SIDE,
      });
      const values = summedBy(sum);
      const ready = Math.max(
        1,
        ...values.map((value) => this.#groups[value]! + (this.#isPartial(value) ? 1 : 0)),
      );
      const from = values.map((value) => this.#as(value, "full", ready, true));
      this.#push(ready, values.length > 1 ? "row_dot" : "row_sum", to, from, FULL);
    });
    outputs.forEach(({ value, extent }, index) => {
      const to = this.#output(index);
      if (this.#held[value] === to) return;
      this.#push(group, "copy", to, [this.#as(value, extent, group)], EXTENT[extent]);
    });
  }

  #push(
    group: number,
    kind: MapKind,
    to: Register,
    from: readonly Register[],
    extent: number,
    number = 0,
  ): void {
    while (this.#operations.length <= group) this.#operations.push([]);
    this.#operations[group]!.push({ kind, to, from, extent, number });
  }

  #words(): MapCode {
    const { all, bytes } = this.#registers;
    // The resolved table lies ahead of the working space's registers.
    const table = Math.ceil((16 * all.length) / 64) * 64;
    while (this.#operations.length < 2) this.#operations.push([]);
    const words = [
      all.length,
      this.cut.blockRows,
      this.cut.blockCols,
      this.#isIndependent ? 1 : 0,
      this.#operations.length,
    ];
    for (const { where, at, row, column, step } of all) {
      words.push(where, where === IN_SCRATCH ? table + at : at, row, column, step);
    }
    const real = new DataView(new ArrayBuffer(4));
    for (const operations of this.#operations) {
      words.push(operations.length);
      for (const { kind, to, from, extent, number } of operations) {
        const [d, a = 0, b = 0, c = 0] = [to, ...from].map((register) => all.indexOf(register));
        real.setFloat32(0, number);
        words.push(mapKinds[kind] | (d! << 8) | (a << 16) | (b << 24), c | (extent << 8), real.getUint32(0));
      }
    }
    if (all.length > 256) throw new RangeError("internal: a map needs more than 256 registers");
    return { code: Uint32Array.from(words), share: table + bytes };
  }

  /** Blocks know nothing of each other unless something goes along a row that is in pieces, or over rows, or is one for all pieces. */
  get #isIndependent(): boolean {
    const { outputs } = this.program;
    if (this.#inPieces && outputs.some(({ extent }) => extent === "column")) return false;
    return this.cut.partRows === 0 && !this.program.values.some((_, v) => this.#isPartial(v));
  }
}
