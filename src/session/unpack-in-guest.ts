import { BUSYBOX } from "../protocol/guest-paths.js";
import type { AgentClient } from "../protocol/peer.js";

/** Unpacks a tar in a directory of the guest, by the guest's own tar. @throws {Error} in tar's words. */
export async function unpackInGuest(agent: AgentClient, directory: string, tar: Uint8Array): Promise<void> {
  const [stdin, stderr] = [agent.openOutput(), agent.openInput()];
  const ended = processEnd(agent);
  try {
    const argv = [BUSYBOX, "tar", "-xpf", "-"];
    const stdio = { stdin: stdin.id, stderr: stderr.id };
    const { pid } = await agent.call("process.spawn", { argv, env: {}, cwd: directory, terminal: false, stdio });
    // One that fails does not read to the end: its own words say why.
    stdin
      .write(tar)
      .then(() => stdin.end())
      .catch(() => {});
    const complaints: string[] = [];
    for await (const bytes of stderr) complaints.push(new TextDecoder().decode(bytes));
    if ((await ended.of(pid)) !== 0) throw new Error(complaints.join("").trim());
  } finally {
    ended.dispose();
  }
}

/** A process may end before the answer that names it. */
function processEnd(agent: AgentClient) {
  const exits = new Map<number, number>();
  let told = (): void => {};
  const subscription = agent.on("process.exited", ({ pid, exitCode }) => {
    exits.set(pid, exitCode);
    told();
  });
  return {
    async of(pid: number): Promise<number> {
      while (!exits.has(pid)) await new Promise<void>((resolve) => (told = resolve));
      return exits.get(pid)!;
    },
    dispose: () => subscription.dispose(),
  };
}
