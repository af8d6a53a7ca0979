/** `created_by` of history entries, to the letter as BuildKit's Dockerfile frontend writes them. */
import type { AddInstruction } from "../../shared/dockerfile/instructions/add.js";
import type { CopyInstruction } from "../../shared/dockerfile/instructions/copy.js";
import type { HealthcheckInstruction } from "../../shared/dockerfile/instructions/healthcheck.js";

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
  return `&{${[quotedList(check.test), ...durations.map((time) => JSON.stringify(goDuration(time))), retries].join(" ")}}`;
}

/** Nanoseconds as Go prints them: `1m30s`, `500ms`, `0s`. */
function goDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const seconds = nanoseconds / 1e9;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${Number((seconds % 60).toFixed(9))}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
