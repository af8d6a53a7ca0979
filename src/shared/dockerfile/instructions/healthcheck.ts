import { DurationError, parseGoDuration } from "../../units/go-duration.js";
import { atLeastOne, failure } from "../arguments.js";
import { base, type InstructionBase, type InstructionDefinition } from "../definition.js";
import { parseFlags } from "../flags.js";
import { healthcheck as form } from "../forms.js";
import type { Statement } from "../statement.js";

export interface HealthcheckInstruction extends InstructionBase {
  name: "HEALTHCHECK";
  /** As the image configuration has it: `["NONE"]`, `["CMD", …]`, `["CMD-SHELL", line]`. */
  test: string[];
  /** Nanoseconds; 0 for the default. */
  interval: number;
  timeout: number;
  startPeriod: number;
  startInterval: number;
  /** 0 for the default. */
  retries: number;
}

export const healthcheck: InstructionDefinition<HealthcheckInstruction> = {
  summary: "How to see that a container is well.",
  usage: "HEALTHCHECK [--interval=T] [--timeout=T] [--start-period=T] [--retries=N] CMD COMMAND  or  HEALTHCHECK NONE",
  form,
  parse(statement) {
    const type = atLeastOne("HEALTHCHECK", statement)[0]!.toUpperCase();
    if (type === "NONE") return none(statement);
    const flags = parseFlags(statement.flags, {
      interval: "string",
      timeout: "string",
      "start-period": "string",
      "start-interval": "string",
      retries: "string",
    });
    return {
      ...base("HEALTHCHECK", statement),
      test: test(type, statement),
      interval: interval("interval", flags.interval),
      timeout: interval("timeout", flags.timeout),
      startPeriod: interval("start-period", flags["start-period"]),
      startInterval: interval("start-interval", flags["start-interval"]),
      retries: retries(flags.retries),
    };
  },
};

function none(statement: Statement): HealthcheckInstruction {
  if (statement.arguments.words.length > 1) throw failure("HEALTHCHECK NONE takes no arguments");
  const off = { interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0 };
  return { ...base("HEALTHCHECK", statement), test: ["NONE"], ...off };
}

function test(type: string, { arguments: { words, isJSON } }: Statement): string[] {
  if (type !== "CMD") throw failure(`Unknown type ${JSON.stringify(type)} in HEALTHCHECK (try CMD)`);
  const command = words.slice(1);
  if (command.length === 0) throw failure("Missing command after HEALTHCHECK CMD");
  return isJSON ? ["CMD", ...command] : ["CMD-SHELL", command.join(" ")];
}

function interval(name: string, text: string | undefined): number {
  if (!text) return 0;
  const nanoseconds = duration(text);
  if (nanoseconds !== 0 && nanoseconds < 1e6) throw failure(`Interval ${JSON.stringify(name)} cannot be less than 1ms`);
  return nanoseconds;
}

function duration(text: string): number {
  try {
    return parseGoDuration(text);
  } catch (error) {
    throw error instanceof DurationError ? failure(error.message) : error;
  }
}

function retries(text: string | undefined): number {
  if (!text) return 0;
  if (!/^[+-]?\d+$/.test(text)) throw failure(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (Math.abs(Number(text)) >= 2 ** 31)
    throw failure(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  if (Number(text) < 0) throw failure(`--retries cannot be negative (${Number(text)})`);
  return Number(text);
}
