import { once } from "node:events";
import type { Server } from "node:http";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { openHeadless } from "../headless.js";
import { printSteps } from "../steps.js";
import { createEngineServer } from "./engine-server.js";
import { listenOnSocket, listenOnTCP } from "./listen.js";

const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * `drydock serve [--socket PATH] [--tcp 127.0.0.1:PORT]`: the engine's API for clients outside the machine, until
 * SIGINT or SIGTERM. Without either, `drydock.sock` in the working directory.
 */
export async function runServe(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { socket: { type: "string" }, tcp: { type: "string" } } });
  const tcp = values.tcp === undefined ? undefined : loopbackAddress(values.tcp);
  const socket = values.socket ?? (tcp ? undefined : "drydock.sock");
  const headless = await openHeadless({ onStep: printSteps(say) });
  headless.machine.onMessage((message) => say(`drydock: ${message}`));
  const servers: Server[] = [];
  const open = () => {
    const server = createEngineServer(headless.core.engine);
    servers.push(server);
    return server;
  };
  try {
    if (socket !== undefined) say(`docker -H ${await listenOnSocket(open(), resolve(socket))}`);
    if (tcp) say(`docker -H ${await listenOnTCP(open(), tcp.host, tcp.port)}`);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    return 0;
  } finally {
    for (const server of servers) server.close().closeAllConnections();
    headless.dispose();
  }
}

/** Whoever reaches the API has the machine: only programs on this computer may. */
function loopbackAddress(text: string): { host: string; port: number } {
  const match = /^(127\.0\.0\.1|localhost):(\d{1,5})$/.exec(text);
  if (!match || Number(match[2]) > 65_535) throw new Error(`--tcp ${text}: give 127.0.0.1:PORT`);
  return { host: match[1]!, port: Number(match[2]) };
}
