import { API_VERSION, type VersionResponse } from "../../engine/api/types.js";
import { type CommandSpec, none } from "../command-spec.js";
import { documentFormatFlag } from "../flags.js";
import { renderDocument } from "../inspect-each.js";

/** The Docker whose command line this one follows. */
const DOCKER = "28.2.2";

/** What `docker --version` prints. */
export const VERSION_LINE = `Docker version ${DOCKER}, build drydock`;

/** `docker version` */
export const version: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Show the Docker version information",
  arity: none,
  flags: [documentFormatFlag()],
  async run({ client, context, flags }) {
    const server = await client.get<VersionResponse>("/version");
    const document = { Client: clientVersion(server), Server: server };
    const format = flags.text("format");
    await context.stdout.write(format ? renderDocument(format, document) : versionText(document));
    return 0;
  },
};

/** The command line is part of the engine's own program, so it has the engine's platform. */
function clientVersion({ Os, Arch }: VersionResponse) {
  return {
    Platform: { Name: "Drydock" },
    Version: DOCKER,
    ApiVersion: API_VERSION,
    DefaultAPIVersion: API_VERSION,
    Os,
    Arch,
    Context: "default",
  };
}

function versionText({
  Client,
  Server,
}: {
  Client: ReturnType<typeof clientVersion>;
  Server: VersionResponse;
}): string {
  const line = (name: string, value: string) => `${name}:`.padEnd(20) + value;
  const engine = (name: string, value: string) => line(`  ${name}`, value);
  const server = [
    engine("Version", Server.Version),
    engine("API version", `${Server.ApiVersion} (minimum version ${Server.MinAPIVersion})`),
    engine("Git commit", Server.GitCommit),
    engine("Built", Server.BuildTime),
    engine("OS/Arch", `${Server.Os}/${Server.Arch}`),
    engine("Kernel version", Server.KernelVersion),
  ].filter((text) => !/: +$/.test(text));
  const lines = [
    `Client: ${Client.Platform.Name}`,
    line(" Version", Client.Version),
    line(" API version", Client.ApiVersion),
    line(" OS/Arch", `${Client.Os}/${Client.Arch}`),
    line(" Context", Client.Context),
    "",
    `Server: ${Server.Platform.Name}`,
    " Engine:",
    ...server,
  ];
  return `${lines.join("\n").replace("Server: \n", "Server:\n")}\n`;
}
