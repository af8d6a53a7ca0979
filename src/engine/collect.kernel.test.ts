/** What a RUN leaves comes to the layer as it is, whether the guest copies it or the page reads it from the disk. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Headless, openHeadless } from "../node/headless.js";
import type { Params } from "../protocol/commands.js";
import { tarOf } from "./fakes/fake-build.js";
import { outputOf } from "./fakes/parse-frames.js";

let headless: Headless;
/** Data bytes of each snapshot.diff that went through the exchange; null where none were asked for. */
const copied: (number | null)[] = [];

beforeAll(async () => {
  headless = await openHeadless();
  const { agent } = headless.machine;
  const call = agent.call.bind(agent) as (name: string, params: unknown) => Promise<unknown>;
  Object.assign(agent, {
    call: async (name: string, params: unknown) => {
      const result = await call(name, params);
      if (name !== "snapshot.diff") return result;
      const asked = (params as Params<"snapshot.diff">).contents !== undefined;
      copied.push(asked ? (result as { contentBytes: number }).contentBytes : null);
      return result;
    },
  });
  expect((await ask("POST", "/images/create?fromImage=busybox&tag=latest")).status).toBe(200);
});
afterAll(() => headless?.dispose());

async function ask(method: string, path: string, body?: unknown) {
  const content = body instanceof Uint8Array ? body : body === undefined ? undefined : JSON.stringify(body);
  const request = new Request(`http://drydock${path}`, { method, body: content as BodyInit | undefined });
  const response = await headless.core.engine.fetch(request);
  const text = response.headers.get("Content-Type")?.includes("stream") ? "" : await response.clone().text();
  return { status: response.status, response, text, json: () => JSON.parse(text) };
}

async function outputIn(image: string, script: string): Promise<string> {
  const { Id } = (await ask("POST", "/containers/create", { Image: image, Cmd: ["sh", "-c", script] })).json();
  const waiting = ask("POST", `/containers/${Id}/wait?condition=next-exit`);
  await ask("POST", `/containers/${Id}/start`);
  await waiting;
  const { response } = await ask("GET", `/containers/${Id}/logs?stdout=1&stderr=1`);
  let output = "";
  for await (const { bytes } of outputOf(response)) output += new TextDecoder().decode(bytes);
  await ask("DELETE", `/containers/${Id}`);
  return output;
}

const LIST = "cd /f && find . -type f | sort | xargs stat -c '%n %s %h' && find . -type f | sort | xargs sha256sum";

/** Builds an image whose RUN makes files in /f. Returns what the RUN's own list says, and a later container's. */
async function listedTwice(tag: string, script: string) {
  let told = "";
  const subscription = headless.core.onTrace((event) => {
    if (event.type === "output") told += event.text;
  });
  copied.length = 0;
  const files = {
    Dockerfile: `FROM busybox\nRUN ["sh", "-c", ${JSON.stringify(`mkdir /f; cd /f; ${script}; ${LIST}`)}]\n`,
  };
  const { text } = await ask("POST", `/build?trace=1&t=${tag}`, tarOf(files));
  subscription.dispose();
  expect(text).not.toContain('"error"');
  return { inRun: told, inContainer: await outputIn(tag, LIST) };
}

test("20 MB of random bytes are read from the disk, where small files are copied", async () => {
  const { inRun, inContainer } = await listedTwice(
    "random",
    "head -c 20000000 /dev/urandom >big; echo small >small; ln big again; ln small too",
  );
  expect(inRun).toContain("./big 20000000 2\n");
  expect(inContainer).toBe(inRun);
  expect(copied).toEqual([6]);
});

test("sizes around the one from which on the disk is read, and around a block's", async () => {
  const sizes = [0, 1, 4096, 65535, 65536, 65537, 69632, 1 << 20, (1 << 20) + 1];
  const { inRun, inContainer } = await listedTwice(
    "sizes",
    `for n in ${sizes.join(" ")}; do head -c $n /dev/urandom >$n; done`,
  );
  for (const size of sizes) expect(inRun).toContain(`./${size} ${size} 1\n`);
  expect(inContainer).toBe(inRun);
  expect(copied).toEqual([0 + 1 + 4096 + 65535]);
});

test("files in many parts, one written between the other's", async () => {
  const reads = vi.spyOn(headless.machine.disk, "read");
  const { inRun, inContainer } = await listedTwice(
    "parts",
    `i=0; while [ $i -lt 200 ]; do
       head -c 12288 /dev/urandom | dd of=a bs=12288 seek=$i conv=notrunc,fsync 2>/dev/null
       head -c 8192 /dev/urandom | dd of=b bs=8192 seek=$((2 * i)) conv=notrunc,fsync 2>/dev/null
       i=$((i + 1))
     done`,
  );
  // More than the kernel is asked for at once.
  expect(reads.mock.calls.length).toBeGreaterThan(128);
  reads.mockRestore();
  expect(inRun).toContain(`./a ${200 * 12288} 1\n`);
  expect(inContainer).toBe(inRun);
  expect(copied).toEqual([0]);
});

test("a sparse file of 10 GB stays sparse, with what it has", async () => {
  let told = "";
  const subscription = headless.core.onTrace((event) => {
    if (event.type === "output") told += event.text;
  });
  copied.length = 0;
  const parts =
    "for at in 3 5000 2621439; do dd if=/sparse bs=4096 skip=$at count=1 2>/dev/null | sha256sum; done; stat -c %s /sparse";
  const write =
    "truncate -s 10737418240 /sparse; for at in 3 5000 2621439; do head -c 4096 /dev/urandom | dd of=/sparse bs=4096 seek=$at conv=notrunc 2>/dev/null; done";
  const { text } = await ask(
    "POST",
    "/build?trace=1&t=sparse",
    tarOf({ Dockerfile: `FROM busybox\nRUN ${write}; ${parts}\n` }),
  );
  subscription.dispose();
  expect(text).not.toContain('"error"');
  expect(told).toContain("\n10737418240\n");
  expect(new Set(told.trim().split("\n")).size).toBe(4);
  expect(await outputIn("sparse", parts)).toBe(told);
  expect(copied).toEqual([0]);
});

test("what was written over and over right before the end", async () => {
  const { inRun, inContainer } = await listedTwice(
    "over",
    `head -c 300000 /dev/zero >f; sync; head -c 300000 /dev/urandom >f; sync
     head -c 5000 /dev/urandom | dd of=f bs=1000 seek=77 conv=notrunc 2>/dev/null
     head -c 200000 /dev/urandom >cut; sync; truncate -s 70001 cut; truncate -s 150001 cut`,
  );
  expect(inContainer).toBe(inRun);
  expect(copied).toEqual([0]);
  // Nothing after the write but its own copy.
  const end = "dd if=/dev/urandom of=/last bs=100000 count=3 2>/dev/null; sha256sum /last; cp /last /copy";
  const { text } = await ask("POST", "/build?trace=1&t=end", tarOf({ Dockerfile: `FROM busybox\nRUN ${end}\n` }));
  expect(text).not.toContain('"error"');
  expect(await outputIn("end", "cmp /last /copy && wc -c </copy")).toBe("300000\n");
});

test("names and sizes of a container's changes are told without their data", async () => {
  const script = "head -c 3000000 /dev/zero >/big; echo 12345 >/small; rm /etc/group";
  const { Id } = (await ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sh", "-c", script] })).json();
  const waiting = ask("POST", `/containers/${Id}/wait?condition=next-exit`);
  await ask("POST", `/containers/${Id}/start`);
  await waiting;
  copied.length = 0;
  const changes = (await ask("GET", `/containers/${Id}/changes`)).json();
  expect(changes).toEqual(
    expect.arrayContaining([
      { Path: "/big", Kind: 1 },
      { Path: "/small", Kind: 1 },
      { Path: "/etc/group", Kind: 2 },
    ]),
  );
  const [{ SizeRw }] = (await ask("GET", "/containers/json?all=1&size=1")).json();
  expect(SizeRw).toBeGreaterThanOrEqual(3_000_006);
  expect(SizeRw).toBeLessThan(3_000_006 + 4096);
  expect(copied).toEqual([null, null]);
  await ask("DELETE", `/containers/${Id}`);
});
