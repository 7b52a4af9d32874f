import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { BIN, temporaryFolder } from "./support.js";

/** What a person sees: `loam` in a terminal of tmux. */
test("on a terminal a bar moves, Ctrl-C stops the run, and --resume goes on", async (context) => {
  const root = temporaryFolder(context);
  const session = `loam-${process.pid}`;
  const tmux = (...words: string[]) => execFileSync("tmux", ["-L", session, ...words], { encoding: "utf8" });
  const screen = () => tmux("capture-pane", "-p", "-t", session);
  const type = (text: string) => tmux("send-keys", "-t", session, text, "Enter");
  const shows = async (pattern: RegExp) => {
    for (const end = Date.now() + 60_000; Date.now() < end; ) {
      if (pattern.test(screen())) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(screen()).toMatch(pattern);
  };
  tmux("new-session", "-d", "-s", session, "-x", "100", "-y", "24", "-c", root, "bash", "--norc");
  context.onTestFinished(() => void tmux("kill-server"));
  const loam = `"${process.execPath}" "${BIN}"`;

  type(`${loam} train --model mlp --limit 10000 --epochs 3000 --seed 1 --out run`);
  await shows(/^epoch +\d+\/3000 {2}\S*░ +\d+ % {2}loss \d\.\d{4} {2}accuracy .+ left .+ samples\/s$/m);
  tmux("resize-window", "-t", session, "-x", "60", "-y", "24");
  tmux("send-keys", "-t", session, "C-c");
  await shows(/loam: stopped by SIGINT after step \d+;/);
  type(`clear; ${loam} train --resume run`);
  await shows(/^goes on {3}after step/m);
  await shows(/░/);
  tmux("send-keys", "-t", session, "C-c");
  await shows(/loam: stopped by SIGINT after step \d+/);
  type("echo code $?");
  await shows(/^code 130$/m);
});
