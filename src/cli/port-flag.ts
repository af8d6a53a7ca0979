/** `-p [[address:]port:]port[/protocol]`, with ranges. */
import { CommandFailure } from "./errors.js";

export interface PortBinding {
  HostIp: string;
  HostPort: string;
}

/** Bindings by `80/tcp`. @throws {CommandFailure} with Docker's words. */
export function parsePorts(published: readonly string[]): Record<string, PortBinding[]> {
  const bindings: Record<string, PortBinding[]> = {};
  for (const text of published)
    for (const [port, binding] of parsePort(text)) {
      bindings[port] ??= [];
      bindings[port].push(binding);
    }
  return bindings;
}

function parsePort(text: string): [string, PortBinding][] {
  const [spec = "", protocol = "tcp"] = text.split("/");
  if (!/^(tcp|udp|sctp)$/i.test(protocol)) throw new CommandFailure(`invalid proto: ${protocol}`, 125);
  const parts = /^(?:(?:(\[[^\]]*\]|[^:]*):)?([^:]*):)?([^:]*)$/.exec(spec);
  if (!parts) throw new CommandFailure(`invalid publish opts format (should be name=value but got '${text}')`, 125);
  const [, address = "", host = "", container = ""] = parts;
  if (container === "") throw new CommandFailure(`no port specified: ${text}<empty>`, 125);
  const [first, last] = parseRange(container, "containerPort");
  const [hostFirst, hostLast] = host === "" ? [0, 0] : parseRange(host, "hostPort");
  if (host !== "" && hostLast - hostFirst !== last - first && last !== first)
    throw new CommandFailure(`invalid ranges specified for container and host Ports: ${container} and ${host}`, 125);
  return Array.from({ length: last - first + 1 }, (_, i) => [
    `${first + i}/${protocol.toLowerCase()}`,
    { HostIp: address.replace(/^\[|\]$/g, ""), HostPort: host === "" ? "" : hostPort(i) },
  ]);

  function hostPort(i: number): string {
    return last === first && hostLast !== hostFirst ? host : String(hostFirst + i);
  }
}

/** `80` or `80-90`, also of `--expose`. */
export function parseRange(text: string, what: string): [number, number] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!match || first > last || last > 65535) throw new CommandFailure(`invalid ${what}: ${text}`, 125);
  return [first, last];
}
