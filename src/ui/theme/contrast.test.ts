import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { terminalThemes } from "../terminal/terminal-theme.js";

const tokens = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");

/** `[light, dark]` of a token. */
function colours(name: string): [string, string] {
  const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(tokens) ?? [];
  if (!light || !dark) throw new Error(`no token --${name}`);
  return [light, dark];
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const texts = ["ink", "ink-2", "accent", "ok", "warn", "danger"];
const surfaces = ["surface", "raised", "hover", "selected"];

test.each(texts.flatMap((text) => surfaces.map((surface) => [text, surface] as const)))("%s on %s", (text, surface) => {
  for (const scheme of [0, 1]) {
    expect(contrast(colours(text)[scheme]!, colours(surface)[scheme]!)).toBeGreaterThanOrEqual(4.5);
  }
});

test.each([
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-hover", 4.5],
  ["ink", "track", 4.5],
  ["border-strong", "surface", 3],
  ["bar", "track", 3],
  ["ballast", "surface", 3],
])("%s on %s", (a, b, least) => {
  for (const scheme of [0, 1]) expect(contrast(colours(a)[scheme]!, colours(b)[scheme]!)).toBeGreaterThanOrEqual(least);
});

test("the terminal's plain colours", () => {
  for (const theme of Object.values(terminalThemes)) {
    for (const name of ["foreground", "red", "green", "yellow", "blue", "magenta", "cyan"] as const) {
      expect(contrast(theme[name]!, theme.background!)).toBeGreaterThanOrEqual(4.5);
    }
  }
});
