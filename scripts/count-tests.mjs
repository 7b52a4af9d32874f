// Adds up vitest's JSON reports: node scripts/count-tests.mjs <folder with a folder per suite> [failures elsewhere].
// Prints which tests did not pass, each suite's figures and, as its last line, `N passed, N failed`. A skipped test, a suite without a report and a suite that
// ended badly without a failed test count as failed: what was not run was not shown.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";

const [folder, elsewhere = "0"] = process.argv.slice(2);

/** What one report says. A file that could not be loaded has no tests and counts as one failure. */
function count({ testResults = [] }) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { name: file = "", assertionResults: tests = [], status, message = "" } of testResults) {
    let failed = 0;
    for (const test of tests) {
      if (test.status === "passed") total.passed++;
      else {
        if (test.status === "failed") failed++;
        else total.skipped++;
        tell(test.status, file, test.fullName, test.failureMessages?.[0]);
      }
    }
    if (failed === 0 && status === "failed") {
      failed++;
      tell("failed", file, "the file itself", message);
    }
    total.failed += failed;
  }
  return total;
}

/** The logs of all suites are long; what went wrong stands at their end. */
function tell(state, file, name, message = "") {
  const [why] = stripVTControlCharacters(message).split("\n");
  process.stdout.write(`${state}: ${path.relative("", file)} > ${name}${why && `: ${why}`}\n`);
}

let passed = 0;
let failed = Number(elsewhere);
for (const suite of (await readdir(folder)).sort()) {
  const files = await readdir(path.join(folder, suite));
  const code = files.includes("exit-code")
    ? Number(await readFile(path.join(folder, suite, "exit-code"), "utf8"))
    : 0;
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const reports = files.filter((file) => file.endsWith(".json"));
  for (const file of reports) {
    const one = count(JSON.parse(await readFile(path.join(folder, suite, file), "utf8")));
    for (const key of Object.keys(sum)) sum[key] += one[key];
  }
  const silent = reports.length === 0 || sum.passed + sum.failed === 0 || (code !== 0 && sum.failed === 0);
  process.stdout.write(
    `${suite}: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped, ${reports.length} reports${silent ? ", and it ended badly" : ""}\n`,
  );
  passed += sum.passed;
  failed += sum.failed + sum.skipped + Number(silent);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
