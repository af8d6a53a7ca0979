/**
 * Place holders for the address of one of the machine's ports. Katacoda's and Killercoda's own become one address that
 * CommonMark takes for a link's; it never leaves this folder.
 */
import type { LessonNode } from "./nodes.js";

const PLACE_HOLDERS = [
  /\{\{\s*TRAFFIC_HOST\d+_(\d+)\s*\}\}/g,
  /(?:https?:\/\/)?\[\[HOST\d*_SUBDOMAIN\]\]-(\d+)-\[\[KATACODA_HOST\]\](?:\.environments\.katacoda\.com)?/g,
  /(?:https?:\/\/)?\{\{\s*HOST\d*_SUBDOMAIN\s*\}\}-(\d+)-\{\{\s*KATACODA_HOST\s*\}\}(?:\.environments\.katacoda\.com)?/g,
];
const MARKED = /https:\/\/port-(\d+)\.machine\.invalid((?:\/[^\s<>"')\]]*)?)/;

/** Gives every place holder the one form that `portOf` and `splitPorts` know. */
export function markPorts(text: string): string {
  return PLACE_HOLDERS.reduce((marked, form) => marked.replace(form, "https://port-$1.machine.invalid"), text);
}

export function portOf(href: string): { port: number; path: string } | undefined {
  const match = MARKED.exec(href);
  return match?.index === 0 ? { port: Number(match[1]), path: match[2]! } : undefined;
}

/** Text with its ports as nodes of their own. */
export function splitPorts(text: string): LessonNode[] {
  const nodes: LessonNode[] = [];
  let at = 0;
  for (const { index, 0: whole, 1: number, 2: path } of text.matchAll(new RegExp(MARKED, "g"))) {
    if (index > at) nodes.push({ type: "text", text: text.slice(at, index) });
    const port = Number(number);
    nodes.push({ type: "port", port, path: path!, children: [{ type: "text", text: `port ${port}${path}` }] });
    at = index + whole.length;
  }
  if (at < text.length) nodes.push({ type: "text", text: text.slice(at) });
  return nodes;
}
