/** A build's warnings, below everything else, as buildx prints them. */
import type { WarningEvent } from "../../engine/trace/events.js";
import { type RuleName, rules } from "../../shared/dockerfile/lint/rules.js";
import type { CollectedContext } from "./collect-context.js";
import { excerpt } from "./failure-text.js";

/** By their text; those that are about lines of the Dockerfile with what is known of them. */
export type Warnings = ReadonlyMap<string, WarningEvent | undefined>;

/** @param isDebug with what each is about, and its lines. */
export function warningsText(warnings: Warnings, collected: CollectedContext, isDebug: boolean): string {
  if (warnings.size === 0) return "";
  const count = `${warnings.size} warning${warnings.size === 1 ? "" : "s"} found`;
  const hint = isDebug ? "" : " (use docker --debug to expand)";
  const lines = [...warnings].map(([text, event]) => ` - ${text}\n${isDebug ? detailsOf(event, collected) : ""}`);
  return `\n ${count}${hint}:\n${lines.join("")}`;
}

function detailsOf(event: WarningEvent | undefined, { dockerfileName, dockerfileText }: CollectedContext): string {
  if (!event || dockerfileText === undefined) return "\n";
  const { description } = rules[event.rule as RuleName];
  return `${description}\n${excerpt(dockerfileName, dockerfileText, event)}\n`;
}
