import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Wire } from "./bench/wire.js";
import { precompress } from "./precompress.js";
import { serveSite } from "./serve-site.js";

const script = `// ${"long ".repeat(1000)}\n`;
let folder: string;
let port: number;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drydock-site-"));
  mkdirSync(join(folder, "assets"));
  mkdirSync(join(folder, "vm"));
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  writeFileSync(join(folder, "assets/code-a1b2c3d4.js"), script);
  writeFileSync(join(folder, "assets/v86-a1b2c3d4.wasm"), new Uint8Array(5000));
  writeFileSync(join(folder, "vm/vm.json"), "{}");
  writeFileSync(join(folder, "vm/state-0123456789ab.zst"), new Uint8Array(5000));
  await precompress(folder);
  const { server } = await serveSite(folder, { port: 0, strictPort: false });
  port = (server.httpServer.address() as { port: number }).port;
  close = () => server.close();
});
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

/** Not by fetch, which takes the encoding off. */
async function ask(path: string, encodings = "", at = port): Promise<IncomingMessage & { body: Buffer }> {
  const response = await new Promise<IncomingMessage>((resolve) =>
    get({ host: "localhost", port: at, path, headers: { "Accept-Encoding": encodings } }, resolve),
  );
  return Object.assign(response, { body: Buffer.concat(await response.toArray()) });
}

test("compressed copies go to those who take them, as what they are", async () => {
  const brotli = await ask("/assets/code-a1b2c3d4.js?x", "gzip, deflate, br");
  expect(brotli.headers).toMatchObject({ "content-encoding": "br", vary: "Accept-Encoding" });
  expect(brotli.headers["content-type"]).toContain("javascript");
  expect(brotliDecompressSync(brotli.body).toString()).toBe(script);
  const gzip = await ask("/assets/v86-a1b2c3d4.wasm", "gzip");
  expect(gzip.headers).toMatchObject({ "content-encoding": "gzip", "content-type": "application/wasm" });
  expect(gunzipSync(gzip.body)).toHaveLength(5000);
  const plain = await ask("/assets/code-a1b2c3d4.js");
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(plain.body.toString()).toBe(script);
});

test.each([
  ["/assets/code-a1b2c3d4.js", true],
  ["/vm/state-0123456789ab.zst", true],
  ["/vm/vm.json", false],
  ["/", false],
  ["/assets/gone-a1b2c3d4.js", false],
])("%s is kept for ever: %s", async (path, kept) => {
  expect((await ask(path)).headers["cache-control"]?.includes("immutable") ?? false).toBe(kept);
});

test("a wire carries it and counts it", async () => {
  const wire = await Wire.open(port, { bytesPerSecond: 1e6, latencyMs: 1 });
  const { body } = await ask("/vm/state-0123456789ab.zst", "", Number(new URL(wire.address).port));
  expect(body).toHaveLength(5000);
  expect(wire.bytes).toBeGreaterThan(5000);
  wire.dispose();
});
