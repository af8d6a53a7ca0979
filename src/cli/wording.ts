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

/** `0.0.0.0:8080->80/tcp, 90/tcp` */
export function portsText(ports: readonly PortJSON[]): string {
  return [...ports]
    .sort((a, b) => a.PrivatePort - b.PrivatePort || (a.Type < b.Type ? -1 : 1))
    .map(({ IP, PrivatePort, PublicPort, Type }) =>
      PublicPort
        ? `${IP?.includes(":") ? `[${IP}]` : IP}:${PublicPort}->${PrivatePort}/${Type}`
        : `${PrivatePort}/${Type}`,
    )
    .join(", ");
}
