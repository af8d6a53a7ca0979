/** /containers/{id}: logs, stats. */
import { rfc3339 } from "../clock.js";
import type { LogEntry, LogQuery } from "../containers/container-log.js";
import type { OutputChunk } from "../containers/output-hub.js";
import { EngineError } from "../engine-error.js";
import { containerOf } from "./container-routes.js";
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
