import type { HistoryItem } from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { type CommandSpec, exactly } from "../command-spec.js";
import { imagePath } from "../engine-client.js";
import { flagTable } from "../flag-table.js";
import { formatFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";
import { ONE_PLATFORM } from "../refusals.js";
import { ellipsis } from "../table.js";
import { ago, idText, rfc3339 } from "../wording.js";

/** `docker history`: an image's instructions, newest first, with what each added. */
export const history: CommandSpec = {
  usage: "[OPTIONS] IMAGE",
  summary: "Show the history of an image",
  aliases: ["image history", "history"],
  arity: exactly(1),
  flags: [
    formatFlag(),
    ...flagTable(`
      -H, --human             Print sizes and dates in human readable format (default true)
          --no-trunc          Don't truncate output
          --platform string   Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")
      -q, --quiet             Only show image IDs
    `),
  ],
  refusals: ONE_PLATFORM,
  async run({ client, context, flags, words: [image = ""] }) {
    const items = await client.get<HistoryItem[]>(imagePath(image, "history"));
    const listing = historyListing(flags.on("human", true), flags.on("no-trunc"));
    const options = { format: flags.text("format"), quiet: flags.on("quiet") };
    await context.stdout.write(renderListing(listing, items, options));
    return 0;
  },
};

function historyListing(human: boolean, full: boolean): Listing<HistoryItem> {
  return {
    typeName: "*formatter.historyContext",
    table: ["ID", human ? "CreatedSince" : "CreatedAt", "CreatedBy", "Size", "Comment"],
    quiet: "ID",
    columns: {
      ID: { heading: "IMAGE", value: ({ Id }) => (Id === "<missing>" ? Id : idText(Id, full)) },
      CreatedSince: { heading: "CREATED", value: ({ Created }) => (human ? ago(Created) : rfc3339(Created)) },
      CreatedAt: { heading: "CREATED AT", value: ({ Created }) => rfc3339(Created) },
      CreatedBy: {
        heading: "CREATED BY",
        value: ({ CreatedBy }) => {
          const text = CreatedBy.replaceAll("\t", " ");
          return full ? text : ellipsis(text, 45);
        },
      },
      Size: { heading: "SIZE", value: ({ Size }) => (human ? humanSize(Size, 3) : String(Size)) },
      Comment: { heading: "COMMENT", value: ({ Comment }) => Comment },
    },
  };
}
