/**
 * HTTP/1.1 over a connection, one request each: what the page asks of a server in a container. Source: RFC 9112.
 */
import { ByteReader } from "./byte-reader.js";
import type { PortConnection } from "./port-connection.js";

const MOST_LINE_BYTES = 16384;
const MOST_HEADERS = 256;
/** Of the connection, not of the request. */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/** The connection is used up by it. @throws {HttpError} for what is no answer. */
export async function exchangeHttp(connection: PortConnection, request: Request): Promise<Response> {
  const { writable, readable } = connection;
  // A body whose length is not known would have to go in chunks, which small servers do not read.
  const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined;
  const reader = new ByteReader(readable);
  const writer = writable.getWriter();
  const end = (reason: unknown) => {
    writer.abort(reason).catch(() => {});
    reader.cancel(reason).catch(() => {});
  };
  request.signal.addEventListener("abort", () => end(request.signal.reason), { once: true });
  try {
    // A server may answer before it has read everything, and read no more.
    send(writer, headOf(request, body?.length), body).catch(() => {});
    const { status, statusText, headers } = await readHead(reader);
    const isEmpty = request.method === "HEAD" || status === 204 || status === 205 || status === 304;
    const framing = framingOf(headers);
    for (const name of HOP_BY_HOP) headers.delete(name);
    if (isEmpty) end("nothing more comes");
    return new Response(isEmpty ? null : bodyOf(reader, framing, end), { status, statusText, headers });
  } catch (error) {
    end(error);
    throw error;
  }
}

export class HttpError extends Error {
  override name = "HttpError";
}

/** The connection is not closed after it: some servers take that for the asker's going away. */
async function send(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  head: string,
  body: Uint8Array | undefined,
): Promise<void> {
  await writer.write(new TextEncoder().encode(head));
  if (body) await writer.write(body);
}

function headOf(request: Request, bodyBytes: number | undefined): string {
  const { host, pathname, search } = new URL(request.url);
  const lines = [`${request.method} ${pathname}${search} HTTP/1.1`, `Host: ${host}`, "Connection: close"];
  for (const [name, value] of request.headers)
    if (![...HOP_BY_HOP, "host", "content-length"].includes(name)) lines.push(`${name}: ${value}`);
  if (bodyBytes !== undefined) lines.push(`Content-Length: ${bodyBytes}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

async function readHead(reader: ByteReader): Promise<{ status: number; statusText: string; headers: Headers }> {
  for (;;) {
    const line = (await reader.readLine(MOST_LINE_BYTES)) ?? "";
    const [, code, statusText = ""] = /^HTTP\/1\.\d (\d{3})(?: (.*))?$/.exec(line) ?? [];
    if (code === undefined) throw new HttpError(line === "" ? "no answer" : `no HTTP answer: ${line.slice(0, 80)}`);
    const headers = await readHeaders(reader);
    const status = Number(code);
    if (status === 101) throw new HttpError("the connection was upgraded unasked");
    if (status >= 200) return { status, statusText, headers };
  }
}

async function readHeaders(reader: ByteReader): Promise<Headers> {
  const headers = new Headers();
  for (let count = 0; count < MOST_HEADERS; count++) {
    const line = await reader.readLine(MOST_LINE_BYTES);
    if (line === undefined) throw new HttpError("the answer ends in its headers");
    if (line === "") return headers;
    const [, name, value = ""] = /^([!#$%&'*+.^`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) throw new HttpError(`no header: ${line.slice(0, 80)}`);
    headers.append(name, value);
  }
  throw new HttpError(`more than ${MOST_HEADERS} headers`);
}

/** How the body's end is told: by chunks, by its length, or by the connection's end. */
type Framing = "chunks" | "end" | number;

function framingOf(headers: Headers): Framing {
  if (/(^|,)\s*chunked\s*$/i.test(headers.get("transfer-encoding") ?? "")) return "chunks";
  const length = headers.get("content-length");
  if (length === null) return "end";
  if (!/^\d{1,15}$/.test(length)) throw new HttpError(`content-length ${length}`);
  return Number(length);
}

function bodyOf(reader: ByteReader, framing: Framing, end: (reason: unknown) => void): ReadableStream<Uint8Array> {
  const pieces = framing === "chunks" ? chunks(reader) : framing === "end" ? rest(reader) : counted(reader, framing);
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await pieces.next();
          if (!done) return controller.enqueue(value);
          controller.close();
          end("the answer is complete");
        } catch (error) {
          end(error);
          throw error;
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

async function* rest(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (let piece = await reader.read(); piece; piece = await reader.read()) yield piece;
}

async function* counted(reader: ByteReader, bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; ) {
    const piece = await reader.read(left);
    if (!piece) throw new HttpError(`the answer ends ${left} bytes early`);
    left -= piece.length;
    yield piece;
  }
}

async function* chunks(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (;;) {
    const line = await reader.readLine(MOST_LINE_BYTES);
    const [, size] = /^([0-9a-fA-F]{1,8})(?:[ \t]*;.*)?$/.exec(line ?? "") ?? [];
    if (size === undefined) throw new HttpError("a chunk without its size");
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) return;
    yield* counted(reader, bytes);
    await reader.readLine(MOST_LINE_BYTES);
  }
}
