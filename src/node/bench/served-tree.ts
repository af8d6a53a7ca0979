/** The page of any checkout, built and served by that checkout's own code. */
import { spawn } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { Disposable } from "../../shared/disposable.js";

export interface ServedTree extends Disposable {
  port: number;
}

/** @param tree folder of the checkout. @throws {Error} with what it printed, when it does not come up. */
export async function serveTree(tree: string): Promise<ServedTree> {
  const port = await freePort();
  const args = ["--import", import.meta.resolve("tsx"), join(tree, "src/node/tasks/serve.ts"), String(port)];
  const child = spawn(process.execPath, args, { cwd: tree, stdio: ["ignore", "pipe", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    let printed = "";
    const gather = (text: string) => {
      printed += text;
      if (printed.includes(`:${port}/`)) resolve();
    };
    child.stdout.setEncoding("utf8").on("data", gather);
    child.stderr.setEncoding("utf8").on("data", gather);
    child.on("exit", () => reject(new Error(`${tree} does not serve its page: ${printed.trim()}`)));
  });
  return { port, dispose: () => void child.kill() };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "localhost", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
