/** /containers/{id}/attach: a container's input and output, joined in the guest or carried here. */
import { chunksOf } from "../chunks-of.js";
import type { Container } from "../containers/container.js";
import { tellContainer } from "../containers/container-events.js";
import type { LogEntry } from "../containers/container-log.js";
import type { OutputChunk } from "../containers/output-hub.js";
import type { ProcessIO } from "../containers/process-io.js";
import { EngineError } from "../engine-error.js";
import { containerOf } from "./container-routes.js";
import { detachKeysOf, untilKeys } from "./detach-keys.js";
import { SESSION_HEADER, type Upgraded } from "./handler.js";
import { outputResponse } from "./multiplex.js";
import type { Call, Route } from "./router.js";

export const attachRoutes: Route[] = [
  {
    method: "POST",
    path: "/containers/:id/attach",
    parameters: "stream stdin stdout stderr logs detachKeys",
    handle: attachOutput,
  },
];

/** Over plain HTTP the output alone can be had. */
async function attachOutput(call: Call): Promise<Response> {
  const { output, terminal } = await attach(call);
  return outputResponse(chunksOf(output), terminal);
}

/** With its streams, from now on and until the container's run ends. */
export async function attach(call: Call): Promise<Upgraded> {
  const { query, request, services } = call;
  const container = containerOf(call);
  if (container.state.status === "paused")
    throw new EngineError("conflict", `container ${container.id} is paused, unpause the container before attach`);
  const session = sessionOf(request);
  const keys = detachKeysOf(query.text("detachKeys"));
  const joined = session !== undefined && container.io.join(session, query.flag("stdin"), keys);
  tellContainer(services.runtime, container, "attach");
  if (!joined) return carried(call, container, keys);
  return { stdin: nowhere(), output: container.io.said(), joined, terminal: container.config.Tty ?? false };
}

function carried({ query, services }: Call, container: Container, keys: readonly number[]): Upgraded {
  const { io, log, config } = container;
  const terminal = config.Tty ?? false;
  const streams = { stdout: query.flag("stdout"), stderr: query.flag("stderr") };
  const isWanted = ({ stream }: OutputChunk) => (terminal ? streams.stdout || streams.stderr : streams[stream]);
  const leaving = new AbortController();
  const detach = () => {
    leaving.abort();
    tellContainer(services.runtime, container, "detach");
  };
  // What comes from here on is in the one, and not in the other.
  const live = query.flag("stream") ? io.output() : undefined;
  const past = query.flag("logs") ? log.read({ ...streams, follow: false, before: log.next }) : undefined;
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
