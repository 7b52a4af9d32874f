// npm run test:system [-- <vitest arguments>]: builds the packages, then runs what needs a terminal, real data or other programs.
import process from "node:process";
import { buildOrExit, runVitest } from "./build.mjs";

buildOrExit();
runVitest("vitest.system.config.ts", process.argv.slice(2));
