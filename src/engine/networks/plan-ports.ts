/** Which ports a container publishes, of its configuration. */

import { parseAddress } from "../../shared/network/ipv4.js";
import type { ContainerConfigJSON, HostConfigJSON } from "../api/types.js";
import { EngineError } from "../engine-error.js";
import type { PortRequest } from "./port-claims.js";

export interface PlannedPort extends PortRequest {
  /** Where it is to be found; of one that says nothing, everywhere. */
  addresses: readonly string[];
}

const EVERYWHERE = ["0.0.0.0", "::"];

/** @throws {EngineError} `invalid` naming what is wrong or not supported. */
export function planPorts(host: HostConfigJSON, { ExposedPorts }: ContainerConfigJSON): PlannedPort[] {
  const bindings = Object.entries(host.PortBindings ?? {}).filter(([, asked]) => asked?.length);
  const planned = bindings.flatMap(([port, asked]) => asked!.map((binding) => planPort(port, binding)));
  if (!host.PublishAllPorts) return planned;
  const bound = new Set(bindings.map(([port]) => port));
  const exposed = Object.keys(ExposedPorts ?? {}).filter((port) => !bound.has(port) && !/\/(udp|sctp)$/.test(port));
  return [...planned, ...exposed.flatMap(portsIn).map((port) => planPort(`${port}/tcp`, {}))];
}

function planPort(port: string, { HostIp = "", HostPort = "" }: { HostIp?: string; HostPort?: string }): PlannedPort {
  const [, number, protocol = "tcp"] = /^(\d+)(?:\/(\w+))?$/.exec(port) ?? [];
  const containerPort = Number(number);
  if (!(containerPort > 0 && containerPort <= 65535)) refuse(`invalid port specification: "${port}"`);
  if (protocol !== "tcp") refuse(`publishing ${protocol.toUpperCase()} ports is not supported, only TCP: ${port}`);
  const [first, last] = hostPorts(HostPort);
  const addresses = addressesOf(HostIp);
  return { addresses, first, last, containerPort };
}

function hostPorts(text: string): [number, number] {
  if (text === "" || text === "0") return [0, 0];
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const range: [number, number] = [Number(first), Number(last)];
  if (!(range[0] > 0 && range[0] <= range[1] && range[1] <= 65535)) refuse(`invalid port specification: "${text}"`);
  return range;
}

function addressesOf(text: string): readonly string[] {
  if (text === "") return EVERYWHERE;
  if (text !== "::" && parseAddress(text) === undefined)
    refuse(`invalid IP address ${text}: ports are published at IPv4 addresses or at "::"`);
  return [text];
}

/** `80` or `8000-8002`, of an image's EXPOSE. */
function portsIn(exposed: string): number[] {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?/.exec(exposed) ?? [];
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
}

function refuse(message: string): never {
  throw new EngineError("invalid", message);
}
