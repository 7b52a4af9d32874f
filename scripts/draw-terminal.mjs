// Turns what a terminal showed into a picture: node scripts/draw-terminal.mjs <command shown> < log > docs/terminal.svg
// Of a line that was written over with carriage returns the last state counts; colours are left out.
import { readFileSync } from "node:fs";
import process from "node:process";

const [command = ""] = process.argv.slice(2);
const ESCAPES = new RegExp(`${String.fromCharCode(27)}(?:\\[[0-9;?]*[a-zA-Z]|[78])`, "g");
const lines = readFileSync(0, "utf8")
  .split("\n")
  .map((line) => line.trimEnd().split("\r").at(-1).replace(ESCAPES, "").trimEnd())
  .filter((line) => !/^Script (started|done)/.test(line));
while (lines.at(-1) === "") lines.pop();

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const all = [`$ ${command}`, ...lines];
const WIDTH = 8.4;
const HEIGHT = 20;
const width = Math.ceil(Math.max(...all.map((line) => line.length)) * WIDTH) + 40;
const height = all.length * HEIGHT + 60;
const rows = all.map((line, i) => {
  const style = i === 0 ? ' fill="#8fd18f"' : "";
  return `  <text x="20" y="${56 + i * HEIGHT}"${style} xml:space="preserve">${escaped(line)}</text>`;
});
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(command)} in a terminal</title>
<rect width="100%" height="100%" rx="8" fill="#1d1f21"/>
<circle cx="20" cy="18" r="6" fill="#ff5f56"/><circle cx="40" cy="18" r="6" fill="#ffbd2e"/><circle cx="60" cy="18" r="6" fill="#27c93f"/>
<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="#d8d8d8">
${rows.join("\n")}
</g>
</svg>
`);
