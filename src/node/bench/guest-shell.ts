import type { Machine } from "../../machine/machine.js";
import type { InputStream } from "../../protocol/peer.js";
import { TimedShell } from "./timed-shell.js";

const ENVIRONMENT = {
  HOME: "/root",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  SHELL: "/bin/bash",
  USER: "root",
};

/** A bash in the guest at /root/work; it ends with the machine. */
export async function openGuestShell({ agent }: Pick<Machine, "agent">): Promise<TimedShell> {
  const stdin = agent.openOutput();
  const stdout = agent.openInput();
  const encoder = new TextEncoder();
  const shell = new TimedShell((text) => {
    stdin.write(encoder.encode(text)).catch((error: Error) => shell.end(error));
  });
  await agent.call("process.spawn", {
    argv: ["/bin/bash"],
    env: ENVIRONMENT,
    cwd: "/root/work",
    terminal: false,
    stdio: { stdin: stdin.id, stdout: stdout.id },
  });
  void listen(stdout, shell);
  return shell;
}

async function listen(stdout: InputStream, shell: TimedShell): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stdout) shell.push(decoder.decode(chunk, { stream: true }));
    shell.end(new Error("the shell ended"));
  } catch (error) {
    shell.end(error as Error);
  }
}
