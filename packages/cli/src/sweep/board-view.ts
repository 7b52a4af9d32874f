import type { Leaderboard } from "@loam/nn/sweep";
import type { Config } from "../config.js";
import { showDuration } from "../format.js";
import type { Terminal } from "../terminal.js";
import { cut } from "../text-table.js";
import { visible } from "../visible.js";
import { boardTable, settingsLine, showValue } from "./board-text.js";
import type { MetricName } from "./metric.js";

/** What has just happened in a sweep. */
export interface BoardNews {
  readonly id: string;
  readonly rung: number;
  readonly error?: string | undefined;
  readonly ended: number;
  readonly asked: number;
  readonly leaderboard: Leaderboard<Config>;
}

/** How many configurations are shown while a sweep runs. */
const SHOWN = 5;

/** The live leaderboard: drawn over and over on a terminal, a line a trial elsewhere. */
export class BoardView {
  readonly #terminal: Terminal;
  readonly #metric: MetricName;
  readonly #rungs: number;
  readonly #began = performance.now();
  #drawn = 0;

  constructor(
    terminal: Terminal,
    { metric, rungs }: { readonly metric: MetricName; readonly rungs: number },
  ) {
    this.#terminal = terminal;
    this.#metric = metric;
    this.#rungs = rungs;
  }

  update(news: BoardNews): void {
    if (this.#terminal.stderr.isTTY === true) this.#draw(news);
    else this.#terminal.note(this.#line(news));
  }

  /** Takes the moving part away. */
  stop(): void {
    if (this.#drawn > 0) this.#terminal.stderr.write(`\x1b[${this.#drawn}A\r\x1b[J`);
    this.#drawn = 0;
  }

  #line({ id, rung, error, ended, asked, leaderboard }: BoardNews): string {
    const standing = leaderboard.find(({ trials }) => trials.some((trial) => trial.id === id))!;
    const mine = standing.trials.find((trial) => trial.id === id)!.outcome;
    const how = error ?? showValue(this.#metric, { ...standing, value: mine.value, deviation: null });
    const where = this.#rungs > 1 ? ` rung ${rung + 1}/${this.#rungs}` : "";
    return `trial ${ended}/${asked}  ${id}${where}  ${this.#metric} ${how}  ${settingsLine(standing.settings)}`;
  }

  #draw({ ended, asked, leaderboard }: BoardNews): void {
    const seconds = (performance.now() - this.#began) / 1000;
    const left = (seconds / ended) * (asked - ended);
    const columns = (this.#terminal.stderr.columns ?? 80) - 1;
    const lines = [
      `${ended} of ${asked} trials, ${showDuration(seconds)} so far, about ${showDuration(left)} left`,
      ...boardTable(leaderboard, { metric: this.#metric, most: SHOWN, rungs: this.#rungs }),
    ].map((line) => cut(visible(line), columns));
    this.stop();
    this.#terminal.stderr.write(`${lines.join("\n")}\n`);
    this.#drawn = lines.length;
  }
}
