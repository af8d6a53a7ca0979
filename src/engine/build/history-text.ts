/** `created_by` of history entries, to the letter as BuildKit's Dockerfile frontend writes them. */

import type { AddInstruction } from "../../shared/dockerfile/instructions/add.js";
import type { CopyInstruction } from "../../shared/dockerfile/instructions/copy.js";
import type { HealthcheckInstruction } from "../../shared/dockerfile/instructions/healthcheck.js";
import { formatGoDuration } from "../../shared/units/go-duration.js";

export const HISTORY_COMMENT = "buildkit.dockerfile.v0";

/** @param args build arguments in force, `NAME=value`. */
export function runText(argv: readonly string[], args: readonly string[]): string {
  const build = args.length > 0 ? [`|${args.length}`, ...args] : [];
  return `RUN ${[...build, ...argv].join(" ")} # buildkit`;
}

export function copyText(instruction: CopyInstruction | AddInstruction): string {
  const { name, chown, chmod, sources, inlineFiles, destination } = instruction;
  const parents = name === "COPY" && instruction.parents;
  const flags = [parents && "--parents", chown && `--chown=${chown}`, chmod && `--chmod=${chmod}`].filter(Boolean);
  const files = inlineFiles.map((file) => `<<${file.name}`);
  return `${[name, ...flags, ...sources, ...files, destination].join(" ")} # buildkit`;
}

/** Go's `%q` of a list: `["sh" "-c" "x"]`. */
export function quotedList(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(" ")}]`;
}

/** Go's `%v` of a list: `[/data /logs]`. */
export function plainList(words: readonly string[]): string {
  return `[${words.join(" ")}]`;
}

/** Go's `%v` of a port set: `map[80/tcp:{}]`. */
export function portsText(ports: readonly string[]): string {
  return `map[${[...ports]
    .sort()
    .map((port) => `${port}:{}`)
    .join(" ")}]`;
}

/** Go's `%q` of the health check's structure. */
export function healthcheckText(check: HealthcheckInstruction): string {
  const durations = [check.interval, check.timeout, check.startPeriod, check.startInterval];
  const retries = `'\\x${check.retries.toString(16).padStart(2, "0")}'`;
  return `&{${[quotedList(check.test), ...durations.map((time) => JSON.stringify(formatGoDuration(time))), retries].join(" ")}}`;
}
