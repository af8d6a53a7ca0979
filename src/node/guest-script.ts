/** A script in the guest's shell, with this process's stdin, stdout and stderr. */
import type { Readable, Writable } from "node:stream";
import type { Machine } from "../machine/machine.js";
import type { InputStream, OutputStream } from "../protocol/peer.js";
import type { Disposable } from "../shared/disposable.js";

export interface ScriptStreams {
  /** Left out: the script reads /dev/null. */
  stdin?: Readable;
  stdout: Writable;
  stderr: Writable;
}

const ENVIRONMENT = {
  HOME: "/root",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  SHELL: "/bin/bash",
  USER: "root",
};

/** Runs `argv` at /root/work; resolves with its exit status (128 + n for signal n) when its output has been written. */
export async function runInGuest(
  machine: Machine,
  argv: string[],
  streams: ScriptStreams,
  onSignal?: (send: (signal: number) => void) => void,
): Promise<number> {
  const { agent } = machine;
  const stdout = agent.openInput();
  const stderr = agent.openInput();
  const stdin = streams.stdin ? agent.openOutput() : undefined;
  const exits = new Map<number, number>();
  const subscriptions: Disposable[] = [];
  let running: number | undefined;
  const exited = new Promise<number>((resolve, reject) => {
    subscriptions.push(
      agent.onClose(reject),
      // The process may end before the answer that names it.
      agent.on("process.exited", ({ pid, exitCode }) => {
        exits.set(pid, exitCode);
        if (pid === running) resolve(exitCode);
      }),
      machine.onHealth((health) => {
        if (health.state !== "running") reject(new Error(health.message));
      }),
    );
  });
  exited.catch(() => {});
  const stdio = { stdout: stdout.id, stderr: stderr.id, ...(stdin && { stdin: stdin.id }) };
  try {
    const { pid } = await agent.call("process.spawn", {
      argv,
      env: ENVIRONMENT,
      cwd: "/root/work",
      terminal: false,
      stdio,
    });
    running = pid;
    onSignal?.((signal) => void agent.call("process.signal", { pid, signal }).catch(() => {}));
    if (stdin) void feed(streams.stdin!, stdin);
    const output = Promise.all([drain(stdout, streams.stdout), drain(stderr, streams.stderr)]);
    const exitCode = exits.get(pid) ?? (await exited);
    await output;
    return exitCode;
  } finally {
    for (const subscription of subscriptions) subscription.dispose();
  }
}

async function drain(stream: InputStream, sink: Writable): Promise<void> {
  for await (const chunk of stream) {
    if (!sink.write(chunk)) await new Promise((resolve) => sink.once("drain", resolve));
  }
}

/** A script that does not read its stdin cancels the stream, which is no error. */
async function feed(source: Readable, stream: OutputStream): Promise<void> {
  try {
    for await (const chunk of source) await stream.write(chunk);
    await stream.end();
  } catch {
    source.destroy();
  }
}
