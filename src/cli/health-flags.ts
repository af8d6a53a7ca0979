import type { HealthcheckJSON } from "../engine/api/types.js";
import { parseGoDuration } from "../shared/units/go-duration.js";
import { CommandFailure } from "./errors.js";
import type { FlagValues } from "./flags.js";

const DURATIONS = {
  "health-interval": "Interval",
  "health-timeout": "Timeout",
  "health-start-period": "StartPeriod",
  "health-start-interval": "StartInterval",
} as const;

/**
 * What `--health-…` and `--no-healthcheck` ask for; undefined where nothing is asked, and the image's own stands.
 * @throws {CommandFailure} for flags that contradict each other, and for durations and counts below 0.
 */
export function healthcheckOf(flags: FlagValues): HealthcheckJSON | undefined {
  const given = ["health-cmd", "health-retries", ...Object.keys(DURATIONS)].filter((name) => flags.has(name));
  if (flags.on("no-healthcheck")) {
    if (given.length > 0) throw new CommandFailure("--no-healthcheck conflicts with --health-* options");
    return { Test: ["NONE"] };
  }
  if (given.length === 0) return undefined;
  const command = flags.text("health-cmd");
  const retries = flags.integer("health-retries");
  if (retries !== undefined && retries < 0) throw negative("health-retries");
  return {
    ...(command !== undefined && { Test: ["CMD-SHELL", command] }),
    ...(retries !== undefined && { Retries: retries }),
    ...durationsOf(flags),
  };
}

function durationsOf(flags: FlagValues): HealthcheckJSON {
  const durations: HealthcheckJSON = {};
  for (const [flag, member] of Object.entries(DURATIONS)) {
    const text = flags.text(flag);
    if (text === undefined) continue;
    const nanoseconds = parseGoDuration(text);
    if (nanoseconds < 0) throw negative(flag);
    durations[member] = nanoseconds;
  }
  return durations;
}

function negative(flag: string): CommandFailure {
  return new CommandFailure(`--${flag} cannot be negative`);
}
