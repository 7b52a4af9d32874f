import { relative } from "node:path";
import { showNumber } from "@loam/nn/data/table";
import { type Command, Option } from "commander";
import { CommandError } from "../failure.js";
import { showCount, showElapsed, showLoss, showPercent } from "../format.js";
import { type ListedRun, listRuns, SORTS, type Sort, sortRuns } from "../run-list.js";
import type { Terminal } from "../terminal.js";
import { cut, textTable } from "../text-table.js";

/** `loam runs`. */
export function runsCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("runs [folder]")
    .description("Compare the runs in a folder, by default runs: data, network and how well it does.")
    .addOption(
      new Option("--sort <figure>", "the best first by this one (default: started, the last first)").choices(
        SORTS,
      ),
    )
    .option("--json", "print one JSON object")
    .action(async (folder = "runs", { sort = "started", json }: { sort?: Sort; json?: boolean }) => {
      const { runs, damaged } = await listRuns(folder);
      for (const file of damaged) terminal.note(`skipped   ${file}: damaged, or not of a run of Loam`);
      const sorted = sortRuns(runs, sort);
      if (json) {
        terminal.json({ runs: sorted });
        return;
      }
      if (runs.length === 0)
        throw new CommandError(
          `${folder}: there is no run in it; loam train makes one, or name another folder.`,
        );
      for (const line of table(folder, sorted)) terminal.result(line);
    });
}

function table(folder: string, runs: readonly ListedRun[]): string[] {
  // A column that says nothing of any run is left out.
  const figures = (
    [
      ["accuracy", (value: number) => showPercent(value)],
      ["rmse", showNumber],
      ["loss", showLoss],
    ] as const
  ).filter(([name]) => runs.some((run) => run[name] !== null));
  const cell = (value: number | null, show: (value: number) => string) => (value === null ? "" : show(value));
  return textTable([
    [
      "run",
      "started",
      "data",
      "network",
      ...figures.map(([name]) => (name === "rmse" ? "RMSE" : name)),
      "epochs",
      "time",
    ],
    ...runs.map((run) => [
      cut(relative(folder, run.run) || run.run, 36),
      run.started.slice(0, 16).replace("T", " "),
      cut(run.data.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, ""), 24),
      cut(run.model, 16),
      ...figures.map(([name, show]) => cell(run[name], show)),
      run.status === "finished" ? cell(run.epochs, showCount) : run.status,
      cell(run.seconds, showElapsed),
    ]),
  ]);
}
