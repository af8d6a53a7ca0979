/** What EXPOSE names: `80`, `80/udp`, `8000-8010`; an address and a port of the host are read and mean nothing. */
import { DockerfileError } from "./source.js";

export interface ExposedPort {
  /** `80/tcp` each. */
  ports: string[];
  /** As written; empty for none. */
  protocol: string;
  /** It says where on the host: `8080:80`, `127.0.0.1:8080:80`. */
  hasHostPart: boolean;
}

/** @param text its variables replaced. @throws {DockerfileError} `arguments`, in BuildKit's words. */
export function parseExposedPort(text: string): ExposedPort {
  const parts = text.split(":");
  const container = parts.at(-1)!;
  const host = parts.at(-2) ?? "";
  const address = parts.slice(0, -2).join(":");
  const slash = container.indexOf("/");
  const protocol = slash < 0 ? "" : container.slice(slash + 1);
  const numbers = slash < 0 ? container : container.slice(0, slash);
  if (numbers === "") throw failure(`invalid port: ${JSON.stringify(text)}: no port specified`);
  const lower = protocol.toLowerCase();
  if (!["", "tcp", "udp", "sctp"].includes(lower))
    throw failure(`invalid port: ${JSON.stringify(text)}: invalid proto: ${protocol}`);
  if (address !== "" && !isAddress(address)) throw failure(`invalid IP address: ${address}`);
  const range = parseRange(numbers);
  if (!range) throw failure(`invalid containerPort: ${numbers}`);
  if (host !== "") checkHostPorts(host, numbers, range);
  const ports = Array.from({ length: range[1] - range[0] + 1 }, (_, i) => `${range[0] + i}/${lower || "tcp"}`);
  return { ports, protocol, hasHostPart: address !== "" || host !== "" };
}

type Range = [first: number, last: number];

/** A range of host ports may stand for one port of the container, else they are as many. */
function checkHostPorts(host: string, container: string, [first, last]: Range): void {
  const range = parseRange(host);
  if (!range) throw failure(`invalid hostPort: ${host}`);
  if (last !== first && last - first !== range[1] - range[0])
    throw failure(`invalid ranges specified for container and host Ports: ${container} and ${host}`);
}

function parseRange(text: string): Range | undefined {
  const match = /^\+?(\d+)(?:-\+?(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  return match && last <= 65535 && first <= last ? [first, last] : undefined;
}

function isAddress(text: string): boolean {
  const bytes = text.split(".");
  if (bytes.length === 4) return bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) <= 255);
  return /^\[?[\da-fA-F]*:[\da-fA-F:.]*\]?$/.test(text);
}

function failure(message: string): DockerfileError {
  return new DockerfileError("arguments", message);
}
