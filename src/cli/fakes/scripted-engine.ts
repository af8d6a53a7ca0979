/** An engine that answers from a script, and a `docker` run against it, for tests of what is asked and printed. */
import type { EngineHandler, Upgraded } from "../../engine/api/handler.js";
import { Emitter } from "../../shared/disposable.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import type { CommandContext } from "../command.js";
import { runDocker } from "../main.js";

/** JSON, a whole response, or what makes one of the request. */
export type Answer = object | ((request: Request) => Promise<Response | object> | Response | object);

/** Answers by `METHOD /path` (with the query where one is wanted), each for as many requests as come. */
export type Script = Readonly<Record<string, Answer>>;

export interface DockerRun {
  status: number;
  stdout: string;
  stderr: string;
  /** `METHOD /path?query`, and the JSON body after a space. */
  requests: string[];
  written: Map<string, Uint8Array>;
}

export interface DockerOptions {
  stdin?: string;
  terminal?: Partial<CommandContext["terminal"]>;
  env?: Record<string, string>;
  session?: number;
  files?: Record<string, readonly TarEntry[]>;
  /** Nobody reads stdout. */
  brokenStdout?: boolean;
  /** Fires signals while the command runs. */
  signals?: Emitter<number>;
  /** Fires when the keys that leave a joined terminal were typed. */
  detaches?: Emitter<void>;
  resizes?: Emitter<{ columns: number; rows: number }>;
}

export class ScriptedEngine implements EngineHandler {
  readonly requests: string[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  async fetch(request: Request): Promise<Response> {
    const answer = await this.#answer(request);
    return answer instanceof Response ? answer : Response.json(answer);
  }

  async upgrade(request: Request): Promise<Upgraded | Response> {
    const answer = await this.#answer(request);
    return answer instanceof Response ? answer : (answer as Upgraded);
  }

  async #answer(request: Request): Promise<Response | object> {
    const { pathname, search } = new URL(request.url);
    const key = `${request.method} ${pathname}`;
    const isJson = request.headers.get("Content-Type") === "application/json";
    const session = request.headers.get("Drydock-Session");
    const body = isJson ? ` ${await request.clone().text()}` : session ? ` session ${session}` : "";
    this.requests.push(`${key}${decodeURIComponent(search)}${body}`);
    const answer = this.#script[`${key}${decodeURIComponent(search)}`] ?? this.#script[key];
    if (answer === undefined) return failure(404, "page not found");
    return typeof answer === "function" ? answer(request) : answer instanceof Response ? answer.clone() : answer;
  }
}

export function failure(status: number, message: string): Response {
  return Response.json({ message }, { status });
}

/** An answer without a body, as 204 is. */
export const nothing = () => new Response(null, { status: 204 });

/** One JSON document in a line. */
export function documents(...values: unknown[]): Response {
  return new Response(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
}

/** A process that prints `output` and is done. */
export function upgraded(output: Record<"stdout" | "stderr", string>, received: Uint8Array[] = []): Upgraded {
  return {
    stdin: new WritableStream({ write: (chunk) => void received.push(chunk) }),
    output: new ReadableStream({
      start(controller) {
        for (const stream of ["stdout", "stderr"] as const)
          if (output[stream]) controller.enqueue({ stream, bytes: new TextEncoder().encode(output[stream]) });
        controller.close();
      },
    }),
    joined: false,
    terminal: false,
  };
}

export async function docker(
  argv: string | string[],
  script: Script = {},
  options: DockerOptions = {},
): Promise<DockerRun> {
  const engine = new ScriptedEngine(script);
  const text = { stdout: "", stderr: "" };
  const written = new Map<string, Uint8Array>();
  const sink = (name: "stdout" | "stderr") => {
    const decoder = new TextDecoder();
    return {
      write: async (data: string | Uint8Array) => {
        if (name === "stdout" && options.brokenStdout) throw new Error("reset");
        text[name] += typeof data === "string" ? data : decoder.decode(data, { stream: true });
      },
    };
  };
  const status = await runDocker({
    engine,
    argv: typeof argv === "string" ? argv.split(" ") : argv,
    cwd: "/root",
    env: options.env ?? {},
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    terminal: { stdin: false, stdout: false, stderr: false, ...options.terminal },
    size: () => ({ columns: 80, rows: 24 }),
    onResize: (options.resizes ?? new Emitter<{ columns: number; rows: number }>()).event,
    onSignal: (options.signals ?? new Emitter<number>()).event,
    ...(options.detaches && { onDetach: options.detaches.event }),
    ...(options.session !== undefined && { joinSession: () => options.session! }),
    stdin: () => new Blob([options.stdin ?? ""]).stream() as ReadableStream<Uint8Array>,
    files: {
      collect: async (path) => {
        const entries = options.files?.[path];
        if (!entries) throw new Error(`stat ${path}: no such file or directory`);
        return [...entries];
      },
      write: async (path, bytes) => void written.set(path, bytes),
      kind: async (path) => kindOf(options.files?.[path]),
      unpack: async (directory, tar) => void written.set(`${directory} tar`, tar),
    },
  });
  return { status, ...text, requests: engine.requests, written };
}

function kindOf(entries: readonly TarEntry[] | undefined): "file" | "directory" | undefined {
  return entries && (entries.length === 1 && entries[0]!.path === "" ? "file" : "directory");
}

/** One file as `CallerFiles` has it; at `""` it is all that was collected. */
export function fileEntry(path: string, text: string): TarEntry {
  const mtime = { seconds: 1e9, nanoseconds: 0 };
  return { path, type: "file", mode: 0o644, uid: 0, gid: 0, mtime, contents: new TextEncoder().encode(text) };
}
