/** Ids, times, sizes and ports as Docker's listings word them. */
import type { PortJSON } from "../engine/api/types.js";
import { shortID } from "../shared/oci/digest.js";
import { humanDuration } from "../shared/units/duration.js";
import { ellipsis } from "./table.js";

export function idText(id: string, full: boolean): string {
  return full ? id : shortID(id);
}

/** `3 minutes ago`. `seconds` since 1970; a time before that is no known time. */
export function ago(seconds: number, nowMs = Date.now()): string {
  return seconds < 0 ? "N/A" : `${humanDuration(nowMs - seconds * 1000)} ago`;
}

/** `2026-11-24 22:26:46 +0000 UTC` */
export function timeText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}

/** `2026-11-24T22:26:46Z` */
export function rfc3339(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

export function labelsText(labels: Record<string, string> | null | undefined): string {
  return Object.entries(labels ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(",");
}

/** A command line as COMMAND shows it: quoted as Go quotes, cut to twenty characters unless `full`. */
export function commandText(command: string, full: boolean): string {
  return JSON.stringify(full ? command : ellipsis(command, 20));
}

interface PortRun {
  address: string;
  type: string;
  first: number;
  last: number;
}

/**
 * `80-82/tcp, 0.0.0.0:8080->80/tcp`: neighbours are one run, those published under their own number too; those under
 * another number come last, each by itself.
 */
export function portsText(ports: readonly PortJSON[]): string {
  const sorted = [...ports].sort(comparePorts);
  const isMoved = ({ IP, PublicPort, PrivatePort }: PortJSON) => IP && PublicPort !== PrivatePort;
  const moved = sorted.filter(isMoved).map(({ IP, PublicPort, PrivatePort, Type }) => {
    return `${hostText(IP!)}:${PublicPort}->${PrivatePort}/${Type}`;
  });
  return [...runsOf(sorted.filter((port) => !isMoved(port))).map(runText), ...moved].join(", ");
}

function comparePorts(a: PortJSON, b: PortJSON): number {
  const text = (one = "", other = "") => (one < other ? -1 : one > other ? 1 : 0);
  return (
    a.PrivatePort - b.PrivatePort ||
    text(a.IP, b.IP) ||
    (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
    text(a.Type, b.Type)
  );
}

/** Those that another of their kind has followed after a gap come first. */
function runsOf(ports: readonly PortJSON[]): PortRun[] {
  const done: PortRun[] = [];
  const open = new Map<string, PortRun>();
  for (const { IP: address = "", Type: type, PrivatePort: port } of ports) {
    const key = `${address}/${type}`;
    const run = open.get(key);
    if (run && port === run.last + 1) {
      run.last = port;
      continue;
    }
    if (run) done.push(run);
    open.set(key, { address, type, first: port, last: port });
  }
  return [...done, ...open.values()];
}

function runText({ address, type, first, last }: PortRun): string {
  const numbers = first === last ? `${first}` : `${first}-${last}`;
  return `${address && `${hostText(address)}:${numbers}->`}${numbers}/${type}`;
}

const hostText = (address: string) => (address.includes(":") ? `[${address}]` : address);
