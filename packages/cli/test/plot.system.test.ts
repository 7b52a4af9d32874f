import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { BIN, temporaryFolder } from "./support.js";

/** What a person sees: `loam` in a terminal of tmux, 60 characters wide. */
test("on a terminal curves and the confusion matrix are as wide as it is", async (context) => {
  const root = temporaryFolder(context);
  const session = `loam-plot-${process.pid}`;
  const tmux = (...words: string[]) => execFileSync("tmux", ["-L", session, ...words], { encoding: "utf8" });
  const screen = () => tmux("capture-pane", "-p", "-t", session);
  const shows = async (pattern: RegExp) => {
    for (const end = Date.now() + 60_000; Date.now() < end; ) {
      if (pattern.test(screen())) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(screen()).toMatch(pattern);
  };
  tmux("-u", "new-session", "-d", "-s", session, "-x", "60", "-y", "60", "-c", root, "bash", "--norc");
  context.onTestFinished(() => void tmux("kill-server"));
  const type = (text: string) => tmux("send-keys", "-t", session, text, "Enter");
  const loam = `"${process.execPath}" "${BIN}"`;

  type(
    `clear; export LC_ALL=C.UTF-8; ${loam} train --model softmax --limit 500 --epochs 4 --seed 1 --out run --plot`,
  );
  await shows(/^model +run\/model\.safetensors$/m);
  const lines = screen().split("\n");
  const floor = lines.find((line) => line.includes("└"))!;
  // One character stays free, so that the cursor does not go to the next line.
  expect(floor.length).toBe(59);
  expect(lines.filter((line) => /│.*[\u2801-\u28ff]/.test(line)).length).toBeGreaterThan(3);

  // Ten classes do not fit into 60 characters beside each other, and are told otherwise.
  type(`clear; ${loam} evaluate run/model.safetensors`);
  await shows(/^mean of the samples /m);
  await shows(/^most often wrong +taken for +times$/m);
});
