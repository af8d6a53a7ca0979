#!/usr/bin/env node
// The `drydock` command: its dependencies first, told on stderr so that stdout stays the script's.
import { ensureDependencies } from "./dependencies.mjs";

ensureDependencies((line) => console.error(line));
const { register } = await import("tsx/esm/api");
register();
const { main } = await import("./drydock.ts");
process.exitCode = await main(process.argv.slice(2));
