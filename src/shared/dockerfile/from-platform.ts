import type { Stage } from "./parse-dockerfile.js";
import type { Expansion } from "./shell-lexer.js";
import { DockerfileError } from "./source.js";
import { nearest } from "./suggest.js";

const COMPONENT = /^[A-Za-z0-9_.-]+$/;

/**
 * Refuses what `FROM --platform` came to where it is no platform.
 * @param known variables that could have been meant. @throws {DockerfileError} in BuildKit's words.
 */
export function checkPlatform({ platform, range }: Stage["from"], expansion: Expansion, known: Iterable<string>): void {
  const { text, unset } = expansion;
  const names = [...known];
  const near = unset.map((name) => nearest(name, names)).find((name) => name !== undefined);
  const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
  if (text === "")
    throw new DockerfileError("expansion", `empty platform value from expression ${platform}${hint}`, range);
  const wrong = text.split("/").find((part) => !COMPONENT.test(part));
  if (wrong === undefined) return;
  const quoted = [wrong, text, COMPONENT.source].map((part) => JSON.stringify(part));
  const message = `${quoted[0]} is an invalid component of ${quoted[1]}: platform specifier component must match ${quoted[2]}: invalid argument`;
  throw new DockerfileError("expansion", `failed to parse platform ${platform}: ${message}${hint}`, range);
}
