import { type CommandSpec, exactly } from "../command-spec.js";
import { containerPath } from "../engine-client.js";
import { flagTable } from "../flag-table.js";
import { outputOf } from "../raw-stream.js";
import { toTimestamp } from "../timestamps.js";

/** `docker logs`: what a container wrote. */
export const logs: CommandSpec = {
  usage: "[OPTIONS] CONTAINER",
  summary: "Fetch the logs of a container",
  aliases: ["container logs", "logs"],
  arity: exactly(1),
  flags: flagTable(`
        --details        Show extra details provided to logs
    -f, --follow         Follow log output
        --since string   Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)
    -n, --tail string    Number of lines to show from the end of the logs (default "all")
    -t, --timestamps     Show timestamps
        --until string   Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)
  `),
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
