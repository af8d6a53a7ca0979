/** While a container or exec runs in the foreground: signals and the terminal's size are passed on. */
import type { ContainerWaitResponse } from "../engine/api/types.js";
import type { Disposable } from "../shared/disposable.js";
import type { Call } from "./command-spec.js";
import { containerPath } from "./engine-client.js";
import { CommandFailure } from "./errors.js";
import type { FlagValues } from "./flags.js";

const SIGHUP = 1;
const SIGINT = 2;
const SIGTERM = 15;
/** Signals that are the client's own business: SIGPIPE, SIGCHLD, SIGURG, SIGWINCH. */
const OWN = new Set([13, 17, 23, 28]);

/** Passes the caller's signals to the container until disposed. */
export function proxySignals({ context, client }: Call, container: string): Disposable {
  return context.onSignal((signal) => {
    if (OWN.has(signal)) return;
    // The container may have ended in the meantime; its exit status tells.
    client.post(containerPath(container, "kill"), { query: { signal } }).catch(() => {});
  });
}

/** With a terminal Ctrl-C is a byte, not a signal: what comes as a signal is meant for the client itself. */
export function signalled({ context }: Call): { signal: Promise<number> } & Disposable {
  let subscription: Disposable | undefined;
  const signal = new Promise<number>((resolve) => {
    subscription = context.onSignal((number) => {
      if (number === SIGHUP || number === SIGINT || number === SIGTERM) resolve(number);
    });
  });
  return { signal, dispose: () => subscription?.dispose() };
}

/** The keys that leave the terminal are looked for where the descriptors are joined. */
export function detached({ context }: Call): { left: Promise<void> } & Disposable {
  let subscription: Disposable | undefined;
  const left = new Promise<void>((resolve) => {
    subscription = context.onDetach?.(resolve);
  });
  return { left, dispose: () => subscription?.dispose() };
}

/** What the stock client says of it, except after `run` and `start`. */
export function escaped(): never {
  throw new CommandFailure("read escape sequence");
}

/** Sends the terminal's size now and whenever it changes. `path`: of a container or exec. */
export function passSize({ context, client }: Call, path: string): Disposable {
  const send = ({ rows, columns }: { rows: number; columns: number }) => {
    client.post(`${path}/resize`, { query: { h: rows, w: columns } }).catch(() => {});
  };
  send(context.size());
  return context.onResize(send);
}

/** Asked for before the start, so that a short life is not missed. @returns the exit status. */
export async function waitForExit(
  { client }: Call,
  container: string,
  condition: "next-exit" | "removed",
  signal: AbortSignal,
): Promise<number> {
  const { StatusCode, Error: problem } = await client.json<ContainerWaitResponse>(
    "POST",
    containerPath(container, "wait"),
    { query: { condition }, signal },
  );
  if (problem?.Message) throw new CommandFailure(`Error waiting for container: ${problem.Message}`, 125);
  return StatusCode;
}

/** The query of an attach: the keys that leave it, where others than the usual ones are asked for. */
export function detachKeys(flags: FlagValues): { detachKeys?: string } {
  const keys = flags.text("detach-keys");
  return keys === undefined ? {} : { detachKeys: keys };
}
