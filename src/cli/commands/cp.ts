import { type CommandSpec, exactly } from "../command-spec.js";
import { flagTable } from "../flag-table.js";
import { refusedCommand } from "../refused-command.js";

/** `docker cp` */
export const cp: CommandSpec = refusedCommand(
  {
    usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-",
    moreUsage: "docker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
    summary: "Copy files/folders between a container and the local filesystem",
    description: `Copy files/folders between a container and the local filesystem

Use '-' as the source to read a tar archive from stdin
and extract it to a directory destination in a container.
Use '-' as the destination to stream a tar archive of a
container source to stdout.`,
    aliases: ["container cp", "cp"],
    arity: exactly(2),
    flags: flagTable(`
    -a, --archive       Archive mode (copy all uid/gid information)
    -L, --follow-link   Always follow symbol link in SRC_PATH
    -q, --quiet         Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached
    `),
  },
  "files are not copied into and out of containers yet",
);
