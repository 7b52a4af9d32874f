import { FormatError, showValue } from "../../errors.js";

/** A JSON object whose fields are asked for one by one, and are what they have to be or a sentence. */
export class Fields {
  constructor(
    private readonly owner: string,
    private readonly fields: Readonly<Record<string, unknown>>,
  ) {}

  static of(owner: string, value: unknown): Fields {
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return new Fields(owner, value as Record<string, unknown>);
    throw damaged(owner, "an object", value);
  }

  /** The first of several names that is there, null being none. */
  value(...names: readonly string[]): unknown {
    for (const name of names) {
      const value = Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  }

  /** A number, `otherwise` where there is none. */
  number(names: string | readonly string[], otherwise?: number): number {
    const value = this.value(...[names].flat()) ?? otherwise;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw damaged(this.owner, `${[names].flat()[0]} to be a number`, value);
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.value(name) ?? otherwise;
    if (typeof value === "boolean") return value;
    throw damaged(this.owner, `${name} to be true or false`, value);
  }

  string(name: string, otherwise?: string): string {
    const value = this.value(name) ?? otherwise;
    if (typeof value === "string") return value;
    throw damaged(this.owner, `${name} to be a string`, value);
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name);
    if (Array.isArray(value)) return value;
    throw damaged(this.owner, `${name} to be a list`, value);
  }

  object(name: string): Fields {
    return Fields.of(`${this.owner}: ${name}`, this.value(name));
  }

  /** Whole numbers, as many as `length` says, or one for all of them. */
  integers(names: string | readonly string[], length: number, otherwise?: number): readonly number[] {
    const value = this.value(...[names].flat()) ?? otherwise;
    const list = Array.isArray(value) ? value : Array.from({ length }, () => value);
    if (list.length === length && list.every((one) => Number.isSafeInteger(one))) return list as number[];
    throw damaged(this.owner, `${[names].flat()[0]} to be ${length} whole numbers`, value);
  }
}

export function damaged(owner: string, expected: string, got: unknown): FormatError {
  return new FormatError(
    "keras-config",
    `${owner}: expected ${expected}, got ${got === undefined ? "nothing" : showValue(got)}; save the model again.`,
  );
}
