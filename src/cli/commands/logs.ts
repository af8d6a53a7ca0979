import { type CommandSpec, exactly } from "../command-spec.js";
import { containerPath } from "../engine-client.js";
import { boolFlag, textFlag } from "../flags.js";
import { outputOf } from "../raw-stream.js";
import { toTimestamp } from "../timestamps.js";

/** `docker logs`: what a container wrote. */
export const logs: CommandSpec = {
  usage: "[OPTIONS] CONTAINER",
  summary: "Print what a container wrote",
  aliases: ["container logs", "logs"],
  arity: exactly(1),
  flags: [
    boolFlag("details", "Print further attributes"),
    boolFlag("follow", "Go on with what it writes from now", { short: "f" }),
    textFlag("since", "From this time: 2026-01-02T13:23:37Z, or 42m for 42 minutes ago"),
    textFlag("tail", "Lines from the end", { short: "n", default: '"all"' }),
    boolFlag("timestamps", "Print times", { short: "t" }),
    textFlag("until", "Up to this time"),
  ],
  async run({ client, context, flags, words: [container = ""], signal }) {
    const since = flags.text("since");
    const until = flags.text("until");
    const response = await client.send("GET", containerPath(container, "logs"), {
      query: {
        stdout: true,
        stderr: true,
        follow: flags.on("follow"),
        timestamps: flags.on("timestamps"),
        details: flags.on("details"),
        tail: flags.text("tail") ?? "all",
        since: since === undefined ? undefined : toTimestamp(since),
        until: until === undefined ? undefined : toTimestamp(until),
      },
      signal,
    });
    for await (const { stream, bytes } of outputOf(response))
      await (stream === "stderr" ? context.stderr : context.stdout).write(bytes);
    return 0;
  },
};
