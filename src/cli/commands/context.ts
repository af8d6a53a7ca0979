/** `docker context …`: there is one engine, and one context for it, named default. */
import { atLeast, between, type CommandSpec, exactly, none } from "../command-spec.js";
import { CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { documentFormatFlag, formatFlag } from "../flags.js";
import { inspectEach } from "../inspect-each.js";
import { type Listing, renderListing } from "../listing.js";
import { refusedCommand } from "../refused-command.js";

const ENDPOINT = "unix:///var/run/docker.sock";
const ONE_CONTEXT = "there is one engine to talk to, and its context is default";

interface EngineContext {
  name: string;
  description: string;
  endpoint: string;
}

const CURRENT: EngineContext = {
  name: "default",
  description: "Current DOCKER_HOST based configuration",
  endpoint: ENDPOINT,
};

const contextListing: Listing<EngineContext> = {
  typeName: "*formatter.clientContextContext",
  table: ["Name", "Description", "DockerEndpoint", "Error"],
  quiet: "Name",
  columns: {
    Name: { heading: "NAME", value: ({ name }) => name },
    Description: { heading: "DESCRIPTION", value: ({ description }) => description },
    DockerEndpoint: { heading: "DOCKER ENDPOINT", value: ({ endpoint }) => endpoint },
    Current: { heading: "", value: () => true },
    Error: { heading: "ERROR", value: () => "" },
  },
};

/** The usual table marks the context in use. */
const TABLE = "table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}";

export const contextList: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "List contexts",
  aliases: ["context ls", "context list"],
  arity: none,
  flags: [formatFlag(), ...flagTable("-q, --quiet   Only show context names")],
  async run({ context, flags }) {
    const quiet = flags.on("quiet");
    const asked = flags.text("format") || "table";
    const format = asked === "table" && !quiet ? TABLE : asked;
    await context.stdout.write(renderListing(contextListing, [CURRENT], { format, quiet }));
    return 0;
  },
};

export const contextShow: CommandSpec = {
  usage: "",
  summary: "Print the name of the current context",
  arity: none,
  flags: [],
  async run({ context }) {
    await context.stdout.write(`${CURRENT.name}\n`);
    return 0;
  },
};

export const contextUse: CommandSpec = {
  usage: "CONTEXT",
  summary: "Set the current docker context",
  arity: exactly(1),
  flags: [],
  async run({ context, words: [name = ""] }) {
    checkName(name);
    await context.stdout.write(`${name}\n`);
    await context.stderr.write(`Current context is now ${JSON.stringify(name)}\n`);
    return 0;
  },
};

function checkName(name: string): void {
  if (name !== CURRENT.name) throw new CommandFailure(`context ${JSON.stringify(name)}: context not found`);
}

export const contextInspect: CommandSpec = {
  usage: "[OPTIONS] [CONTEXT] [CONTEXT...]",
  summary: "Display detailed information on one or more contexts",
  arity: atLeast(0),
  flags: [documentFormatFlag()],
  run(call) {
    const words = call.words.length > 0 ? call.words : [CURRENT.name];
    return inspectEach({ ...call, words }, async (name) => {
      checkName(name);
      const document = {
        Name: name,
        Metadata: {},
        Endpoints: { docker: { Host: CURRENT.endpoint, SkipTLSVerify: false } },
        TLSMaterial: {},
        Storage: { MetadataPath: "<IN MEMORY>", TLSPath: "<IN MEMORY>" },
      };
      return { document, shape: {} };
    });
  },
};

const describedAs = (verb: string, command: string) => `${verb} a context

Docker endpoint config:

NAME                DESCRIPTION
from                Copy named context's Docker endpoint configuration
host                Docker endpoint on which to connect
ca                  Trust certs signed only by this CA
cert                Path to TLS certificate file
key                 Path to TLS key file
skip-tls-verify     Skip TLS certificate validation

Example:

$ docker context ${command} my-context --description "some description" --docker "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file"`;

const endpointFlags = flagTable(`
  --description string      Description of the context
  --docker stringToString   set the docker endpoint (default [])
`);

export const contextCreate = refusedCommand(
  {
    usage: "[OPTIONS] CONTEXT",
    summary: "Create a context",
    description: describedAs("Create", "create"),
    arity: exactly(1),
    flags: [...endpointFlags, ...flagTable("--from string   create context from a named context")],
  },
  ONE_CONTEXT,
);

export const contextUpdate = refusedCommand(
  {
    usage: "[OPTIONS] CONTEXT",
    summary: "Update a context",
    description: describedAs("Update", "update"),
    arity: exactly(1),
    flags: endpointFlags,
  },
  ONE_CONTEXT,
);

export const contextRemove = refusedCommand(
  {
    usage: "CONTEXT [CONTEXT...]",
    summary: "Remove one or more contexts",
    aliases: ["context rm", "context remove"],
    arity: atLeast(1),
    flags: flagTable("-f, --force   Force the removal of a context in use"),
  },
  ONE_CONTEXT,
);

export const contextExport = refusedCommand(
  {
    usage: "[OPTIONS] CONTEXT [FILE|-]",
    summary: "Export a context to a tar archive FILE or a tar stream on STDOUT.",
    arity: between(1, 2),
    flags: [],
  },
  ONE_CONTEXT,
);

export const contextImport = refusedCommand(
  { usage: "CONTEXT FILE|-", summary: "Import a context from a tar or zip file", arity: exactly(2), flags: [] },
  ONE_CONTEXT,
);
