import type { ProgressMessage } from "../../engine/api/types.js";
import { DEFAULT_TAG, familiarString, parseReference } from "../../shared/reference/reference.js";
import { type CommandSpec, exactly } from "../command-spec.js";
import { documentsOf, imagePath } from "../engine-client.js";
import { CommandFailure } from "../errors.js";
import { flagTable } from "../flag-table.js";
import { showProgress } from "../progress-display.js";
import { NO_CONTENT_TRUST, ONE_PLATFORM } from "../refusals.js";

/** `docker push` */
export const push: CommandSpec = {
  usage: "[OPTIONS] NAME[:TAG]",
  summary: "Upload an image to a registry",
  aliases: ["image push", "push"],
  arity: exactly(1),
  flags: flagTable(`
    -a, --all-tags                Push all tags of an image to the repository
        --disable-content-trust   Skip image signing (default true)
        --platform string         Push a platform-specific manifest as a single-platform image to the registry.
                                  Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.
                                  'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)
    -q, --quiet                   Suppress verbose output
  `),
  refusals: { ...NO_CONTENT_TRUST, ...ONE_PLATFORM },
  async run({ client, context, flags, words: [name = ""], signal }) {
    const reference = parseReference(name);
    const { domain, path, digest } = reference;
    const all = flags.on("all-tags");
    const quiet = flags.on("quiet");
    if (digest) throw new CommandFailure("cannot push a digest reference");
    if (all && reference.tag) throw new CommandFailure("tag can't be used with --all-tags/-a");
    const tag = all ? undefined : (reference.tag ?? DEFAULT_TAG);
    if (!all && !reference.tag && !quiet) await context.stdout.write(`Using default tag: ${tag}\n`);
    const response = await client.send("POST", imagePath(`${domain}/${path}`, "push"), { query: { tag }, signal });
    await showProgress(documentsOf<ProgressMessage>(response), {
      out: quiet ? { write: async () => {} } : context.stdout,
      terminal: context.terminal.stdout,
      columns: context.size().columns,
    });
    if (quiet) await context.stdout.write(`${familiarString({ ...reference, ...(tag && { tag }) })}\n`);
    return 0;
  },
};
