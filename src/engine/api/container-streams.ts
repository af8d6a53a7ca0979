/** /containers/{id}: logs, stats, attach. */

import { chunksOf } from "../chunks-of.js";
import { rfc3339 } from "../clock.js";
import { tellContainer } from "../containers/container-events.js";
import type { LogEntry, LogQuery } from "../containers/container-log.js";
import type { OutputChunk } from "../containers/output-hub.js";
import type { ProcessIO } from "../containers/process-io.js";
import { EngineError } from "../engine-error.js";
import { containerOf } from "./container-routes.js";
import { detachKeysOf, untilKeys } from "./detach-keys.js";
import { SESSION_HEADER, type Upgraded } from "./handler.js";
import { outputResponse } from "./multiplex.js";
import { abortWith, json, jsonLines } from "./respond.js";
import type { Call, Route } from "./router.js";

export const containerStreamRoutes: Route[] = [
  {
    method: "GET",
    path: "/containers/:id/logs",
    parameters: "stdout stderr since until timestamps tail follow details",
    handle: logs,
  },
  { method: "GET", path: "/containers/:id/stats", parameters: "stream one-shot", handle: stats },
  {
    method: "POST",
    path: "/containers/:id/attach",
    parameters: "stream stdin stdout stderr logs detachKeys",
    handle: attachOutput,
  },
];

function logs(call: Call): Response {
  const { query, request } = call;
  const container = containerOf(call);
  const abort = abortWith(request);
  const wanted: LogQuery = {
    stdout: query.flag("stdout"),
    stderr: query.flag("stderr"),
    since: query.time("since"),
    until: query.time("until"),
    tail: tailOf(query.text("tail")),
    follow: query.flag("follow"),
    signal: abort.signal,
  };
  if (!wanted.stdout && !wanted.stderr)
    throw new EngineError("invalid", "Bad parameters: you must choose at least one stream");
  if (container.host.LogConfig?.Type === "none")
    throw new EngineError("not-supported", "configured logging driver does not support reading");
  const entries = container.log.read(wanted);
  return outputResponse(logChunks(entries, query.flag("timestamps")), container.config.Tty ?? false, abort);
}

function tailOf(text: string | undefined): number | undefined {
  if (!text || text === "all") return undefined;
  // dockerd takes what is no number for "all".
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

async function* logChunks(entries: AsyncIterable<LogEntry>, timestamps: boolean): AsyncGenerator<OutputChunk> {
  const encoder = new TextEncoder();
  for await (const { stream, bytes, at, startsLine } of entries) {
    if (!timestamps || !startsLine) {
      yield { stream, bytes };
      continue;
    }
    const stamp = encoder.encode(`${rfc3339(at)} `);
    const stamped = new Uint8Array(stamp.length + bytes.length);
    stamped.set(stamp);
    stamped.set(bytes, stamp.length);
    yield { stream, bytes: stamped };
  }
}

async function stats(call: Call): Promise<Response> {
  const { query, request, services } = call;
  const container = containerOf(call);
  if (!query.flag("stream", true))
    return json(await services.stats.read(container, { oneShot: query.flag("one-shot") }));
  const abort = abortWith(request);
  return jsonLines(services.stats.stream(container, abort.signal), abort);
}

/** Over plain HTTP the output alone can be had. */
async function attachOutput(call: Call): Promise<Response> {
  const { output, terminal } = await attach(call);
  return outputResponse(chunksOf(output), terminal);
}

export async function attach(call: Call): Promise<Upgraded> {
  const { query, request } = call;
  const container = containerOf(call);
  if (container.state.status === "paused")
    throw new EngineError("conflict", `container ${container.id} is paused, unpause the container before attach`);
  const streams = { stdout: query.flag("stdout"), stderr: query.flag("stderr") };
  const { io } = container;
  const terminal = container.config.Tty ?? false;
  const session = sessionOf(request);
  const keys = detachKeysOf(query.text("detachKeys"));
  if (session !== undefined && io.join(session, query.flag("stdin"), keys)) {
    tellContainer(call.services.runtime, container, "attach");
    return { stdin: nowhere(), output: io.said(), joined: true, terminal };
  }
  const leaving = new AbortController();
  const detach = () => {
    leaving.abort();
    tellContainer(call.services.runtime, container, "detach");
  };
  const live = query.flag("stream") ? io.output() : undefined;
  const past = query.flag("logs")
    ? container.log.read({ ...streams, follow: false, before: container.log.next })
    : undefined;
  const isWanted = ({ stream }: OutputChunk) => (terminal ? streams.stdout || streams.stderr : streams[stream]);
  tellContainer(call.services.runtime, container, "attach");
  return {
    stdin: query.flag("stdin") && live ? inputOf(io, terminal, keys, detach) : nowhere(),
    output: readableOf(chosen(past, live, isWanted, leaving.signal)),
    joined: false,
    terminal,
  };
}

/** Keys leave a terminal only: elsewhere they are bytes like others. */
export function inputOf(io: ProcessIO, terminal: boolean, keys: readonly number[], detach: () => void) {
  return terminal ? untilKeys(io.input(), keys, detach) : io.input();
}

/** The log so far, then what comes. */
async function* chosen(
  past: AsyncIterable<LogEntry> | undefined,
  live: ReadableStream<OutputChunk> | undefined,
  isWanted: (chunk: OutputChunk) => boolean,
  leaving: AbortSignal,
): AsyncGenerator<OutputChunk, void, undefined> {
  for await (const { stream, bytes } of past ?? []) yield { stream, bytes };
  if (live) for await (const chunk of chunksOf(live, leaving)) if (isWanted(chunk)) yield chunk;
}

export function sessionOf(request: Request): number | undefined {
  const text = request.headers.get(SESSION_HEADER);
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new EngineError("invalid", `invalid ${SESSION_HEADER} ${JSON.stringify(text)}`);
  return Number(text);
}

/** Takes everything and does nothing with it. */
export const nowhere = (): WritableStream<Uint8Array> => new WritableStream();

export function readableOf<T>(source: AsyncGenerator<T, void, undefined>): ReadableStream<T> {
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await source.return();
      },
    },
    { highWaterMark: 0 },
  );
}
