import { type Command, Option } from "commander";
import type { Config } from "../config.js";
import { convertData } from "../data-files/convert.js";
import { dataInfo } from "../data-files/info.js";
import { dataPreview } from "../data-files/preview.js";
import { findDataSource } from "../data-source.js";
import { UsageError } from "../failure.js";
import { flagReader } from "../flags.js";
import type { Terminal } from "../terminal.js";

const SOURCE =
  "digits, mnist, a table, a .npz, a folder of pictures, texts or recordings, of IDX files or of CIFAR's, or - for a table from stdin";

/** `loam data info|preview|convert`. */
export function dataCommand(loam: Command, terminal: Terminal): Command {
  const data = loam
    .command("data")
    .description("Look at data before it is trained on, and bring it into other formats.");
  data
    .command("info <source>")
    .description(`Say what would be understood of ${SOURCE}; of a table a line a column.`)
    .addOption(new Option("--data-dir <folder>", "where mnist lies").argParser(flagReader("dataDir")))
    .option("--json", "print one JSON object")
    .option("--debug", "print the stack of an error")
    .action(async (name: string, { dataDir, json }: Config & { json?: boolean }) => {
      const info = await dataInfo(await findDataSource(name, { dataDir }));
      if (json) terminal.json(info.json);
      else for (const line of info.lines) terminal.result(line);
    });
  data
    .command("preview <source>")
    .description("Show the first rows of a table, or the first pictures in characters.")
    .addOption(
      new Option("--rows <n>", "how many rows or pictures (default: 10 rows, 3 pictures)").argParser(
        readRows,
      ),
    )
    .addOption(new Option("--data-dir <folder>", "where mnist lies").argParser(flagReader("dataDir")))
    .option("--debug", "print the stack of an error")
    .action(async (name: string, { dataDir, rows }: Config & { rows?: number }) => {
      const source = await findDataSource(name, { dataDir });
      for (const line of await dataPreview(source, { columns: terminal.columns, rows }))
        terminal.result(line);
    });
  data
    .command("convert <source> <to>")
    .description(
      "Write a table or pictures with labels as .csv, .jsonl, .npz, or a folder of IDX files (a name that ends in /).",
    )
    .addOption(
      new Option(
        "--target <column>",
        "the column of a table that becomes y of .npz, or the labels of IDX files",
      ).argParser(flagReader("target")),
    )
    .addOption(new Option("--data-dir <folder>", "where mnist lies").argParser(flagReader("dataDir")))
    .option("--debug", "print the stack of an error")
    .action(async (name: string, to: string, { dataDir, target }: Config) => {
      if (target && target.length > 1)
        throw new UsageError("--target: one column becomes the labels; name one.");
      const { notes, written } = await convertData(await findDataSource(name, { dataDir }), to, target?.[0]);
      for (const note of notes) terminal.note(note);
      terminal.result(written);
    });
  return data;
}

function readRows(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1) return Number(text);
  throw new UsageError(`--rows must be an integer of at least 1, got ${JSON.stringify(text)}.`);
}
