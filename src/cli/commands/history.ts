import type { HistoryItem } from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { type CommandSpec, exactly } from "../command-spec.js";
import { imagePath } from "../engine-client.js";
import { boolFlag, formatFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";
import { ellipsis } from "../table.js";
import { ago, idText, rfc3339 } from "../wording.js";

/** `docker history`: an image's instructions, newest first, with what each added. */
export const history: CommandSpec = {
  usage: "[OPTIONS] IMAGE",
  summary: "Show how an image was made, and what each instruction added",
  aliases: ["image history", "history"],
  arity: exactly(1),
  flags: [
    formatFlag(),
    boolFlag("human", "Sizes and times for people", { short: "H", default: "true" }),
    boolFlag("no-trunc", "Cut nothing short"),
    boolFlag("quiet", "Print ids only", { short: "q" }),
  ],
  unsupportedFlags: ["platform"],
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
