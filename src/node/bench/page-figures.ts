/** Figures of the page in Chromium, on a first visit and on a second one by a browser that was started anew. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "./figure.js";
import { type Visit, visit } from "./visit.js";
import type { Wire } from "./wire.js";

interface Visits {
  first: Visit;
  second: Visit;
}

/** Wires to the pages by name, ours first: they are visited in turn. */
export type Pages = Map<string, Wire>;

const FIGURES: { name: string; unit: Figure["unit"]; of(visits: Visits): number }[] = [
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

export async function pageFigures(pages: Pages, runs: number): Promise<Figure[]> {
  const turns: Visits[][] = [];
  for (let run = 0; run < runs; run++) {
    const turn: Visits[] = [];
    for (const wire of pages.values()) turn.push(await visitTwice(wire));
    turns.push(turn);
  }
  const others = [...pages.keys()].slice(1);
  return FIGURES.map(({ name, unit, of }) => {
    const valuesOf = (page: number) => turns.map((turn) => of(turn[page]!));
    return { name, unit, values: valuesOf(0), beside: new Map(others.map((other, at) => [other, valuesOf(at + 1)])) };
  });
}

async function visitTwice(wire: Wire): Promise<Visits> {
  const profile = mkdtempSync(join(tmpdir(), "drydock-profile-"));
  try {
    return { first: await visit(profile, wire), second: await visit(profile, wire) };
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}
