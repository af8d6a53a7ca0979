/**
 * A program for the real kernel: makes one round trip for each group of system calls and prints what came back, as
 * one JSON object. Its arguments: a directory to work in, the `docker` program, the names of the round trips.
 */
import { createQuickJSSystem, programArguments } from "../quickjs-system.js";
import * as containers from "./container-trips.js";
import * as files from "./file-trips.js";
import * as lists from "./list-trips.js";
import * as loop from "./loop-trips.js";
import * as memory from "./memory-trips.js";
import * as stub from "./stub-trips.js";

const system = createQuickJSSystem();
const [dir, docker, ...names] = programArguments;
const trips: Record<string, (kernel: typeof system, dir: string, docker: string) => unknown> = {
  ...files,
  ...lists,
  ...containers,
  ...loop,
  ...memory,
  ...stub,
};

const results: Record<string, unknown> = {};
for (const name of names) {
  system.mkdir(`${dir}/${name}`, 0o755);
  results[name] = await trips[name]!(system, `${dir}/${name}`, docker!);
}
system.write(1, system.utf8Encode(JSON.stringify(results)));
