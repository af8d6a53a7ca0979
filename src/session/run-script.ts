/** A script in the guest outside any container, such as a lesson's check: run to its end, or killed when it has none. */
import type { Machine } from "../machine/machine.js";
import type { InputStream } from "../protocol/peer.js";
import type { Disposable } from "../shared/disposable.js";

export interface ScriptOptions {
  /** Its `$0`, which bash names in what it has to say. */
  name?: string;
  /** It is killed then, and all in its process group. */
  timeoutMs: number;
  stdin?: Uint8Array;
}

export interface ScriptResult {
  /** As a shell has it: 128 + n for signal n. */
  status: number;
  /** stdout and stderr in one, as they came: the first 64 KB. */
  output: string;
  timedOut: boolean;
}

/** What of the machine is needed. */
export type ScriptMachine = Pick<Machine, "agent" | "onHealth">;

const MOST_OUTPUT_BYTES = 1 << 16;
const SIGKILL = 9;
/** A script's end is its own: what it left running may hold its output open without end. */
const LAST_OUTPUT_MS = 500;

const ENVIRONMENT = {
  HOME: "/root",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  SHELL: "/bin/bash",
  USER: "root",
};

/** Runs `script` with bash at /root/work. @throws {Error} when the machine ends, or the script cannot be started. */
export async function runScript(machine: ScriptMachine, script: string, options: ScriptOptions): Promise<ScriptResult> {
  const { agent } = machine;
  const output = agent.openInput();
  const input = options.stdin && agent.openOutput();
  const exits = processExits(machine);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const { pid } = await agent.call("process.spawn", {
      argv: ["/bin/sh", "-c", 'exec /bin/bash -c "$1" "$0" 2>&1', options.name ?? "script", script],
      env: ENVIRONMENT,
      cwd: "/root/work",
      terminal: false,
      stdio: { stdout: output.id, ...(input && { stdin: input.id }) },
    });
    let timedOut = false;
    timer = setTimeout(() => {
      timedOut = true;
      agent.call("process.signal", { pid, signal: SIGKILL }).catch(() => {});
    }, options.timeoutMs);
    // A script that does not read its stdin cancels the stream, which is no error.
    if (input)
      void input
        .write(options.stdin!)
        .then(() => input.end())
        .catch(() => {});
    const kept = keepOutput(output);
    const status = await exits.of(pid);
    await Promise.race([kept.ended, new Promise((resolve) => setTimeout(resolve, LAST_OUTPUT_MS))]);
    return { status, output: kept.text(), timedOut };
  } finally {
    clearTimeout(timer);
    output.cancel("the script has ended");
    exits.dispose();
  }
}

/** Listens from now on: a process may end before the answer that names it. */
function processExits({ agent, onHealth }: ScriptMachine): Disposable & { of(pid: number): Promise<number> } {
  const codes = new Map<number, number>();
  let told = () => {};
  let failed: Error | undefined;
  const fail = (error: Error) => {
    failed ??= error;
    told();
  };
  const subscriptions = [
    agent.onClose(fail),
    agent.on("process.exited", ({ pid, exitCode }) => {
      codes.set(pid, exitCode);
      told();
    }),
    onHealth((health) => {
      if (health.state !== "running") fail(new Error(health.message));
    }),
  ];
  return {
    async of(pid) {
      while (!codes.has(pid)) {
        if (failed) throw failed;
        await new Promise<void>((resolve) => {
          told = resolve;
        });
      }
      return codes.get(pid)!;
    },
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

/** Reads on when it keeps no more, so that the script is not held up. */
function keepOutput(stream: InputStream): { ended: Promise<void>; text(): string } {
  const decoder = new TextDecoder();
  let text = "";
  let room = MOST_OUTPUT_BYTES;
  const ended = (async () => {
    for await (const chunk of stream) {
      text += decoder.decode(chunk.subarray(0, room), { stream: true });
      room = Math.max(0, room - chunk.length);
    }
  })();
  return { ended: ended.catch(() => {}), text: () => text };
}
