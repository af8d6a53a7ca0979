/**
 * Requests that take their connection over (`Upgrade: tcp`), as `docker attach` and `docker exec` make them: after the
 * answer's head the connection carries the process's stdin one way and its output, framed or plain, the other way.
 */
import { once } from "node:events";
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { EngineHandler } from "../../engine/api/handler.js";
import { bytesOf, MULTIPLEXED, RAW } from "../../engine/api/multiplex.js";
import { chunksOf } from "../../engine/chunks-of.js";
import { sendResponse, toRequest } from "./web-messages.js";

/** Most bytes of the request's body, a small document. */
const LIMIT = 4 << 20;

export async function hijack(
  engine: EngineHandler,
  message: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
): Promise<void> {
  const gone = new AbortController();
  socket.on("close", () => gone.abort());
  // Told as a close, too; without a listener it would end the program.
  socket.on("error", () => {});
  socket.unshift(head);
  const body = await readBody(message, socket, gone.signal);
  const upgraded = await engine.upgrade(toRequest(message, body, gone.signal));
  if (upgraded instanceof Response) return refuse(upgraded, message, socket);
  const type = upgraded.terminal ? RAW : MULTIPLEXED;
  socket.write(`HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
  // The process may close its input before the client does; its output goes on.
  feed(socket, upgraded.stdin).catch(() => socket.resume());
  await pipeline(bytesOf(chunksOf(upgraded.output), upgraded.terminal), socket);
}

/** Node gives what follows the head of such a request as the connection's bytes, the body among them. */
async function readBody(message: IncomingMessage, socket: Duplex, signal: AbortSignal): Promise<BodyInit | undefined> {
  const length = Number(message.headers["content-length"] ?? 0);
  if (length === 0) return undefined;
  if (!(length <= LIMIT)) throw new RangeError(`request body of ${length} bytes: at most ${LIMIT}`);
  for (;;) {
    const bytes: Uint8Array | null = socket.read(length);
    if (bytes) return bytes as Uint8Array<ArrayBuffer>;
    await once(socket, "readable", { signal });
  }
}

async function refuse(response: Response, message: IncomingMessage, socket: Duplex): Promise<void> {
  const answer = new ServerResponse(message);
  answer.assignSocket(socket as never);
  answer.shouldKeepAlive = false;
  await sendResponse(response, answer);
  socket.end();
}

async function feed(socket: Duplex, stdin: WritableStream<Uint8Array>): Promise<void> {
  const writer = stdin.getWriter();
  for await (const bytes of socket.iterator({ destroyOnReturn: false })) await writer.write(bytes);
  await writer.close();
}
