/** Requests to the Docker Engine API: paths, queries and JSON bodies in; JSON, lines of JSON or errors out. */
import { type EngineHandler, SESSION_HEADER, type Upgraded } from "../engine/api/handler.js";
import type { ErrorResponse } from "../engine/api/types.js";
import { ApiError } from "./errors.js";

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

export interface RequestOptions {
  query?: Query;
  /** Sent as JSON. */
  json?: unknown;
  bytes?: Uint8Array;
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

export class EngineClient {
  readonly #engine: EngineHandler;

  constructor(engine: EngineHandler) {
    this.#engine = engine;
  }

  /** @throws {ApiError} for an answer that is no success. */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const response = await this.#engine.fetch(makeRequest(method, path, options));
    if (!response.ok) throw await toApiError(response);
    return response;
  }

  async json<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.send(method, path, options);
    return (await response.json()) as T;
  }

  get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.json<T>("GET", path, options);
  }

  /** The answer's body does not matter. */
  async post(path: string, options: RequestOptions = {}): Promise<void> {
    const response = await this.send("POST", path, options);
    await response.body?.cancel();
  }

  /** A two-way stream, joined to the guest session `session` if there is one. @throws {ApiError}. */
  async upgrade(path: string, options: RequestOptions & { session?: number } = {}): Promise<Upgraded> {
    const request = makeRequest("POST", path, options);
    if (options.session !== undefined) request.headers.set(SESSION_HEADER, String(options.session));
    const answer = await this.#engine.upgrade(request);
    if (answer instanceof Response) throw await toApiError(answer);
    return answer;
  }
}

export function networkPath(name: string, action = ""): string {
  return `/networks/${encodeURIComponent(name)}${action && `/${action}`}`;
}

/** `/containers/<name>/start` with the name made safe for a path. */
export function containerPath(name: string, action = ""): string {
  return `/containers/${encodeURIComponent(name)}${action && `/${action}`}`;
}

/** Image names keep their slashes and colons, as the API has it. */
export function imagePath(name: string, action = ""): string {
  const path = encodeURIComponent(name).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%40", "@");
  return `/images/${path}${action && `/${action}`}`;
}

function makeRequest(method: string, path: string, options: RequestOptions): Request {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value === undefined || value === false) continue;
    for (const each of Array.isArray(value) ? value : [value === true ? "1" : String(value)]) query.append(name, each);
  }
  const text = query.toString();
  const headers = new Headers(options.headers);
  if (options.json !== undefined) headers.set("Content-Type", "application/json");
  else if (options.contentType) headers.set("Content-Type", options.contentType);
  const body = options.json === undefined ? options.bytes : JSON.stringify(options.json);
  return new Request(`http://drydock${path}${text && `?${text}`}`, {
    method,
    headers,
    ...(body !== undefined && { body: body as BodyInit }),
    ...(options.signal && { signal: options.signal }),
  });
}

async function toApiError(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    return new ApiError(response.status, (JSON.parse(text) as ErrorResponse).message);
  } catch {
    return new ApiError(response.status, text.trim() || `status ${response.status}`);
  }
}

/** The lines of a streamed body, without their ends; blank ones left out. */
export async function* linesOf(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let pending = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      pending += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = pending.split("\n");
      pending = done ? "" : lines.pop()!;
      for (const line of lines) if (line.trim() !== "") yield line;
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The documents of a body that streams one JSON document per line. */
export async function* documentsOf<T>(response: Response): AsyncGenerator<T> {
  for await (const line of linesOf(response)) yield JSON.parse(line) as T;
}
