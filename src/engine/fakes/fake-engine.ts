/** A whole engine on a fake machine, with a static registry that has `busybox:latest`. */

import { digestOf } from "../content/digest-of.js";
import { createEngine, type Engine } from "../create-engine.js";
import { tarOf } from "./fake-build.js";
import { fakeMachine, type Program } from "./fake-machine.js";

const encode = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const MIRROR = "http://registry.test/";

async function staticRegistry(): Promise<(url: string) => Promise<Response>> {
  const files = new Map<string, Uint8Array>();
  const put = async (bytes: Uint8Array) => {
    const digest = await digestOf(bytes);
    files.set(`${MIRROR}v2/busybox/blobs/${digest}`, bytes);
    return { mediaType: "application/octet-stream", digest, size: bytes.length };
  };
  const tar = tarOf({
    "bin/": {},
    "bin/sh": { contents: encode("sh"), mode: 0o755 },
    "etc/": {},
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
  });
  const layer = await put(tar);
  const config = await put(
    encode({
      architecture: "386",
      os: "linux",
      created: "2024-01-01T00:00:00Z",
      config: { Cmd: ["sh"], Env: ["PATH=/bin"] },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
      history: [{ created: "2024-01-01T00:00:00Z", created_by: "base" }],
    }),
  );
  const manifest = encode({ schemaVersion: 2, config, layers: [layer] });
  files.set(`${MIRROR}v2/busybox/manifests/latest`, manifest);
  return async (url) => {
    const found = files.get(url);
    return found ? new Response(found as Uint8Array<ArrayBuffer>) : new Response("no", { status: 404 });
  };
}

export interface FakeEngine {
  engine: Engine;
  machine: ReturnType<typeof fakeMachine>;
  /** Status and JSON (or text) of the answer. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: any; text: string }>;
  /** As a client's upgrade request. */
  upgrade(path: string, body?: unknown, headers?: Record<string, string>): ReturnType<Engine["upgrade"]>;
}

export async function fakeEngine(programs: Record<string, Program> = {}): Promise<FakeEngine> {
  const machine = fakeMachine(programs);
  const engine = createEngine({
    machine,
    registry: { fetch: await staticRegistry(), mirror: MIRROR },
    kernel: "6.1.0",
  });
  const requestOf = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const content = body instanceof Uint8Array ? body : body === undefined ? undefined : JSON.stringify(body);
    return new Request(`http://drydock${path}`, { method, headers, body: content as BodyInit | undefined });
  };
  return {
    engine,
    machine,
    async ask(method, path, body) {
      const response = await engine.fetch(requestOf(method, path, body));
      const text = await response.text();
      const lines = text.trim().split("\n");
      const isJSON = response.headers.get("Content-Type") === "application/json" && text.trim() !== "";
      const parsed = isJSON ? lines.map((line) => JSON.parse(line)) : undefined;
      return { status: response.status, text, body: parsed?.length === 1 ? parsed[0] : parsed };
    },
    upgrade: (path, body, headers) => engine.upgrade(requestOf("POST", path, body, headers)),
  };
}
