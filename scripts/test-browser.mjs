// npm run test:browser [-- <vitest arguments>]: builds everything, then runs what needs Chromium.
import process from "node:process";
import { buildOrExit, runVitest } from "./build.mjs";

buildOrExit("*");
runVitest("vitest.browser.config.ts", process.argv.slice(2));
