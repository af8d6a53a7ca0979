/** What stands before a command's name, and the help page of `docker` itself. */

import { COMMON, FURTHER, GROUPS } from "./command-table.js";
import { flagTable } from "./flag-table.js";
import type { Flag } from "./flags.js";
import { flagLines, listHelp, moreHelp, type Summaries } from "./help.js";
import type { Refusals } from "./refusals.js";
import { because } from "./refusals.js";
import { REFUSED_GROUPS, REFUSED_SWARM_GROUPS } from "./refused-groups.js";

type Environment = Readonly<Record<string, string>>;

export const ROOT_USAGE = "docker [OPTIONS]";

/** Some defaults lie in the caller's home. */
export function globalFlags({ HOME = "/root" }: Environment): Flag[] {
  return flagTable(`
        --config string      Location of client config files (default "${HOME}/.docker")
    -c, --context string     Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with "docker context use")
    -D, --debug              Enable debug mode
    -H, --host list          Daemon socket to connect to
    -l, --log-level string   Set the logging level ("debug", "info", "warn", "error", "fatal") (default "info")
        --tls                Use TLS; implied by --tlsverify
        --tlscacert string   Trust certs signed only by this CA (default "${HOME}/.docker/ca.pem")
        --tlscert string     Path to TLS certificate file (default "${HOME}/.docker/cert.pem")
        --tlskey string      Path to TLS key file (default "${HOME}/.docker/key.pem")
        --tlsverify          Use TLS and verify the remote
    -v, --version            Print version information and quit
  `);
}

export const GLOBAL_REFUSALS: Refusals = {
  ...because("the command line has no settings of its own", "config"),
  ...because("the command line keeps no log", "log-level"),
  ...because("the engine is in this page, and nothing goes over a network", "tls tlscacert tlscert tlskey tlsverify"),
};

/** `docker --help`. */
export function rootHelp(environment: Environment, columns: number): string {
  const sections = {
    "Common Commands": COMMON,
    "Management Commands": sorted({ ...GROUPS, ...REFUSED_GROUPS }),
    "Swarm Commands": REFUSED_SWARM_GROUPS,
    Commands: FURTHER,
  };
  return listHelp(ROOT_USAGE, "A self-sufficient runtime for containers", sections, [
    `Global Options:\n${flagLines(globalFlags(environment), columns)}\n`,
    moreHelp("docker"),
    "For more help on how to use Docker, head to https://docs.docker.com/go/guides/\n",
  ]);
}

function sorted(groups: Summaries): Summaries {
  return Object.fromEntries(Object.entries(groups).sort(([a], [b]) => (a < b ? -1 : 1)));
}
