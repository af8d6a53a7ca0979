/** A session without a machine, for tests and for looking at the views: the test says what it tells and answers. */
import { Emitter } from "../shared/disposable.js";
import { EPOCH } from "../shared/files/file-attributes.js";
import type {
  LoadProgress,
  MachineHealth,
  ScriptOptions,
  ScriptResult,
  Session,
  TraceEvent,
  WorkspaceEntry,
} from "./client.js";

/** Answers an Engine API path with JSON, or with undefined for 404. */
export type FakeEngine = (path: string) => unknown;

export class FakeSession implements Session {
  readonly trace = new Emitter<TraceEvent>();
  readonly progress = new Emitter<LoadProgress>();
  readonly health = new Emitter<MachineHealth>();
  readonly messages = new Emitter<string>();
  readonly terminalData = new Emitter<Uint8Array>();
  readonly workspaceChange = new Emitter<string[]>();
  readonly files = new Map<string, Uint8Array>();
  readonly written: (string | Uint8Array)[] = [];
  readonly commands: string[][] = [];
  /** What `docker` does: prints through `onOutput` and returns a status. */
  run: Session["docker"] = async () => 0;
  readonly scripts: string[] = [];
  /** What `runScript` answers. */
  script: (script: string) => ScriptResult = () => ({ status: 0, output: "", timedOut: false });
  engine: FakeEngine;
  start: () => void = () => {};
  fail: (error: Error) => void = () => {};

  readonly onTrace = this.trace.event;
  readonly onProgress = this.progress.event;
  readonly onHealth = this.health.event;
  readonly onMessage = this.messages.event;
  readonly ready = new Promise<void>((resolve, reject) => {
    this.start = resolve;
    this.fail = reject;
  });

  constructor(engine: FakeEngine) {
    this.engine = engine;
  }

  readonly terminal = {
    write: (data: string | Uint8Array) => void this.written.push(data),
    onData: this.terminalData.event,
    resize() {},
    async renew() {},
  };

  readonly workspace = {
    list: async (): Promise<WorkspaceEntry[]> =>
      [...this.files].map(([path, { length }]) => ({
        path,
        type: "file",
        size: length,
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: EPOCH,
      })),
    read: async (path: string) => {
      const bytes = this.files.get(path);
      if (!bytes) throw new Error(`no such file: ${path}`);
      return bytes;
    },
    write: async (path: string, bytes: Uint8Array) => void this.files.set(path, bytes),
    remove: async (path: string) => void this.files.delete(path),
    onChange: this.workspaceChange.event,
  };

  async fetch(path: string): Promise<Response> {
    const answer = this.engine(path);
    if (answer !== undefined) return Response.json(answer);
    return Response.json({ message: `no such path: ${path}` }, { status: 404 });
  }

  docker(argv: string[], options: Parameters<Session["docker"]>[1]): Promise<number> {
    this.commands.push(argv);
    return this.run(argv, options);
  }

  async runScript(script: string, _options: ScriptOptions): Promise<ScriptResult> {
    this.scripts.push(script);
    return this.script(script);
  }

  dispose(): void {}
}
