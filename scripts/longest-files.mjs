// Prints the ten longest sources, so that they are seen; nothing is enforced.
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { sources } from "./check-rooms.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const lines = (await sources(root))
  .filter(([file]) => !file.includes("/generated/"))
  .map(([file, text]) => [text.split("\n").length - 1, file])
  .sort(([a], [b]) => b - a);
process.stdout.write("The longest sources:\n");
for (const [count, file] of lines.slice(0, 10))
  process.stdout.write(`${String(count).padStart(6)} ${file}\n`);
