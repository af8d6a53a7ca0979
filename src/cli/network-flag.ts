/** `--network`, a name alone or `name=net,alias=web,ip=172.28.0.10`, and what goes with it. */
import type { EndpointConfigJSON } from "../engine/api/types.js";
import { CommandFailure, FlagError } from "./errors.js";
import type { FlagValues } from "./flags.js";

export interface NetworkWish {
  name: string;
  aliases: string[];
  ip?: string;
}

/** @throws {FlagError} with Docker's words. */
export function parseNetwork(text: string): NetworkWish {
  if (!/^\w+=/.test(text)) return { name: text, aliases: [] };
  const wish: NetworkWish = { name: "", aliases: [] };
  for (const field of text.split(",")) {
    const [key = "", value] = field.split("=", 2);
    if (value === undefined) throw new FlagError(`invalid field '${field}' must be a key=value pair`);
    if (key === "name") wish.name = value;
    else if (key === "alias") wish.aliases.push(value);
    else if (key === "ip") wish.ip = value;
    else throw new FlagError(`network field ${key} is not supported by Drydock yet`);
  }
  if (wish.name === "") throw new FlagError("network name is empty");
  return wish;
}

/** What `--network`, `--network-alias` and `--ip` ask for together: the first network has what stands for itself. */
export function networksOf(flags: FlagValues): { mode: string; endpoints: Record<string, EndpointConfigJSON> } {
  const wishes = [...flags.list("network"), ...flags.list("net")].map(parseNetwork);
  const [first = { name: "default", aliases: [] }, ...others] = wishes;
  const [aliases, ip] = [[...flags.list("network-alias"), ...flags.list("net-alias")], flags.text("ip")];
  if (aliases.length > 0 && first.aliases.length > 0)
    throw new CommandFailure("conflicting options: cannot specify both --network-alias and per-network alias", 125);
  if (ip !== undefined && first.ip !== undefined)
    throw new CommandFailure("conflicting options: cannot specify both --ip and per-network IPv4 address", 125);
  const whole = { ...first, aliases: [...first.aliases, ...aliases], ...(ip !== undefined && { ip }) };
  const entries = [whole, ...others].map(({ name, ...wish }) => [name, endpointConfig(wish.aliases, wish.ip)] as const);
  return { mode: first.name, endpoints: Object.fromEntries(entries) };
}

export function endpointConfig(aliases: readonly string[], ip: string | undefined): EndpointConfigJSON {
  return {
    ...(aliases.length > 0 && { Aliases: [...aliases] }),
    ...(ip !== undefined && { IPAMConfig: { IPv4Address: ip } }),
  };
}
