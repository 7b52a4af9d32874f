// node run.mjs '{"threads":[1,2]}': the drawn networks on this engine, as one line of JSON.
import process from "node:process";
import * as nn from "@loam/nn";
import { checkpoints } from "@loam/nn/checkpoint";
import { trainNetworks } from "./train-networks.mjs";

const options = JSON.parse(process.argv[2] ?? "{}");
process.stdout.write(`${JSON.stringify(await trainNetworks({ nn, checkpoints }, options))}\n`);
