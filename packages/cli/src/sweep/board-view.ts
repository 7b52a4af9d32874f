import type { Leaderboard } from "@loam/nn/sweep";
import type { Config } from "../config.js";
import { showDuration } from "../format.js";
import type { Terminal } from "../terminal.js";
import { cut } from "../text-table.js";
import { visible } from "../visible.js";
import { boardTable, settingsLine, showValue } from "./board-text.js";
import type { MetricName } from "./metric.js";
import type { TrialNews } from "./run-trial.js";

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

/** Milliseconds at least from one drawing to the next where nothing has ended. */
const PAUSE = 500;

export interface BoardViewOptions {
  readonly metric: MetricName;
  readonly rungs: number;
  /** How many trials are known to be needed at the beginning. */
  readonly asked: number;
}

/** The live leaderboard: drawn over and over on a terminal, a line a trial elsewhere. */
export class BoardView {
  readonly #terminal: Terminal;
  readonly #metric: MetricName;
  readonly #rungs: number;
  readonly #began = performance.now();
  readonly #underWay = new Map<string, TrialNews>();
  #standing: Pick<BoardNews, "ended" | "asked" | "leaderboard">;
  #drawn = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(terminal: Terminal, { metric, rungs, asked }: BoardViewOptions) {
    this.#terminal = terminal;
    this.#metric = metric;
    this.#rungs = rungs;
    this.#standing = { ended: 0, asked, leaderboard: [] };
  }

  /** A trial has ended. */
  update(news: BoardNews): void {
    this.#underWay.delete(news.id);
    this.#standing = news;
    if (this.#isLive) this.#draw();
    else this.#terminal.note(this.#line(news));
  }

  /** How far a trial is that has not ended. */
  underWay(id: string, news: TrialNews): void {
    if (!this.#isLive) return;
    this.#underWay.set(id, news);
    if (performance.now() - this.#drawnAt >= PAUSE) this.#draw();
  }

  get #isLive(): boolean {
    return this.#terminal.stderr.isTTY === true;
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

  #draw(): void {
    const { ended, asked, leaderboard } = this.#standing;
    const seconds = (performance.now() - this.#began) / 1000;
    const left = ended > 0 ? `, about ${showDuration((seconds / ended) * (asked - ended))} left` : "";
    const columns = (this.#terminal.stderr.columns ?? 80) - 1;
    const under = [...this.#underWay].map(([id, { epoch, epochs }]) => `${id} epoch ${epoch}/${epochs}`);
    const lines = [
      `${asked > 0 ? `${ended} of ${asked}` : "no"} trials, ${showDuration(seconds)} so far${left}`,
      ...(leaderboard.length > 0
        ? boardTable(leaderboard, { metric: this.#metric, most: SHOWN, rungs: this.#rungs })
        : []),
      ...(under.length > 0 ? [`now: ${under.join(", ")}`] : []),
    ].map((line) => cut(visible(line), columns));
    this.stop();
    this.#terminal.stderr.write(`${lines.join("\n")}\n`);
    this.#drawn = lines.length;
    this.#drawnAt = performance.now();
  }
}
