import type { HistoryEntry } from "../../shared/oci/image.js";

/**
 * History with times for instructions that made no layer: that of the layer before, but those before the build's first
 * layer have its time, not the base image's. Without any new layer they are as old as the base.
 * Source: BuildKit's image exporter.
 */
export function datedHistory(history: readonly HistoryEntry[]): HistoryEntry[] {
  const firstUndated = history.findIndex(({ created }) => created === undefined);
  if (firstUndated < 0) return [...history];
  const firstNew = history.slice(firstUndated).find(({ created }) => created !== undefined)?.created;
  let created = firstNew ?? history.findLast((entry) => entry.created !== undefined)?.created;
  return history.map((entry, index) => {
    if (index >= firstUndated) created = entry.created ?? created;
    return created === undefined ? entry : { ...entry, created: entry.created ?? created };
  });
}
