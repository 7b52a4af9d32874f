// npm run torture [-- --every 1 --way kill]: a training with something wrong at each call for its files, or each so-many-th: killed, with half of a
// file written, stopped by a signal, or with a disk that fails once or is full from then on. It must go on to the same bits.
import process from "node:process";
import { parseArgs } from "node:util";
import { disturbed, inFolder, undisturbed, WAYS } from "../test/torture/torture.mjs";
import { buildOrExit } from "./build.mjs";

const { values } = parseArgs({
  options: {
    every: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    way: { type: "string", multiple: true, default: WAYS.map(({ how }) => how) },
  },
});
buildOrExit();
await inFolder(async (root) => {
  const whole = await undisturbed(root);
  console.log(`${whole.calls.length} calls`);
  for (const way of WAYS.filter(({ how }) => values.way.includes(how))) {
    let survived = 0;
    let tried = 0;
    for (let at = Number(values.from); at < whole.calls.length; at += Number(values.every)) {
      const fault = await disturbed(root, whole, { ...way, at });
      tried++;
      if (fault === undefined) survived++;
      else {
        console.log(`  ${way.how} at call ${at}, ${whole.calls[at]}: ${fault}`);
        process.exitCode = 1;
      }
    }
    console.log(`${way.how}${way.forever ? " from there on" : ""}: survived ${survived} of ${tried}`);
  }
});
