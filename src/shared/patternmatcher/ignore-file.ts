import { cleanPath } from "./pattern.js";

/**
 * The patterns of a .dockerignore: comments (`#` in the first column) and blank lines left out, paths cleaned and
 * taken from the context's root.
 */
export function parseIgnoreFile(text: string): string[] {
  return text
    .replace(/^\ufeff/, "")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(normalize);
}

function normalize(line: string): string {
  const isException = line.startsWith("!");
  const pattern = isException ? line.slice(1).trim() : line;
  if (pattern === "") return line.slice(0, 1);
  const cleaned = cleanPath(pattern);
  const relative = cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
  return (isException ? "!" : "") + relative;
}
