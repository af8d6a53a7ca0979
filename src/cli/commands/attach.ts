import type { ContainerInspect } from "../../engine/api/types.js";
import type { Disposable } from "../../shared/disposable.js";
import { joinStdio } from "../attach-stdio.js";
import { type Call, type CommandSpec, exactly } from "../command-spec.js";
import { containerPath } from "../engine-client.js";
import { CommandFailure } from "../errors.js";
import { signalStatus } from "../exit-status.js";
import { flagTable } from "../flag-table.js";
import { detachKeys, escaped, passSize, proxySignals, signalled, waitForExit } from "../follow-container.js";

/** `docker attach`: joins the caller's stdio to a container that runs already. */
export const attach: CommandSpec = {
  usage: "[OPTIONS] CONTAINER",
  summary: "Attach local standard input, output, and error streams to a running container",
  aliases: ["container attach", "attach"],
  arity: exactly(1),
  flags: flagTable(`
    --detach-keys string   Override the key sequence for detaching a container
    --no-stdin             Do not attach STDIN
    --sig-proxy            Proxy all received signals to the process (default true)
  `),
  ownSignals: true,
  async run(call) {
    const { client, flags, words } = call;
    const container = await client.get<ContainerInspect>(containerPath(words[0]!, "json"));
    const { Running, Paused, Restarting } = container.State;
    if (!Running) throw new CommandFailure("You cannot attach to a stopped container, start it first");
    if (Paused) throw new CommandFailure("You cannot attach to a paused container, unpause it first");
    if (Restarting) throw new CommandFailure("You cannot attach to a restarting container, wait until it is running");
    return attachTo(call, container, (container.Config.OpenStdin ?? false) && !flags.on("no-stdin"));
  },
};

async function attachTo(call: Call, { Id, Config }: ContainerInspect, stdin: boolean): Promise<number> {
  const { context, client, flags } = call;
  const tty = Config.Tty ?? false;
  if (tty && stdin && !context.terminal.stdin) throw new CommandFailure("the input device is not a TTY");
  const waiting = new AbortController();
  const held: Disposable[] = [{ dispose: () => waiting.abort() }];
  const own = signalled(call);
  held.push(own);
  try {
    const exit = waitForExit(call, Id, "next-exit", waiting.signal);
    exit.catch(() => {});
    const query = { stream: true, stdin, stdout: true, stderr: true, ...detachKeys(flags) };
    const upgraded = await client.upgrade(containerPath(Id, "attach"), { query });
    const joined = joinStdio(context, upgraded, stdin);
    held.push({ dispose: joined.close });
    const proxies = flags.on("sig-proxy", true) && !tty;
    if (proxies) held.push(proxySignals(call, Id));
    if (tty && context.terminal.stdout) held.push(passSize(call, containerPath(Id)));
    const ended = joined.drained.then(async () => {
      const { State } = await client
        .get<ContainerInspect>(containerPath(Id, "json"))
        .catch(() => ({ State: undefined }));
      return tty && State?.Running ? escaped() : exit;
    });
    return await (proxies ? ended : Promise.race([ended, own.signal.then(signalStatus)]));
  } finally {
    for (const each of held) each.dispose();
  }
}
