/**
 * `npm start`: builds, then trains a convolutional network on the synthetic digits and says how to use what it made. The seed is given, so
 * that everybody sees the same figures. Arguments after `--` are further flags of `loam train`, and win over what is said here.
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildOrExit } from "./build.mjs";
import { startWords } from "./start-words.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const loam = fileURLToPath(new URL("../packages/cli/bin/loam.js", import.meta.url));

if (process.stderr.isTTY) process.stderr.write("Building…");
buildOrExit();
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

const { words, folder } = startWords(process.argv.slice(2), new Date());
// Ctrl-C reaches the command too, which keeps what it has learnt; this process waits for it and ends with its code.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
// Inherited streams: the command's progress bar needs the terminal itself.
const { status } = spawnSync(process.execPath, [loam, ...words], { cwd: root, stdio: "inherit" });
if (status === 0 && folder !== undefined) {
  console.error(
    `\nTry it on drawings:\n\n  npx loam predict ${folder}/model.safetensors examples/digits/*.png\n`,
  );
}
process.exit(status ?? 1);
