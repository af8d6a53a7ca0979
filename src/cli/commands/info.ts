import type { InfoResponse } from "../../engine/api/types.js";
import { bytesSize } from "../../shared/units/size.js";
import { type CommandSpec, none } from "../command-spec.js";
import { documentFormatFlag } from "../flags.js";
import { renderDocument } from "../inspect-each.js";

/** `docker info` */
export const info: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Display system-wide information",
  aliases: ["system info", "info"],
  arity: none,
  flags: [documentFormatFlag()],
  async run({ client, context, flags }) {
    const document = await client.get<InfoResponse>("/info");
    const format = flags.text("format");
    await context.stdout.write(format ? renderDocument(format, document) : infoText(document));
    for (const warning of format ? [] : (document.Warnings ?? [])) await context.stderr.write(`${warning}\n`);
    return 0;
  },
};

function infoText(info: InfoResponse): string {
  const lines = [
    "Client: Drydock",
    " Context:    default",
    " Debug Mode: false",
    "",
    "Server:",
    ` Containers: ${info.Containers}`,
    `  Running: ${info.ContainersRunning}`,
    `  Paused: ${info.ContainersPaused}`,
    `  Stopped: ${info.ContainersStopped}`,
    ` Images: ${info.Images}`,
    ` Server Version: ${info.ServerVersion}`,
    ` Storage Driver: ${info.Driver}`,
    ...(info.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
    ` Logging Driver: ${info.LoggingDriver}`,
    ` Cgroup Driver: ${info.CgroupDriver}`,
    ` Cgroup Version: ${info.CgroupVersion}`,
    " Plugins:",
    `  Volume: ${info.Plugins.Volume.join(" ")}`,
    `  Network: ${info.Plugins.Network.join(" ")}`,
    `  Log: ${info.Plugins.Log.join(" ")}`,
    " Security Options:",
    ...(info.SecurityOptions ?? []).flatMap(securityLines),
    ` Kernel Version: ${info.KernelVersion}`,
    ` Operating System: ${info.OperatingSystem}`,
    ` OSType: ${info.OSType}`,
    ` Architecture: ${info.Architecture}`,
    ` CPUs: ${info.NCPU}`,
    ` Total Memory: ${bytesSize(info.MemTotal)}`,
    ` Name: ${info.Name}`,
    ` ID: ${info.ID}`,
    ` Docker Root Dir: ${info.DockerRootDir}`,
    "",
  ];
  return `${lines.join("\n")}\n`;
}

/** `name=seccomp,profile=builtin` takes two lines. */
function securityLines(option: string): string[] {
  const [first = "", ...rest] = option.split(",").map((part) => part.split("="));
  const name = first[0] === "name" ? first[1] : first[0];
  return [`  ${name}`, ...rest.map(([key = "", value = ""]) => `   ${key[0]?.toUpperCase()}${key.slice(1)}: ${value}`)];
}
