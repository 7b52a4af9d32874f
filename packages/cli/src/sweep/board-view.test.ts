import type { Leaderboard } from "@loam/nn/sweep";
import { expect, it } from "vitest";
import type { Config } from "../config.js";
import { Terminal } from "../terminal.js";
import { BoardView } from "./board-view.js";

/** What was written, with the lines that a terminal would still show at the end. */
function screen(isTTY: boolean) {
  let text = "";
  const output = {
    isTTY,
    columns: 60,
    write(more: string) {
      text += more;
    },
  };
  const shown = () => {
    const lines = [""];
    for (const [i, part] of text.split("\u001b[").entries()) {
      const up = /^(\d+)A\r$/.exec(part)?.[1];
      if (up !== undefined) lines.splice(-1 - Number(up), Number.POSITIVE_INFINITY, "");
      else {
        const [first = "", ...rest] = part.slice(i > 0 ? 1 : 0).split("\n");
        lines[lines.length - 1] += first;
        lines.push(...rest);
      }
    }
    return lines.slice(0, -1);
  };
  return { terminal: new Terminal(output, output), shown };
}

const board: Leaderboard<Config> = [
  {
    ...{ configuration: 1, settings: { dropout: 0.5 }, rung: 0, budget: 1, isComplete: true },
    ...{ value: 0.75, deviation: null },
    trials: [
      {
        ...{ id: "c001-s1", configuration: 1, settings: { dropout: 0.5 }, seed: 1, rung: 0, budget: 1 },
        outcome: { value: 0.75 },
      },
    ],
  },
];
const OPTIONS = { metric: "accuracy", rungs: 1, asked: 3 } as const;

it("shows how far the trials are that have not ended, in one line of the window's width", () => {
  const { terminal, shown } = screen(true);
  const view = new BoardView(terminal, OPTIONS);
  view.underWay("c001-s1", { epoch: 2, epochs: 9 });
  expect(shown()).toEqual([expect.stringMatching(/^0 of 3 trials, .* so far$/), "now: c001-s1 epoch 2/9"]);
  view.underWay("c002-s1", { epoch: 1, epochs: 9 });
  view.underWay("c003-s1", { epoch: 1, epochs: 9 });
  view.underWay("c004-s1", { epoch: 1, epochs: 9 });
  // What has not ended is not drawn more often than a person looks; what has is drawn at once.
  expect(shown().at(-1)).toBe("now: c001-s1 epoch 2/9");
  view.update({ id: "c001-s1", rung: 0, ended: 1, asked: 3, leaderboard: board });
  const lines = shown();
  expect(lines[0]).toMatch(/^1 of 3 trials, .* so far, about .* left$/);
  expect(lines.slice(1, 3).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["#", "dropout", "accuracy"],
    ["1", "0.5", "75.00 %"],
  ]);
  expect(lines[3]).toMatch(/^now: c002-s1 epoch 1\/9, c003-s1 epoch 1\/9, /);
  expect(lines[3]!.length).toBeLessThan(60);
  view.stop();
  expect(shown()).toEqual([]);
});

it("writes a line a trial where nobody looks on", () => {
  const { terminal, shown } = screen(false);
  const view = new BoardView(terminal, OPTIONS);
  view.underWay("c001-s1", { epoch: 2, epochs: 9 });
  view.update({ id: "c001-s1", rung: 0, ended: 1, asked: 3, leaderboard: board });
  expect(shown()).toEqual(["trial 1/3  c001-s1  accuracy 75.00 %  dropout 0.5"]);
});
