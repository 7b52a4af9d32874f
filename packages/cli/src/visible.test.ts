import { expect, test } from "vitest";
import { Terminal } from "./terminal.js";
import { visible } from "./visible.js";

test("control characters of a stranger's file do not reach the terminal", () => {
  expect(visible("a\x1b]0;title\x07b\x1b[2Jc\x9b2Jd\re\x7f")).toBe(
    "a\ufffd]0;title\ufffdb\ufffd[2Jc\ufffd2Jd\ufffde\ufffd",
  );
  expect(visible("bars\t\x1b[32mgreen\x1b[0m\nnext: 가 é ▁")).toBe(
    "bars\t\x1b[32mgreen\x1b[0m\nnext: 가 é ▁",
  );
});

test("results keep their bytes in a file, and errors are never raw nor without end", () => {
  const said = (isTTY: boolean) => {
    const out: string[] = [];
    const output = { isTTY, write: (text: string) => out.push(text) };
    const terminal = new Terminal(output, output);
    terminal.result("cat\x1b[2J");
    terminal.note("cat\x1b[2J");
    terminal.error(`no column "${"\x1b[2J".repeat(5000)}"`);
    return out;
  };
  expect(said(true).slice(0, 2)).toEqual(["cat\ufffd[2J\n", "cat\ufffd[2J\n"]);
  const [result, note, error] = said(false);
  expect([result, note]).toEqual(["cat\x1b[2J\n", "cat\ufffd[2J\n"]);
  expect(error).not.toContain("\x1b");
  expect(error!.length).toBeLessThan(4100);
});
