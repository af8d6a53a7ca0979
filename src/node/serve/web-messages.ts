/** Between Node's HTTP messages and the platform's Request and Response, which the engine speaks. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SESSION_HEADER } from "../../engine/api/handler.js";

/** @param signal tells that the client has gone. */
export function toRequest(message: IncomingMessage, body: BodyInit | undefined, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  // Joining a terminal of the guest is for those who are in the guest.
  headers.delete(SESSION_HEADER);
  const { method, url } = message;
  return new Request(`http://drydock${url}`, { method, headers, body, signal, duplex: "half" } as RequestInit);
}

/** The headers go out at once, since clients wait for them before they go on. */
export async function sendResponse(response: Response, answer: ServerResponse): Promise<void> {
  answer.writeHead(response.status, Object.fromEntries(response.headers));
  answer.flushHeaders();
  if (response.body) await pipeline(Readable.fromWeb(response.body as never), answer);
  else answer.end();
}
