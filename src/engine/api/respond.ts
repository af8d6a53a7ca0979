/** Answers: JSON, streams of JSON lines, errors with the status codes of the Docker Engine API. */
import type { AgentErrorCode } from "../../protocol/commands.js";
import { CommandError, ProtocolError } from "../../protocol/peer.js";
import { DockerfileError } from "../../shared/dockerfile/source.js";
import { InvalidReference } from "../../shared/reference/reference.js";
import { TarError } from "../../shared/tar/entry.js";
import { ContentError } from "../content/store.js";
import { EngineError, type EngineErrorCode } from "../engine-error.js";
import { ImageError } from "../images/image-store.js";
import { LayerError } from "../layers/layer-store.js";
import { RegistryError } from "../registry-client/registry-error.js";
import type { ErrorResponse } from "./types.js";

const STATUS: Record<EngineErrorCode, number> = {
  invalid: 400,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "not-supported": 501,
  internal: 500,
};

const IMAGE_STATUS: Record<ImageError["code"], number> = {
  "not-found": 404,
  conflict: 409,
  ambiguous: 400,
  invalid: 400,
};

/** Of what the agent was asked; the rest is the machine's own trouble. */
const COMMAND_STATUS: Partial<Record<AgentErrorCode, number>> = {
  "invalid-params": 400,
  "not-found": 404,
  "no-such-user": 400,
  "already-exists": 409,
  "wrong-state": 409,
};

export function json(body: unknown, status = 200): Response {
  return new Response(`${JSON.stringify(body)}\n`, { status, headers: { "Content-Type": "application/json" } });
}

export const noContent = (): Response => new Response(null, { status: 204 });
export const notModified = (): Response => new Response(null, { status: 304 });

export function errorResponse(error: unknown): Response {
  const message = error instanceof Error ? error.message : String(error);
  return json({ message } satisfies ErrorResponse, statusOf(error));
}

export function statusOf(error: unknown): number {
  if (error instanceof EngineError) return STATUS[error.code];
  if (error instanceof ImageError) return IMAGE_STATUS[error.code];
  if (error instanceof RegistryError) return ["denied", "not-found", "platform"].includes(error.code) ? 404 : 500;
  const isAskersDoing = [DockerfileError, InvalidReference, TarError, LayerError, ContentError].some(
    (type) => error instanceof type,
  );
  if (isAskersDoing) return 400;
  if (error instanceof CommandError) return COMMAND_STATUS[error.failure.code] ?? 500;
  return error instanceof ProtocolError ? 503 : 500;
}

/** A body that is sent as `source` gives it; when the reader goes, `abort` is told and the source is closed. */
export function streamed(source: AsyncIterable<Uint8Array>, contentType: string, abort?: AbortController): Response {
  const iterator = source[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(error);
        }
      },
      async cancel(reason) {
        abort?.abort(reason);
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "Content-Type": contentType } });
}

/** One JSON document per line. */
export function jsonLines(source: AsyncIterable<unknown>, abort?: AbortController): Response {
  return streamed(encoded(source), "application/json", abort);
}

async function* encoded(source: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  for await (const document of source) yield encoder.encode(`${JSON.stringify(document)}\n`);
}

/** A signal that aborts with the request, or when the answer's reader goes. */
export function abortWith(request: Request): AbortController {
  const abort = new AbortController();
  if (request.signal.aborted) abort.abort(request.signal.reason);
  else request.signal.addEventListener("abort", () => abort.abort(request.signal.reason), { once: true });
  return abort;
}
