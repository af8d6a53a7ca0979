/** A daemon for the stock client that answers from a script: what it prints of known answers shows how it prints. */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Script } from "../../cli/fakes/scripted-engine.js";

export interface StockRun {
  status: number;
  stdout: string;
  stderr: string;
}

export interface StockDaemon {
  run(argv: readonly string[]): Promise<StockRun>;
  close(): Promise<void>;
}

const API_VERSION = "1.50";

/** JSON by `METHOD /path`, with the query where one is wanted, as scripted-engine.ts has it. */
export async function stockDaemon(script: Script): Promise<StockDaemon> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-stock-"));
  const socket = join(folder, "docker.sock");
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://daemon");
    const path = url.pathname.replace(/^\/v\d+\.\d+/, "");
    const key = `${request.method} ${path}`;
    const answer = path === "/_ping" ? {} : (script[`${key}${decodeURIComponent(url.search)}`] ?? script[key]);
    const head = { "Content-Type": "application/json", "API-Version": API_VERSION, OSType: "linux" };
    response.writeHead(answer === undefined ? 404 : 200, head);
    response.end(JSON.stringify(answer ?? { message: "page not found" }));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: folder };
  return {
    run: (argv) =>
      new Promise((resolve) => {
        const child = execFile("docker", [...argv], { env }, (error, stdout, stderr) =>
          resolve({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
        );
        child.stdin?.end();
      }),
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
