/** Leaving a container's terminal in the guest, on a real terminal there. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Headless, openHeadless } from "./headless.js";

let headless: Headless;
beforeAll(async () => {
  headless = await openHeadless();
  await post("/images/create?fromImage=busybox&tag=latest");
});
afterAll(() => headless?.dispose());

const fetchEngine = (path: string, method = "GET") =>
  headless.core.engine.fetch(new Request(`http://drydock${path}`, { method }));
const post = async (path: string) => (await fetchEngine(path, "POST")).text();
const statusOf = async (name: string) => (await (await fetchEngine(`/containers/${name}/json`)).json()).State.Status;

/** A command on a terminal of its own: types each text once the one before it was answered, until the command ends. */
async function onTerminal(
  argv: string[],
  typed: [after: string, keys: string][],
): Promise<{ status: number; text: string }> {
  const { agent } = headless.machine;
  const [stdin, stdout] = [agent.openOutput(), agent.openInput()];
  const exits = new Map<number, number>();
  const subscription = agent.on("process.exited", ({ pid, exitCode }) => exits.set(pid, exitCode));
  const { pid } = await agent.call("process.spawn", {
    argv,
    env: { PATH: "/usr/bin:/bin", HOME: "/root" },
    cwd: "/root/work",
    terminal: true,
    stdio: { stdin: stdin.id, stdout: stdout.id, columns: 80, rows: 24 },
  });
  let text = "";
  const type = async () => {
    while (typed[0] && text.includes(typed[0][0])) await stdin.write(new TextEncoder().encode(typed.shift()![1]));
  };
  await type();
  for (let bytes = await stdout.read(); bytes; bytes = await stdout.read()) {
    text += new TextDecoder().decode(bytes);
    await type();
  }
  await expect.poll(() => exits.has(pid)).toBe(true);
  subscription.dispose();
  return { status: exits.get(pid)!, text };
}

test("Ctrl-P Ctrl-Q leaves run with 0, exec and attach as the stock client says it; the container goes on", async () => {
  const run = await onTerminal(
    ["docker", "run", "-it", "--name", "left", "busybox", "sh"],
    [
      ["# ", "echo $((40 + 2))\r"],
      ["42\r\n", "\x10\x11"],
    ],
  );
  expect(run.status).toBe(0);
  expect(await statusOf("left")).toBe("running");
  const exec = await onTerminal(["docker", "exec", "-it", "left", "sh"], [["# ", "\x10\x11"]]);
  expect(exec).toMatchObject({ status: 1, text: expect.stringContaining("read escape sequence") });
  expect(await statusOf("left")).toBe("running");
  const attach = await onTerminal(
    ["docker", "attach", "left"],
    [
      ["", "\r"],
      ["# ", "echo $((50 + 2))\r"],
      ["52\r\n", "\x10\x11"],
    ],
  );
  expect(attach).toMatchObject({ status: 1, text: expect.stringContaining("read escape sequence") });
  expect(await statusOf("left")).toBe("running");
  await post("/containers/left/kill");
});
