import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { ProgressView } from "./progress-line.js";
import { type Output, Terminal } from "./terminal.js";

class Recorder implements Output {
  text = "";
  constructor(
    readonly isTTY: boolean,
    readonly columns: number,
  ) {}
  write(text: string): void {
    this.text += text;
  }
}

const view: ProgressView = {
  epoch: 1,
  epochs: 1,
  step: 5,
  steps: 10,
  loss: 0.5,
  accuracy: 0.9,
  samplesPerSecond: 100,
  secondsLeft: 3,
};

/** What a terminal does with the text: cursor to the first column, clearing, and nothing else that is used here. */
function shown(text: string): string[] {
  const lines = [""];
  let column = 0;
  const esc = String.fromCharCode(27);
  const pattern = new RegExp(`${esc}(?:\\[(\\d*)([A-Za-z])|[78])|\\r|\\n|[^${esc}\\r\\n]+`, "g");
  for (const [token, amount, letter] of text.matchAll(pattern)) {
    const last = lines.length - 1;
    if (token === "\n") {
      lines.push("");
      column = 0;
    } else if (token === "\r" || letter === "G") column = 0;
    else if (letter === "K") lines[last] = amount === "2" ? "" : lines[last]!.slice(0, column);
    else if (letter === "J") lines[last] = lines[last]!.slice(0, column);
    else if (!token.startsWith(esc)) {
      lines[last] = lines[last]!.slice(0, column) + token + lines[last]!.slice(column + token.length);
      column += token.length;
    }
  }
  return lines;
}

describe("Terminal", () => {
  test("results go to stdout, all else to stderr", () => {
    const stdout = new Recorder(false, 80);
    const stderr = new Recorder(false, 80);
    const terminal = new Terminal(stdout, stderr);
    terminal.note("note");
    terminal.result("result");
    terminal.json({ a: Number.NaN });
    terminal.error("It failed.");
    expect(stdout.text).toBe('result\n{"a":null}\n');
    expect(stderr.text).toBe("note\nloam: It failed.\n");
  });

  test("on a terminal a bar moves in one line, and lines that stay stand above it", () => {
    const clock = vi.spyOn(performance, "now").mockReturnValue(5000);
    onTestFinished(() => clock.mockRestore());
    const stderr = new Recorder(true, 80);
    const progress = new Terminal(new Recorder(false, 80), stderr).progress();
    progress.update(view);
    expect(shown(stderr.text).at(-1)).toContain("50 %  loss 0.5000  accuracy 90.0 %");
    expect(shown(stderr.text)).toHaveLength(1);
    progress.line("epoch 1/1  done");
    progress.update({ ...view, step: 9 });
    // Just behind a line there is no bar: of short epochs it would be drawn for nothing.
    expect(shown(stderr.text)).toEqual(["epoch 1/1  done", ""]);
    clock.mockReturnValue(5100);
    progress.update({ ...view, step: 10 });
    expect(shown(stderr.text)).toEqual(["epoch 1/1  done", expect.stringContaining("100 %")]);
    progress.stop();
    expect(shown(stderr.text)).toEqual(["epoch 1/1  done", ""]);
  });

  test("elsewhere there is no control character", () => {
    const stderr = new Recorder(false, 80);
    const terminal = new Terminal(new Recorder(false, 80), stderr);
    terminal.busy("Reading")();
    terminal.busyAt("Reading", 8, 20);
    const progress = terminal.progress();
    progress.update(view);
    progress.line("epoch 1/1  done");
    progress.stop();
    expect(stderr.text).toBe("epoch 1/1  done\n");
  });

  test("says how far reading is, and takes it away", () => {
    const stderr = new Recorder(true, 80);
    const terminal = new Terminal(new Recorder(false, 80), stderr);
    const done = terminal.busy("Reading");
    for (let i = 1; i <= 20; i++) terminal.busyAt("Reading", i, 20);
    expect(shown(stderr.text)).toEqual(["Reading… 16 of 20"]);
    done();
    expect(shown(stderr.text)).toEqual([""]);
  });
});
