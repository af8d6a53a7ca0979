/**
 * Kernel steps as text, one line each, of fields with tabs between: call, detail, startMicros, durationMicros and, if
 * it failed, error. The agent's interpreter joins strings many times faster than it writes JSON, and a container
 * takes some fifty steps. Backslash, tab and newline in a detail are written `\\`, `\t` and `\n`.
 */
import type { KernelStep } from "./commands.js";

export function packStep({ call, detail, startMicros, durationMicros, error }: KernelStep): string {
  const text = /[\\\t\n]/.test(detail) ? detail.replace(/[\\\t\n]/g, (character) => escapes[character]!) : detail;
  const line = `${call}\t${text}\t${startMicros}\t${durationMicros}`;
  return error ? `${line}\t${error}` : line;
}

/** Steps of lines joined by newlines. */
export function unpackSteps(packed: string): KernelStep[] {
  if (packed === "") return [];
  return packed.split("\n").map((line) => {
    const [call = "", text = "", start, duration, error] = line.split("\t");
    const detail = text.replace(/\\(.)/g, (_, letter: string) => unescapes[letter] ?? letter);
    const step: KernelStep = { call, detail, startMicros: Number(start), durationMicros: Number(duration) };
    if (error) step.error = error;
    return step;
  });
}

const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n" };
const unescapes: Record<string, string> = { t: "\t", n: "\n" };
