import type { EventMessage } from "../../engine/api/types.js";
import { type CommandSpec, none } from "../command-spec.js";
import { linesOf } from "../engine-client.js";
import { flagTable } from "../flag-table.js";
import { documentFormatFlag, filterFlag, filterQuery } from "../flags.js";
import { compile } from "../inspect-each.js";
import { toTimestamp } from "../timestamps.js";

/** `docker events`: what happens in the engine, as it happens. */
export const events: CommandSpec = {
  usage: "[OPTIONS]",
  summary: "Get real time events from the server",
  aliases: ["system events", "events"],
  arity: none,
  flags: [
    filterFlag(),
    documentFormatFlag({}),
    ...flagTable(`
      --since string   Show all events created since timestamp
      --until string   Stream events until this timestamp
    `),
  ],
  async run({ client, context, flags, signal }) {
    const format = flags.text("format");
    const template = format && format !== "json" ? compile(format) : undefined;
    const time = (name: string) => {
      const text = flags.text(name);
      return text === undefined ? undefined : toTimestamp(text);
    };
    const query = { since: time("since"), until: time("until"), filters: filterQuery(flags.list("filter")) };
    const response = await client.send("GET", "/events", { query, signal });
    for await (const line of linesOf(response)) {
      const event = JSON.parse(line) as EventMessage;
      const text = template ? template.execute(event) : format === "json" ? line : eventText(event, line);
      await context.stdout.write(`${text}\n`);
    }
    return 0;
  },
};

/** `2026-11-24T22:27:54.011680703Z container die <id> (exitCode=137, image=busybox, name=a1)` */
function eventText({ Type, Action, Actor, time }: EventMessage, line: string): string {
  // Nanoseconds since 1970 do not fit in a JavaScript number: their digits are taken from the text.
  const nanoseconds = /"timeNano":\s*\d*?(\d{9})\b/.exec(line)?.[1] ?? "000000000";
  const seconds = new Date(time * 1000).toISOString().slice(0, 19);
  const attributes = Object.entries(Actor.Attributes ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const details = attributes.length > 0 ? ` (${attributes.join(", ")})` : "";
  return `${seconds}.${nanoseconds}Z ${Type} ${Action} ${Actor.ID}${details}`;
}
