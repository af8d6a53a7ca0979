import { once } from "node:events";
import type { Server } from "node:http";

/** The socket is the user's alone from its first moment. @returns the address as clients take it. */
export async function listenOnSocket(server: Server, path: string): Promise<string> {
  const mask = process.umask(0o077);
  server.listen(path);
  process.umask(mask);
  await once(server, "listening");
  return `unix://${path}`;
}

/** @returns the address as clients take it, with the port that port 0 gave. */
export async function listenOnTCP(server: Server, host: string, port: number): Promise<string> {
  server.listen({ host, port });
  await once(server, "listening");
  const bound = server.address();
  return `tcp://${host}:${typeof bound === "object" && bound ? bound.port : port}`;
}
