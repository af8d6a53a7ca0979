/** Processes executed in running containers. An exec is kept, ended, until its container goes or others crowd it out. */
import type { Process } from "../../shared/oci/runtime.js";
import type { ExecCreateRequest, ExecInspect } from "../api/types.js";
import { EngineError } from "../engine-error.js";
import { type Span, startSpan } from "../trace/span.js";
import type { Container } from "./container.js";
import { overrideEnv } from "./container-config.js";
import { tellAction } from "./container-events.js";
import { EXEC_FAILED, execFailureText } from "./exec-failure.js";
import { ProcessIO } from "./process-io.js";
import type { Runtime } from "./runtime.js";
import { SIGKILL } from "./signals.js";
import { privileges, processEnv } from "./spec.js";
import { startFailure } from "./start-failure.js";
import { canExec } from "./status.js";
import { lookUpUser, processUser } from "./user.js";

/** Ended execs remembered for one container. */
const KEPT = 64;

export interface Exec {
  readonly id: string;
  readonly container: Container;
  readonly request: ExecCreateRequest;
  readonly io: ProcessIO;
  state: "created" | "running" | "ended";
  pid: number;
  exitCode: number | null;
}

export class Execs {
  readonly #runtime: Runtime;
  readonly #execs = new Map<string, Exec>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  create(container: Container, request: ExecCreateRequest): Exec {
    if (request.Cmd.length === 0) throw new EngineError("invalid", "No exec command specified");
    checkRunning(container);
    const id = this.#runtime.randomID();
    const exec: Exec = { id, container, request, io: new ProcessIO(), state: "created", pid: 0, exitCode: null };
    this.#execs.set(id, exec);
    if (container.execs.size === 0) container.onRemoved.event(() => this.#forgetAll(container));
    container.execs.add(id);
    this.#crowdOut(container);
    this.tell(exec, `exec_create: ${commandText(request)}`);
    return exec;
  }

  /** @throws {EngineError} `not-found`. */
  resolve(id: string): Exec {
    const exec = this.#execs.get(id);
    if (!exec) throw new EngineError("not-found", `No such exec instance: ${id}`);
    return exec;
  }

  /** Starts it; the output is read from `exec.io`. @throws {EngineError} why it does not start. */
  async start(exec: Exec, options: { attached: boolean; size?: readonly [number, number] | null }): Promise<void> {
    const { container, request, io } = exec;
    if (exec.state !== "created")
      throw new EngineError("conflict", `exec ${exec.id} has already ${exec.state === "running" ? "started" : "run"}`);
    checkRunning(container);
    const { machine, exits, trace } = this.#runtime;
    const title = request.Cmd.join(" ");
    const span = startSpan(trace, { kind: "exec", title, parent: container.span.id });
    exec.state = "running";
    const exited = exits.expect(container.sandbox.id, exec.id);
    try {
      const stdio = io.open(machine.agent, {
        terminal: request.Tty ?? false,
        stdin: options.attached && (request.AttachStdin ?? false),
        stdout: options.attached && (request.AttachStdout ?? false),
        stderr: options.attached && (request.AttachStderr ?? false),
        stdinOnce: true,
        size: options.size ?? request.ConsoleSize,
      });
      exec.pid = await container.sandbox.exec(exec.id, await processOf(container, request), stdio);
      this.tell(exec, `exec_start: ${commandText(request)}`);
    } catch (error) {
      exits.forget(container.sandbox.id, exec.id);
      const text = await execFailureText(error, (path) => container.sandbox.readText(path));
      if (text !== undefined) return this.#endedAtOnce(exec, text, span);
      const failure = startFailure(error, "exec");
      this.#ended(exec, failure.exitCode);
      span.end("failed", failure.error.message);
      throw failure.error;
    }
    void exited.then(async ({ exitCode }) => {
      await io.drained();
      this.#ended(exec, exitCode);
      span.end("done");
      io.close();
    });
  }

  #ended(exec: Exec, exitCode: number): void {
    Object.assign(exec, { state: "ended", exitCode, pid: 0 });
    this.tell(exec, "exec_die", { exitCode: String(exitCode) });
  }

  /** Its process could not execute the program, and has said so. */
  async #endedAtOnce(exec: Exec, text: string, span: Span): Promise<void> {
    this.tell(exec, `exec_start: ${commandText(exec.request)}`);
    await exec.io.say(text, exec.request.Tty ? "stdout" : "stderr");
    this.#ended(exec, EXEC_FAILED);
    span.end("done");
    exec.io.close();
  }

  async kill({ id, container, state }: Exec): Promise<void> {
    if (state === "running") await container.sandbox.killExec(id, SIGKILL);
  }

  async resize(exec: Exec, rows: number, columns: number): Promise<void> {
    if (exec.state !== "running") throw new EngineError("conflict", `exec ${exec.id} is not running`);
    const { container, id } = exec;
    await this.#runtime.machine.agent.call("container.resize", { id: container.sandbox.id, exec: id, rows, columns });
  }

  inspect({ id, container, request, state, pid, exitCode }: Exec): ExecInspect {
    const [entrypoint = "", ...args] = request.Cmd;
    return {
      ID: id,
      Running: state === "running",
      ExitCode: exitCode,
      ProcessConfig: {
        tty: request.Tty ?? false,
        entrypoint,
        arguments: args,
        privileged: request.Privileged ?? false,
        user: request.User ?? "",
      },
      OpenStdin: request.AttachStdin ?? false,
      OpenStdout: request.AttachStdout ?? false,
      OpenStderr: request.AttachStderr ?? false,
      CanRemove: state === "ended",
      ContainerID: container.id,
      DetachKeys: request.DetachKeys ?? "",
      Pid: pid,
    };
  }

  get size(): number {
    return this.#execs.size;
  }

  /** That `action` was done to it. */
  tell({ id, container }: Exec, action: string, more: Record<string, string> = {}): void {
    tellAction(this.#runtime, container, action, { execID: id, ...more });
  }

  #forgetAll({ execs }: Container): void {
    for (const id of execs) this.#execs.delete(id);
  }

  #crowdOut(container: Container): void {
    for (const id of container.execs) {
      if (container.execs.size <= KEPT) return;
      if (this.#execs.get(id)?.state !== "ended") continue;
      container.execs.delete(id);
      this.#execs.delete(id);
    }
  }
}

/** With a space after the first word even where nothing follows, as moby has it. */
function commandText({ Cmd: [path = "", ...args] }: ExecCreateRequest): string {
  return `${path} ${args.join(" ")}`;
}

function checkRunning({ id, state }: Container): void {
  if (canExec(state.status)) return;
  throw new EngineError(
    "conflict",
    state.status === "paused"
      ? `Container ${id} is paused, unpause the container before exec`
      : `container ${id} is not running`,
  );
}

/** As the container's first process is, with what the request changes. */
async function processOf({ config, host, user, sandbox }: Container, request: ExecCreateRequest): Promise<Process> {
  // Another user is looked up in the container, whose files may have changed since it was made.
  const named = request.User
    ? await lookUpUser((path) => sandbox.readText(path), request.User, host.GroupAdd ?? [])
    : user;
  const { home, ...ids } = named ?? { uid: 0, gid: 0, additionalGids: [], home: "/" };
  const env = processEnv({ ...config, Tty: request.Tty }, home);
  return {
    terminal: request.Tty ?? false,
    user: processUser(ids),
    args: request.Cmd,
    env: overrideEnv(
      env,
      (request.Env ?? []).filter((entry) => entry.includes("=")),
    ),
    cwd: request.WorkingDir || config.WorkingDir || "/",
    ...privileges(request.Privileged ? { ...host, Privileged: true } : host),
  };
}
