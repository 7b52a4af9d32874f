import { COPIES, IN_SCRATCH } from "../constants/map.gen.js";

/** Where a register lies, and how it moves: bytes from row to row, from column to column, and a turn of a loop. */
export interface Register {
  readonly where: number;
  /** The operand's number, or bytes into the working space. */
  at: number;
  readonly row: number;
  readonly column: number;
  readonly step: number;
}

/** Bytes a turn of a loop over elements that lie side by side. */
export const SIDE_BY_SIDE = 4 * COPIES;
/** Loops may write so far beyond what they are asked for. */
const SLACK = 64;

const lines = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Hands out registers of working space, and takes back what is no longer read. */
export class Registers {
  readonly all: Register[] = [];
  readonly #free = new Map<number, Register[]>();
  #bytes = 0;

  /** Bytes of working space so far, without the registers' own table. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Room for so many elements that every block uses anew. */
  take(elements: number, step = SIDE_BY_SIDE): Register {
    const bytes = lines(4 * elements + SLACK);
    const free = this.#free.get(bytes)?.pop();
    const at = free?.at ?? this.#more(bytes);
    return this.add({ where: IN_SCRATCH, at, row: 0, column: 0, step });
  }

  /** Room for so many elements that are computed ahead of all blocks, and so is used by nothing else. */
  keep(elements: number, step = SIDE_BY_SIDE): Register {
    const at = this.#more(lines(4 * elements + SLACK));
    return this.add({ where: IN_SCRATCH, at, row: 0, column: 0, step });
  }

  /** Room for a whole row, of which a piece sees its part. */
  takeRow(cols: number): Register {
    return this.add({
      where: IN_SCRATCH,
      at: this.#more(lines(4 * cols + SLACK)),
      row: 0,
      column: 4,
      step: SIDE_BY_SIDE,
    });
  }

  /** What `take` gave for so many elements may be given to the next. */
  release(register: Register, elements: number): void {
    const bytes = lines(4 * elements + SLACK);
    this.#free.set(bytes, [...(this.#free.get(bytes) ?? []), register]);
  }

  add(register: Register): Register {
    const known = this.all.find(
      ({ where, at, row, column, step }) =>
        where === register.where &&
        at === register.at &&
        row === register.row &&
        column === register.column &&
        step === register.step,
    );
    if (known) return known;
    this.all.push(register);
    return register;
  }

  #more(bytes: number): number {
    const at = this.#bytes;
    this.#bytes += bytes;
    return at;
  }
}
