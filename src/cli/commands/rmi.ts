import type { ImageDeleteItem } from "../../engine/api/types.js";
import { atLeast, type CommandSpec } from "../command-spec.js";
import { forEachTarget } from "../each-target.js";
import { imagePath } from "../engine-client.js";
import { ApiError } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { ONE_PLATFORM } from "../refusals.js";

/** `docker rmi`: removes names, and images with their last name. */
export const rmi: CommandSpec = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Remove one or more images",
  aliases: ["image rm", "image remove", "rmi"],
  arity: atLeast(1),
  flags: flagTable(`
    -f, --force              Force removal of the image
        --no-prune           Do not delete untagged parents
        --platform strings   Remove only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")
  `),
  refusals: ONE_PLATFORM,
  async run(call) {
    const { client, context, flags, words } = call;
    const force = flags.on("force");
    let status = 0;
    // One after another: names of one image must not race for who deletes it.
    for (const name of words) {
      const failed = await forEachTarget(call, [name], async () => {
        const query = { force, noprune: flags.on("no-prune") };
        try {
          const items = await client.json<ImageDeleteItem[]>("DELETE", imagePath(name), { query });
          return deletedText(items);
        } catch (error) {
          if (!force || !(error instanceof ApiError) || error.status !== 404) throw error;
          await context.stderr.write(`${error.message}\n`);
          return undefined;
        }
      });
      status = Math.max(status, failed);
    }
    return status;
  },
};

function deletedText(items: readonly ImageDeleteItem[]): string {
  return items.map(({ Deleted, Untagged }) => (Deleted ? `Deleted: ${Deleted}\n` : `Untagged: ${Untagged}\n`)).join("");
}
