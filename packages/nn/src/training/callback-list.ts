import { ConfigError, requirePositiveInteger, showValue } from "../errors.js";
import type { Callback, CallbackState, Json, Training } from "./callback.js";
import type { EpochRecord, History, Progress } from "./progress.js";

const MOMENTS = ["begin", "batch", "slice", "epochEnd", "end"] as const;
const METHODS = [...MOMENTS, "state", "tensors", "restore"] as const;

/** A fit's callbacks as one, called in their order. */
export class CallbackList {
  readonly #all: readonly Callback[];
  #trainings: readonly Training[] = [];

  /** `callbacks` are a user's and are checked; `more` are called behind them. @throws {ConfigError} `not-a-callback`, `callback-name`, or for `everySteps` out of its range. */
  constructor(callbacks: readonly Callback[], more: readonly Callback[] = []) {
    if (!Array.isArray(callbacks)) {
      throw new ConfigError(
        "not-a-callback",
        `fit: expected callbacks as a list, got ${showValue(callbacks)}; put it in brackets.`,
      );
    }
    callbacks.forEach(requireCallback);
    this.#all = [...callbacks, ...more];
    const names = this.#stateful.map(({ name }) => name);
    names.forEach((name, i) => {
      if (typeof name === "string" && name !== "" && names.indexOf(name) === i) return;
      throw new ConfigError(
        "callback-name",
        `fit: expected callbacks with a state to have names that differ, got ${showValue(name)}; name each, since its state is saved by it.`,
      );
    });
  }

  /** Names of those whose state belongs into a checkpoint. */
  get names(): readonly string[] {
    return this.#stateful.map(({ name }) => name!);
  }

  /** How many steps may follow `step` before `batch` must be called. */
  stepsLeft(step: number): number {
    const left = this.#all.map(({ batch, everySteps = 1 }) =>
      batch ? everySteps - (step % everySteps) : Number.POSITIVE_INFINITY,
    );
    return Math.min(...left, Number.POSITIVE_INFINITY);
  }

  get hearSlices(): boolean {
    return this.#all.some(({ batch, slice }) => batch !== undefined || slice !== undefined);
  }

  /** `training` makes what a callback of this name is given. `saved` is what a checkpoint holds of them, if the fit goes on from one. */
  async begin(
    training: (name: string) => Training,
    saved: Readonly<Record<string, CallbackState>> = {},
  ): Promise<void> {
    this.#trainings = this.#all.map(({ name }) => training(name ?? "a callback"));
    for (const [i, callback] of this.#all.entries()) {
      await callback.begin?.(this.#trainings[i]!);
      const { state, tensors } = (callback.name !== undefined && saved[callback.name]) || {};
      if (callback.state && state !== undefined) await callback.restore!(state, tensors ?? []);
    }
  }

  async slice(progress: Progress): Promise<void> {
    for (const [i, callback] of this.#all.entries()) {
      const { everySteps = 1 } = callback;
      if (progress.step % everySteps === 0) await callback.batch?.(progress, this.#trainings[i]!);
      await callback.slice?.(progress, this.#trainings[i]!);
    }
  }

  async epochEnd(record: EpochRecord): Promise<void> {
    for (const [i, callback] of this.#all.entries()) await callback.epochEnd?.(record, this.#trainings[i]!);
  }

  async end(history: History): Promise<void> {
    for (const [i, callback] of this.#all.entries()) await callback.end?.(history, this.#trainings[i]!);
  }

  /** @throws {ConfigError} `callback-state` for a state that JSON cannot hold. */
  states(): Record<string, CallbackState> {
    const states: Record<string, CallbackState> = {};
    for (const callback of this.#stateful) {
      const state = callback.state!();
      const wrong = notJson(state, "");
      if (wrong !== undefined) {
        throw new ConfigError(
          "callback-state",
          `fit: expected the state of callback "${callback.name}" to be plain JSON, got ${wrong}; give arrays of numbers as its tensors.`,
        );
      }
      // As it was at this moment, whatever becomes of the object.
      states[callback.name!] = {
        state: JSON.parse(JSON.stringify(state)) as Json,
        tensors: callback.tensors?.() ?? [],
      };
    }
    return states;
  }

  get #stateful(): readonly Callback[] {
    return this.#all.filter(({ state }) => state);
  }
}

function requireCallback(callback: unknown, i: number): void {
  const refusal = (expected: string, got: unknown) =>
    new ConfigError(
      "not-a-callback",
      `fit: callbacks[${i}]: expected ${expected}, got ${showValue(got)}; a callback has methods among ${METHODS.join(", ")}.`,
    );
  if (typeof callback !== "object" || callback === null) throw refusal("a callback", callback);
  const methods = callback as Record<string, unknown>;
  for (const name of METHODS) {
    if (methods[name] !== undefined && typeof methods[name] !== "function")
      throw refusal(`${name} to be a function`, methods[name]);
  }
  if (!MOMENTS.some((name) => methods[name])) throw refusal(`a method among ${MOMENTS.join(", ")}`, callback);
  if (methods.state && !methods.restore) throw refusal("restore beside state", undefined);
  if (methods.tensors && !methods.state) throw refusal("state beside tensors", undefined);
  if (methods.everySteps !== undefined)
    requirePositiveInteger(`fit: callbacks[${i}]`, "everySteps", methods.everySteps as number);
}

/** What in a value JSON would lose, with its place; undefined for plain JSON. */
function notJson(value: unknown, where: string): string | undefined {
  if (value === null || ["boolean", "string"].includes(typeof value) || Number.isFinite(value))
    return undefined;
  const plain = Array.isArray(value) || isPlain(value);
  if (!plain) return `${showValue(value)}${where && ` at ${where}`}`;
  for (const [key, inner] of Object.entries(value as object)) {
    const wrong = notJson(inner, `${where}.${key}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function isPlain(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
