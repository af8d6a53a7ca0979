/** Figures of the page, on a first visit and on a second one by a browser that was started anew. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "./figure.js";
import type { Visit } from "./visit.js";

interface Visits {
  first: Visit;
  second: Visit;
}

/** By name, ours first: they go in turn. Each is given the folder of the browser's profile. */
export type Visitors = Map<string, (profile: string) => Promise<Visit>>;

const FIGURES: { name: string; unit: Figure["unit"]; of(visits: Visits): number | undefined }[] = [
  { name: "bytes to the first prompt", unit: "MB", of: ({ first }) => first.promptBytes / 1e6 },
  { name: "all bytes of a first visit, editor and BigFile", unit: "MB", of: ({ first }) => first.allBytes / 1e6 },
  { name: "all bytes of a second visit", unit: "MB", of: ({ second }) => second.allBytes / 1e6 },
  { name: "navigation to prompt, first visit", unit: "ms", of: ({ first }) => first.promptMs },
  { name: "navigation to prompt, second visit", unit: "ms", of: ({ second }) => second.promptMs },
  { name: "longest task before the prompt, first visit", unit: "ms", of: ({ first }) => first.longestTaskMs },
  { name: "longest task before the prompt, second visit", unit: "ms", of: ({ second }) => second.longestTaskMs },
  { name: "BigFile's first Build 3 s after the prompt, first visit", unit: "ms", of: ({ first }) => first.buildMs },
  { name: "BigFile's first Build 3 s after the prompt, second visit", unit: "ms", of: ({ second }) => second.buildMs },
];

export async function pageFigures(visitors: Visitors, runs: number): Promise<Figure[]> {
  const turns: Visits[][] = [];
  for (let run = 0; run < runs; run++) {
    const turn: Visits[] = [];
    for (const visit of visitors.values()) turn.push(await visitTwice(visit));
    turns.push(turn);
  }
  const others = [...visitors.keys()].slice(1);
  return FIGURES.map(({ name, unit, of }) => {
    const valuesOf = (visitor: number) => turns.flatMap((turn) => of(turn[visitor]!) ?? []);
    return { name, unit, values: valuesOf(0), beside: new Map(others.map((other, at) => [other, valuesOf(at + 1)])) };
  }).filter(({ values }) => values.length > 0);
}

async function visitTwice(visit: (profile: string) => Promise<Visit>): Promise<Visits> {
  const profile = mkdtempSync(join(tmpdir(), "drydock-profile-"));
  try {
    return { first: await visit(profile), second: await visit(profile) };
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}
