/** `{{execute}}` and its like, which stand behind code and say what happens when it is pressed. */
import type { CodeAction } from "./nodes.js";

/** Actions behind a closing fence, by the fence's line, counted from 0. */
export type FenceActions = ReadonlyMap<number, CodeAction>;

const ACTION = /^\s*\{\{\s*(execute|exec|copy|open)\b([^{}]*)\}\}/i;

/** The action that `text` begins with, and the text behind it. */
export function actionOf(text: string): { action: CodeAction; rest: string } | undefined {
  const match = ACTION.exec(text);
  if (!match) return undefined;
  const rest = text.slice(match[0].length);
  const kind = match[1]!.toLowerCase();
  if (kind === "copy" || kind === "open") return { action: { kind }, rest };
  const terminal = Number(/\bT(?:erm(?:inal)?)?\s*(\d+)\b/i.exec(match[2]!)?.[1] ?? 1);
  return { action: { kind: "execute", terminal, interrupt: /\binterrupt\b/i.test(match[2]!) }, rest };
}

/**
 * A closing fence with text behind it closes nothing in CommonMark: the text is taken away, and kept by its line, so
 * that the lines keep their numbers.
 */
export function takeFenceActions(lines: readonly string[]): { lines: string[]; fences: FenceActions } {
  const fences = new Map<number, CodeAction>();
  const taken = lines.map((line, index) => {
    const [, fence, behind] = /^(\s*(?:`{3,}|~{3,}))(\s*\{\{.*)$/.exec(line) ?? [];
    const action = behind === undefined ? undefined : actionOf(behind);
    if (action?.rest.trim() !== "") return line;
    fences.set(index, action.action);
    return fence!;
  });
  return { lines: taken, fences };
}
