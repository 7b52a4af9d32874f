// Builds what a script needs, quietly: turbo's output appears only when it fails, and never on stdout.
import { spawnSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Builds the packages, or everything with `filter` "*"; ends the process with code 1 when that fails. */
export function buildOrExit(filter = "./packages/*") {
  const turbo = path.join(root, "node_modules/turbo/bin/turbo");
  const args = [turbo, "run", "build", "--filter", filter, "--output-logs=errors-only"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(1);
}

/** Runs Vitest with one of the root's configurations and the given further arguments; ends the process as it does. */
export function runVitest(config, args) {
  const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
  const { status } = spawnSync(process.execPath, [vitest, "run", "--config", config, ...args], {
    cwd: root,
    stdio: "inherit",
  });
  process.exit(status ?? 1);
}
