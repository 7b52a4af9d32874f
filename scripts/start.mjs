/**
 * `npm start`: builds, then trains a convolutional network on the synthetic digits and says how to use what it made. The seed is given, so
 * that everybody sees the same figures. Arguments after `--` are further flags of `loam train`; of a flag given twice the last one counts.
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildOrExit } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const loam = fileURLToPath(new URL("../packages/cli/bin/loam.js", import.meta.url));

if (process.stderr.isTTY) process.stderr.write("Building…");
buildOrExit();
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
const usual = { model: "cnn", data: "digits", epochs: "3", seed: "1", out: `runs/${time}-start` };
const given = process.argv.slice(2);
if (given.includes("--steps")) delete usual.epochs;
const flags = [...Object.entries(usual).flatMap(([name, value]) => [`--${name}`, value]), ...given];
// Ctrl-C reaches the command too, which keeps what it has learnt; this process waits for it and ends with its code.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
// Inherited streams: the command's progress bar needs the terminal itself.
const { status } = spawnSync(process.execPath, [loam, "train", ...flags], { cwd: root, stdio: "inherit" });
if (status === 0) {
  const folder = flags[flags.lastIndexOf("--out") + 1];
  console.error(
    `\nTry it on drawings:\n\n  npx loam predict ${folder}/model.safetensors examples/digits/*.png\n`,
  );
}
process.exit(status ?? 1);
