#!/usr/bin/env node
// Committed and executable, because npm links a workspace's commands before anything is built.
import { main } from "../dist/node/main.js";

await main(process.argv.slice(2));
