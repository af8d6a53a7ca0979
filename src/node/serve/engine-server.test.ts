import { mkdtempSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { type FakeEngine, fakeEngine } from "../../engine/fakes/fake-engine.js";
import { createEngineServer } from "./engine-server.js";
import { listenOnSocket, listenOnTCP } from "./listen.js";

const folder = mkdtempSync(join(tmpdir(), "drydock-serve-"));
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function serve(programs: Parameters<typeof fakeEngine>[0] = {}): Promise<FakeEngine & { address: string }> {
  const fake = await fakeEngine(programs);
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  const server = createEngineServer(fake.engine);
  closing.push(() => server.close().closeAllConnections());
  return { ...fake, address: (await listenOnTCP(server, "127.0.0.1", 0)).replace("tcp:", "http:") };
}

/** Everything that comes back on a connection of its own. */
async function exchange(address: string, sent: string, onHead?: () => Promise<unknown>): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.end(sent.replaceAll("\n", "\r\n"));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) if (chunks.push(chunk) === 1) await onHead?.();
  return Buffer.concat(chunks).toString("latin1");
}

test("answers, with and without a body, one after the other on one connection", async () => {
  const { address } = await serve();
  expect(await (await fetch(`${address}/v1.47/_ping`)).text()).toBe("OK");
  const refused = await fetch(`${address}/nothing`, { method: "POST", body: "x".repeat(1 << 20) });
  expect([refused.status, await refused.json()]).toEqual([404, { message: "page not found" }]);
  const created = await fetch(`${address}/containers/create`, { method: "POST", body: '{"Image":"busybox"}' });
  expect(created.status).toBe(201);
});

test("a web page is refused, and so is a session of the guest's", async () => {
  const { address, ask } = await serve({ sleep: async ({ signalled }) => 128 + (await signalled) });
  expect((await fetch(`${address}/_ping`, { headers: { Origin: "http://elsewhere.test" } })).status).toBe(403);
  const { Id } = (await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep"] })).body;
  const attach = `POST /containers/${Id}/attach?stream=1&stdout=1 HTTP/1.1\nHost: d\nUpgrade: tcp\nConnection: Upgrade\nDrydock-Session: 1\n\n`;
  const answer = await exchange(address, attach, async () => {
    await ask("POST", `/containers/${Id}/start`);
    await ask("POST", `/containers/${Id}/kill`);
  });
  expect(answer).toContain("101 UPGRADED");
});

test("an exec's document, its input and its framed output go over one connection", async () => {
  const { address, ask } = await serve({
    sleep: async ({ signalled }) => 128 + (await signalled),
    cat: async ({ print, readAll }) => print(await readAll()).then(() => 0),
  });
  const { Id } = (await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep"] })).body;
  await ask("POST", `/containers/${Id}/start`);
  const exec = { Cmd: ["cat"], AttachStdin: true, AttachStdout: true };
  const { Id: execID } = (await ask("POST", `/containers/${Id}/exec`, exec)).body;
  const head = `POST /exec/${execID}/start HTTP/1.1\nHost: d\nUpgrade: tcp\nConnection: Upgrade\nContent-Length: 16\n\n`;
  const answer = await exchange(address, `${head}{"Detach":false}hello`);
  expect(answer).toMatch(/^HTTP\/1.1 101 UPGRADED\r\n.*Content-Type: application\/vnd.docker.multiplexed-stream\r\n/s);
  expect(answer).toMatch(/\r\n\r\n\x01\0\0\0\0\0\0\x05hello$/);
  const again = await exchange(address, `${head}{"Detach":false}`);
  expect(again).toMatch(/^HTTP\/1.1 409 .*has been started already/s);
});

test("the socket is its user's alone", async () => {
  const path = join(folder, "s.sock");
  const server = createEngineServer((await fakeEngine()).engine);
  closing.push(() => server.close());
  expect(await listenOnSocket(server, path)).toBe(`unix://${path}`);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});
