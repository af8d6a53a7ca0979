/** `docker login` and `docker logout` */
import { atMost } from "../command-spec.js";
import { flagTable } from "../flag-table.js";
import { refusedCommand } from "../refused-command.js";

const NO_ACCOUNTS = "the engine asks registries without an account";

export const login = refusedCommand(
  {
    usage: "[OPTIONS] [SERVER]",
    summary: "Authenticate to a registry",
    description: "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
    arity: atMost(1),
    flags: flagTable(`
      -p, --password string   Password or Personal Access Token (PAT)
          --password-stdin    Take the Password or Personal Access Token (PAT) from stdin
      -u, --username string   Username
    `),
  },
  NO_ACCOUNTS,
);

export const logout = refusedCommand(
  {
    usage: "[SERVER]",
    summary: "Log out from a registry",
    description: "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
    arity: atMost(1),
    flags: [],
  },
  NO_ACCOUNTS,
);
