import { exactly } from "../command-spec.js";
import { flagTable } from "../flag-table.js";
import { filterFlag } from "../flags.js";
import { refusedCommand } from "../refused-command.js";

/** `docker search` */
export const search = refusedCommand(
  {
    usage: "[OPTIONS] TERM",
    summary: "Search Docker Hub for images",
    arity: exactly(1),
    flags: [
      filterFlag(),
      ...flagTable(`
        --format string   Pretty-print search using a Go template
        --limit int       Max number of search results
        --no-trunc        Don't truncate output
      `),
    ],
  },
  "Docker Hub's search does not answer to a page, and other registries have none",
);
