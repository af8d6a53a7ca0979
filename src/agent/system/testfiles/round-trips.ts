/**
 * A program for the real kernel: makes one round trip for each group of system calls and prints what came back, as
 * one JSON object. Its arguments: a directory to work in, then the names of the round trips.
 */
import { createQuickJSSystem, programArguments } from "../quickjs-system.js";
import * as files from "./file-trips.js";
import * as loop from "./loop-trips.js";
import * as processes from "./process-trips.js";

const system = createQuickJSSystem();
const [dir, ...names] = programArguments;
const trips: Record<string, (trip: typeof system, dir: string) => unknown> = { ...files, ...processes, ...loop };

const results: Record<string, unknown> = {};
for (const name of names) {
  system.mkdir(`${dir}/${name}`, 0o755);
  results[name] = await trips[name]!(system, `${dir}/${name}`);
}
system.write(1, system.utf8Encode(JSON.stringify(results)));
