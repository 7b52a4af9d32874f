import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { compileToMeasure } from "../answers.js";
import { sentenceOf } from "../exit.js";
import { CommandError } from "../failure.js";
import { measure } from "../figures.js";
import { openModel } from "../open-model.js";
import { type FinishedRun, readFinishedRun } from "../report/finished-run.js";
import { importances } from "../report/importance.js";
import { type MeasuredData, measuredData } from "../report/measured-data.js";
import { reportPage } from "../report/page.js";
import { flatFigures } from "../say-figures.js";
import type { Terminal } from "../terminal.js";
import { findSources } from "../training-run.js";
import { writeFileWhole } from "../write-file.js";

/** `loam report`. */
export function reportCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("report <run>")
    .description(
      "Tell of a finished run in one HTML file: curves, mistakes, which columns matter, how to repeat it.",
    )
    .option("--out <file>", "the file to write (default: report.html in the run's folder)")
    .option("--json", "print the figures as one JSON object")
    .action(
      async (path: string, { out = join(path, "report.html"), json }: { out?: string; json?: boolean }) => {
        const run = await readFinishedRun(path);
        const model = await openModel(run.modelPath, { threads: 1, precision: run.settings.precision });
        try {
          compileToMeasure(model);
          const done = terminal.busy("Reading the data");
          const data = await dataOf(run, model, terminal).finally(done);
          const measured =
            data &&
            (await measure(model, data.dataset, {
              what: `${run.modelPath}: the loss on ${data.what}`,
              cure: "look at the data",
            }));
          const columns = data?.table ? await importances(model, data.table) : [];
          const page = reportPage({ run, model, measured, data, importances: columns });
          await writeFileWhole(out, new TextEncoder().encode(page));
          if (json) terminal.json({ report: out, ...flatFigures(measured), importances: columns });
          else terminal.result(out);
        } finally {
          await model.close();
        }
      },
    );
}

/** The run's data as it lies there now; without it, the report tells what the folder knows. */
async function dataOf(
  run: FinishedRun,
  model: Parameters<typeof measuredData>[0],
  terminal: Terminal,
): Promise<MeasuredData | undefined> {
  try {
    if (run.settings.data === "-")
      throw new CommandError("it came from stdin, which says it once; train on a file to see its rows here.");
    const there = await stat(run.directory).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const sources = await findSources(run.settings, there ? run.directory : process.cwd());
    return await measuredData(model, run.settings, sources);
  } catch (error) {
    terminal.note(
      `noticed   the data could not be read again, so that the report has neither mistakes nor columns: ${sentenceOf(error)}`,
    );
    return undefined;
  }
}
