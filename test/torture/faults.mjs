// Loaded before the command (`node --import`): what happens at one call for a file of one folder. TORTURE says which call, and what happens:
// { folder, at, how: "kill" | "tear" | a signal | an error's code, forever, log }. Without `at` calls are only counted.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import process from "node:process";

const { folder, at, how, forever, log } = JSON.parse(process.env.TORTURE);
const { writeFileSync, appendFileSync, fsyncSync } = fs;
const inside = (file) => typeof file === "string" && path.resolve(file).startsWith(folder);
const calls = [];

/** What is written so far of data that is torn. */
const half = (data) => (typeof data === "string" ? Buffer.from(data) : data).subarray(0, data.length / 2);

/** Counts a call, and lets happen what is to happen at it. */
function strike(name, file, data) {
  calls.push(name);
  const now = calls.length - 1;
  if (at === undefined || (forever ? now < at : now !== at)) return;
  if (how === "tear" && data !== undefined && typeof file === "string") appendFileSync(file, half(data));
  if (how === "kill" || how === "tear") process.kill(process.pid, "SIGKILL");
  else if (how.startsWith("SIG")) process.kill(process.pid, how);
  else
    throw Object.assign(new Error(`${how}: injected, ${name} '${file}'`), {
      code: how,
      errno: -5,
      syscall: name,
      path: file,
    });
}

const NAMES = [
  "open",
  "writeFile",
  "appendFile",
  "readFile",
  "rename",
  "link",
  "rm",
  "unlink",
  "mkdir",
  "readdir",
  "stat",
];
const HANDLE = ["writeFile", "write", "appendFile", "sync", "datasync", "read", "readFile"];

for (const name of NAMES) {
  const own = fs.promises[name];
  fs.promises[name] = async (...args) => {
    if (!args.slice(0, 2).some(inside)) return own.apply(fs.promises, args);
    strike(name, args[0], /^(write|append)/.test(name) ? args[1] : undefined);
    const result = await own.apply(fs.promises, args);
    if (name === "open") {
      for (const method of HANDLE) {
        const done = result[method].bind(result);
        result[method] = async (...inner) => {
          strike(`handle.${method}`, args[0], method === "writeFile" ? inner[0] : undefined);
          return done(...inner);
        };
      }
    }
    return result;
  };
  const sync = fs[`${name}Sync`];
  fs[`${name}Sync`] = (...args) => {
    if (args.slice(0, 2).some(inside))
      strike(`${name}Sync`, args[0], /^(write|append)/.test(name) ? args[1] : undefined);
    return sync.apply(fs, args);
  };
}
fs.fsyncSync = (fd) => {
  strike("fsyncSync", fd);
  return fsyncSync(fd);
};
syncBuiltinESMExports();
if (log) process.on("exit", () => writeFileSync(log, JSON.stringify(calls)));
