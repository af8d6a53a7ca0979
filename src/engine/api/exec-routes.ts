/** /containers/{id}/exec and /exec. */

import { chunksOf } from "../chunks-of.js";
import type { Exec } from "../containers/execs.js";
import { EngineError } from "../engine-error.js";
import { inputOf, nowhere, readableOf, sessionOf } from "./attach-route.js";
import { containerOf, sizeOf } from "./container-routes.js";
import { detachKeysOf } from "./detach-keys.js";
import type { Upgraded } from "./handler.js";
import { outputResponse } from "./multiplex.js";
import { readJSON } from "./read-json.js";
import { json } from "./respond.js";
import type { Call, Route } from "./router.js";
import { execCreate, execStart } from "./schemas.js";
import type { ExecCreateRequest } from "./types.js";

export const execRoutes: Route[] = [
  { method: "POST", path: "/containers/:id/exec", parameters: "", handle: create },
  { method: "POST", path: "/exec/:exec/start", parameters: "", handle: start },
  { method: "POST", path: "/exec/:exec/resize", parameters: "h w", handle: resize },
  {
    method: "GET",
    path: "/exec/:exec/json",
    parameters: "",
    handle: (call) => json(call.services.execs.inspect(execOf(call))),
  },
];

const execOf = ({ services, params }: Call): Exec => services.execs.resolve(params.exec!);

async function create(call: Call): Promise<Response> {
  const container = containerOf(call);
  const body = await readJSON(call.request, execCreate);
  return json({ Id: call.services.execs.create(container, body as ExecCreateRequest).id }, 201);
}

/** Detached; or with the output alone, which is all that plain HTTP carries. */
async function start(call: Call): Promise<Response> {
  const exec = execOf(call);
  const { Detach } = await readJSON(call.request.clone(), execStart);
  if (!Detach) {
    const { output, terminal } = await startExec(call);
    return outputResponse(chunksOf(output), terminal);
  }
  await call.services.execs.start(exec, { attached: false });
  return new Response(null, { status: 200 });
}

/** With its streams. What keeps it from starting is said on its output, as dockerd does once the stream is open. */
export async function startExec(call: Call): Promise<Upgraded> {
  const exec = execOf(call);
  const { ConsoleSize } = await readJSON(call.request, execStart);
  const { io, request } = exec;
  if (exec.state !== "created") throw new EngineError("conflict", `exec ${exec.id} has been started already`);
  const session = sessionOf(call.request);
  const keys = detachKeysOf(request.DetachKeys);
  const joined = session !== undefined && io.join(session, request.AttachStdin ?? false, keys);
  const output = joined ? io.said() : io.output();
  try {
    await call.services.execs.start(exec, { attached: true, size: ConsoleSize });
  } catch (error) {
    if (joined || exec.exitCode === null) throw error;
    await io.say(`${(error as Error).message}\r\n`);
    io.close();
  }
  const terminal = request.Tty ?? false;
  const leaving = new AbortController();
  const detach = () => {
    leaving.abort();
    call.services.execs.tell(exec, "exec_detach");
  };
  const stdin = joined || !request.AttachStdin ? nowhere() : inputOf(io, terminal, keys, detach);
  return { stdin, output: readableOf(chunksOf(output, leaving.signal)), joined, terminal };
}

async function resize(call: Call): Promise<Response> {
  const { rows, columns } = sizeOf(call);
  await call.services.execs.resize(execOf(call), rows, columns);
  return new Response(null, { status: 200 });
}
