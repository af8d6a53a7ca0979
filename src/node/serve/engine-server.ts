/** The engine's API behind Node's HTTP server, for clients outside: the stock `docker`, dockerode, curl. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { EngineHandler } from "../../engine/api/handler.js";
import { hijack } from "./hijack.js";
import { sendResponse, toRequest } from "./web-messages.js";

/** Not listening yet. */
export function createEngineServer(api: EngineHandler): Server {
  const engine = withoutPages(api);
  const server = createServer((message, answer) => {
    // A client that goes away takes nothing along but its own answer.
    answerWith(engine, message, answer).catch(() => answer.destroy());
  });
  server.on("upgrade", (message, socket, head) => {
    hijack(engine, message, socket, head).catch(() => socket.destroy());
  });
  // An archive to load, or a context to build, takes as long as it takes.
  server.requestTimeout = 0;
  return server;
}

async function answerWith(engine: EngineHandler, message: IncomingMessage, answer: ServerResponse): Promise<void> {
  const gone = new AbortController();
  answer.on("close", () => gone.abort());
  const hasBody = message.method !== "GET" && message.method !== "HEAD";
  const request = toRequest(message, hasBody ? (Readable.toWeb(message) as ReadableStream) : undefined, gone.signal);
  await sendResponse(await engine.fetch(request), answer);
  // What the engine did not care to read is still in the way of the connection's next request.
  if (!request.bodyUsed) for await (const _ of request.body ?? []);
}

/** A page in the user's browser reaches the ports of this computer, too; it cannot help saying where it comes from. */
function withoutPages({ fetch, upgrade }: EngineHandler): EngineHandler {
  const guarded =
    <T>(handle: (request: Request) => Promise<T>) =>
    async (request: Request): Promise<T | Response> =>
      request.headers.has("Origin")
        ? Response.json({ message: "requests of web pages are refused" }, { status: 403 })
        : handle(request);
  return { fetch: guarded(fetch), upgrade: guarded(upgrade) };
}
