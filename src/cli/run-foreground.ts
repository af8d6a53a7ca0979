/** A container in the foreground: attach, wait, start, and stay until it ends. Shared by `run` and `start -a`. */
import type { Disposable } from "../shared/disposable.js";
import { joinStdio } from "./attach-stdio.js";
import type { Call } from "./command-spec.js";
import { containerPath } from "./engine-client.js";
import { signalStatus } from "./exit-status.js";
import { detached, detachKeys, passSize, proxySignals, signalled, waitForExit } from "./follow-container.js";

export interface ForegroundOptions {
  container: string;
  tty: boolean;
  streams: { stdin: boolean; stdout: boolean; stderr: boolean };
  /** The container goes when it ends: its status comes with its removal. */
  removed: boolean;
  proxySignals: boolean;
}

/** @returns the container's exit status. @throws {ApiError} if it cannot be attached to or started. */
export async function runForeground(call: Call, options: ForegroundOptions): Promise<number> {
  const { context, client } = call;
  const { container, tty, streams } = options;
  const waiting = new AbortController();
  const held: Disposable[] = [{ dispose: () => waiting.abort() }];
  const own = signalled(call);
  const leaving = detached(call);
  held.push(own, leaving);
  try {
    const upgraded = await client.upgrade(containerPath(container, "attach"), {
      query: { stream: true, ...streams, ...detachKeys(call.flags) },
      session: context.joinSession?.(),
    });
    const joined = joinStdio(context, upgraded, streams.stdin);
    held.push({ dispose: joined.close });
    const exit = waitForExit(call, container, options.removed ? "removed" : "next-exit", waiting.signal);
    exit.catch(() => {});
    if (options.proxySignals && !tty) held.push(proxySignals(call, container));
    await client.post(containerPath(container, "start"));
    if (tty && context.terminal.stdout) held.push(passSize(call, containerPath(container)));
    const ended = exit.then(async (status) => {
      // Where the descriptors are joined, what the engine itself has to say comes here.
      await joined.drained;
      return status;
    });
    const left = leaving.left.then(() => 0);
    const signal = tty || !options.proxySignals ? [own.signal.then(signalStatus)] : [];
    return await Promise.race([ended, left, ...signal]);
  } finally {
    for (const each of held) each.dispose();
  }
}
