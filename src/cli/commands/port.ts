import type { ContainerInspect } from "../../engine/api/types.js";
import { between, type CommandSpec } from "../command-spec.js";
import { containerPath } from "../engine-client.js";
import { CommandFailure } from "../errors.js";
import type { PortBinding } from "../port-flag.js";

/** `docker port`: where a container's ports are published. */
export const port: CommandSpec = {
  usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
  summary: "List port mappings or a specific mapping for the container",
  aliases: ["container port", "port"],
  arity: between(1, 2),
  flags: [],
  async run({ client, context, words: [container = "", wanted] }) {
    const { NetworkSettings } = await client.get<ContainerInspect>(containerPath(container, "json"));
    const ports = (NetworkSettings.Ports ?? {}) as Record<string, PortBinding[] | null>;
    const address = ({ HostIp, HostPort }: PortBinding) =>
      `${HostIp.includes(":") ? `[${HostIp}]` : HostIp}:${HostPort}`;
    if (wanted === undefined) {
      const lines = Object.entries(ports)
        .sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
        .flatMap(([name, bindings]) => (bindings ?? []).map((binding) => `${name} -> ${address(binding)}\n`));
      await context.stdout.write(lines.join(""));
      return 0;
    }
    const bindings = ports[wanted.includes("/") ? wanted : `${wanted}/tcp`] ?? [];
    if (bindings.length === 0) throw new CommandFailure(`Error: No public port '${wanted}' published for ${container}`);
    await context.stdout.write(bindings.map((binding) => `${address(binding)}\n`).join(""));
    return 0;
  },
};
