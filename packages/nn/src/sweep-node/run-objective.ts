import type { AnySettings, Trial, TrialOutcome } from "../sweep/trial.js";

/** A trial, and the function that is to run it. */
export interface ObjectiveOrder {
  /** The module's URL. */
  readonly module: string;
  /** What the function is called in it. */
  readonly name: string;
  readonly trial: Trial;
}

/** What a function gave, or why it gave nothing; `refused` where there is no such function. */
export type Given =
  | { readonly given: number | TrialOutcome }
  | { readonly failed: string }
  | { readonly refused: string };

/** Runs a module's function on a trial, in this process. */
export async function runObjective(
  module: string,
  name: string,
  trial: Trial,
  signal: AbortSignal,
): Promise<Given> {
  let objective: unknown;
  try {
    objective = ((await import(module)) as Readonly<Record<string, unknown>>)[name];
  } catch (error) {
    return { refused: `it cannot be loaded: ${messageOf(error)}` };
  }
  if (typeof objective !== "function") {
    const what =
      name === "default" ? "has no default export that is a function" : `exports no function ${name}`;
    return { refused: `it ${what}` };
  }
  try {
    const given = await (objective as Objective)(trial, signal);
    return { given: typeof given === "number" ? given : plain(given) };
  } catch (error) {
    return { failed: messageOf(error) };
  }
}

type Objective = (trial: Trial<AnySettings>, signal: AbortSignal) => Promise<number | TrialOutcome>;

/** An outcome as a message takes it. @throws where it holds what is no data. */
function plain(given: TrialOutcome): TrialOutcome {
  try {
    return structuredClone(given);
  } catch (error) {
    throw new Error(`the objective gave what no other process can be told: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
