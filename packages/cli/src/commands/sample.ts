import { randomInt } from "node:crypto";
import { type Command, Option } from "commander";
import { UsageError } from "../failure.js";
import { flagReader } from "../flags.js";
import { openModel } from "../open-model.js";
import type { Terminal } from "../terminal.js";

interface SampleFlags {
  readonly prompt?: string;
  readonly length?: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly threads?: "auto" | number;
  readonly json?: boolean;
}

/** `loam sample`. */
export function sampleCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("sample <model>")
    .description("Let a language model go on with a text; stdout gets the text alone, the prompt first.")
    .option("--prompt <text>", "what to go on with (default: a new line)")
    .addOption(
      new Option("--length <n>", "how many characters to write (default: 500)").argParser(
        atLeast("length", 0),
      ),
    )
    .addOption(
      new Option(
        "--temperature <t>",
        "below 1 more certain, above 1 more daring; 0 takes the most probable (default: 0.8)",
      ).argParser(readTemperature),
    )
    .addOption(
      new Option("--top-k <k>", "draw among the k most probable only").argParser(atLeast("top-k", 1)),
    )
    .addOption(
      new Option("--seed <n>", "decides every draw (default: drawn and printed)").argParser(
        atLeast("seed", 0),
      ),
    )
    .addOption(new Option("--threads <n>", "auto or a number (default: 1)").argParser(flagReader("threads")))
    .option("--json", "print one JSON object")
    .action(async (path: string, flags: SampleFlags) => {
      const { prompt = "", length = 500, temperature = 0.8, topK, threads = 1, json } = flags;
      const seed = flags.seed ?? randomInt(2 ** 31);
      const { generate, textInput } = await import("@loam/nn/data/text");
      const model = await openModel(path, { threads });
      try {
        if (model.schema?.task.kind !== "next") {
          throw new UsageError(
            `${path}: this is no language model; train one with: loam train --data book.txt --model char-gpt`,
          );
        }
        const known = new Set(textInput(model.schema, "character").vocabulary);
        const unknown = [...new Set(prompt)].filter((character) => !known.has(character));
        if (unknown.length > 0)
          terminal.note(
            `noticed   the model does not know ${unknown.map((one) => JSON.stringify(one)).join(", ")}, which it does not see`,
          );
        if (flags.seed === undefined) terminal.note(`seed      ${seed}`);
        const { stdout } = terminal;
        const shown = json !== true;
        if (shown) stdout.write(prompt);
        const text = await generate(model, prompt, {
          ...{ length, temperature, seed },
          ...(topK !== undefined && { topK }),
          ...(shown && { onText: (piece) => void stdout.write(piece) }),
        });
        if (shown) stdout.write("\n");
        else terminal.json({ model: path, prompt, text, seed });
      } finally {
        await model.close();
      }
    });
}

function atLeast(name: string, least: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) >= least && Number.isSafeInteger(Number(text)))
      return Number(text);
    throw new UsageError(`--${name} must be an integer of at least ${least}, got ${JSON.stringify(text)}.`);
  };
}

function readTemperature(text: string): number {
  if (/^\d*\.?\d+$/.test(text)) return Number(text);
  throw new UsageError(`--temperature must be a number of at least 0, got ${JSON.stringify(text)}.`);
}
