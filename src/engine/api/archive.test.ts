import { expect, test } from "vitest";
import { wholeOf } from "../../shared/files/sparse-bytes.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { decodePath } from "../../shared/text/path-bytes.js";
import { tarOf } from "../fakes/fake-build.js";
import { type FakeEngine, fakeEngine } from "../fakes/fake-engine.js";
import type { Program } from "../fakes/fake-machine.js";
import type { PathStat } from "./types.js";

const mtime = { seconds: 1e9, nanoseconds: 0 };
const attributes = { mode: 0o644, uid: 0, gid: 0, mtime };

/** A container that has changed its files: one more, one gone, one that the engine put there. */
async function changed(more: object = {}): Promise<FakeEngine & { id: string }> {
  const fake = await fakeEngine();
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  const { body } = await fake.ask("POST", "/containers/create", { Image: "busybox", Cmd: ["true"], ...more });
  await fake.ask("POST", `/containers/${body.Id}/start`);
  await fake.ask("POST", `/containers/${body.Id}/wait`);
  fake.machine.diff = {
    entries: [
      { ...attributes, path: "etc", type: "directory", mode: 0o755 },
      { ...attributes, path: "etc/hosts", type: "file", size: 0, offset: 0 },
      { ...attributes, path: "etc/motd", type: "file", mode: 0o4755, size: 3, offset: 0 },
      { ...attributes, path: "etc/passwd", type: "whiteout" },
      { ...attributes, path: "link", type: "symlink", linkname: "etc/motd" },
    ],
    contents: "hey",
  };
  return { ...fake, id: body.Id };
}

async function entriesOf({ engine }: FakeEngine, path: string) {
  const response = await engine.fetch(new Request(`http://d${path}`));
  expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "application/x-tar"]);
  const entries = [...readTar(new Uint8Array(await response.arrayBuffer()))];
  return entries.map(({ path, type, contents }) =>
    type === "file" ? `${path}=${decodePath(wholeOf(contents ?? new Uint8Array()))}` : `${path} ${type}`,
  );
}

async function statOf({ engine }: FakeEngine, path: string): Promise<PathStat> {
  const response = await engine.fetch(new Request(`http://d${path}`, { method: "HEAD" }));
  return JSON.parse(atob(response.headers.get("X-Docker-Container-Path-Stat")!));
}

test("archive: a container's files as they are now, below the name that was asked for", async () => {
  const fake = await changed();
  const path = (asked: string) => `/containers/${fake.id}/archive?path=${encodeURIComponent(asked)}`;
  expect(await entriesOf(fake, path("/etc"))).toEqual(["etc directory", "etc/motd=hey"]);
  expect(await entriesOf(fake, path("etc/."))).toEqual([". directory", "./motd=hey"]);
  expect(await entriesOf(fake, path("/etc/motd"))).toEqual(["motd=hey"]);
  expect(await entriesOf(fake, path("/link"))).toEqual(["link symlink"]);
  expect(await entriesOf(fake, path("/bin/"))).toEqual(["bin directory", "bin/sh=sh"]);
  expect(await fake.ask("GET", path("/etc/passwd"))).toMatchObject({
    status: 404,
    body: { message: `Could not find the file /etc/passwd in container ${fake.id}` },
  });
  expect((await fake.ask("GET", `/containers/${fake.id}/archive`)).status).toBe(400);
});

test("archive: what a path is, with modes as Go has them", async () => {
  const fake = await changed();
  const stat = (path: string) => statOf(fake, `/containers/${fake.id}/archive?path=${path}`);
  expect(await stat("/etc/motd")).toEqual({
    name: "motd",
    size: 3,
    mode: 0o755 + 2 ** 23,
    mtime: "2001-09-09T01:46:40.000Z",
    linkTarget: "",
  });
  expect(await stat("/etc")).toMatchObject({ name: "etc", mode: 0o755 + 2 ** 31 });
  expect(await stat("/link")).toMatchObject({ mode: 0o777 + 2 ** 27, linkTarget: "etc/motd" });
  expect(await stat("/")).toMatchObject({ name: "/", mode: 0o755 + 2 ** 31 });
});

test("archive: what the engine puts into a container is there while it runs", async () => {
  const fake = await fakeEngine({ sleep: ({ signalled }) => signalled });
  fake.machine.files["/etc/hosts"] = "127.0.0.1 localhost\n";
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  const { body } = await fake.ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep"] });
  const path = `/containers/${body.Id}/archive?path=/etc/hosts`;
  expect((await fake.ask("GET", path)).status).toBe(404);
  await fake.ask("POST", `/containers/${body.Id}/start`);
  expect(await entriesOf(fake, path)).toEqual(["hosts=127.0.0.1 localhost\n"]);
  expect(await statOf(fake, path)).toMatchObject({ name: "hosts", size: 20, mode: 0o644 });
});

test("archive: files go in by a process of the container, running or not", async () => {
  const unpacked: string[] = [];
  const tar: Program = async ({ args, cwd, readAll }) => {
    unpacked.push(`${args.slice(1).join(" ")} in ${cwd}: ${(await readAll()).replace(/\0.*$/s, "")}`);
    return 0;
  };
  const fake = await fakeEngine({ busybox: tar, "/dev/busybox": tar, sleep: ({ signalled }) => signalled });
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  const { body } = await fake.ask("POST", "/containers/create", { Image: "busybox", Cmd: ["sleep"] });
  const put = (path: string) => fake.ask("PUT", `/containers/${body.Id}/archive?path=${path}`, tarOf({ a: "text" }));
  expect((await put("/etc")).status).toBe(200);
  expect((await fake.ask("GET", `/containers/${body.Id}/json`)).body.State.Status).toBe("created");
  await fake.ask("POST", `/containers/${body.Id}/start`);
  expect(await put("srv")).toMatchObject({ status: 200, text: "" });
  expect(unpacked).toEqual(["tar -xpf - in /etc: a", "tar -xpf - in /srv: a"]);
  await fake.ask("POST", `/containers/${body.Id}/pause`);
  expect((await put("/srv")).status).toBe(409);
});

test("archive: what unpacking complains of is the answer, and read-only places are refused first", async () => {
  const tar: Program = async ({ print }) => {
    await print("tar: a: No space left on device\n", "stderr");
    return 1;
  };
  const fake = await fakeEngine({ "/dev/busybox": tar });
  await fake.ask("POST", "/images/create?fromImage=busybox&tag=latest");
  const create = async (HostConfig: object) =>
    (await fake.ask("POST", "/containers/create", { Image: "busybox", Cmd: ["true"], HostConfig })).body.Id;
  const put = (id: string, path: string) => fake.ask("PUT", `/containers/${id}/archive?path=${path}`, tarOf({ a: "" }));
  expect(await put(await create({}), "/etc")).toMatchObject({
    status: 400,
    body: { message: "tar: a: No space left on device" },
  });
  const readOnly = await create({ ReadonlyRootfs: true, Binds: ["vol:/v:ro"] });
  expect(await put(readOnly, "/etc")).toMatchObject({
    status: 403,
    body: { message: "container rootfs is marked read-only" },
  });
  expect(await put(readOnly, "/v/x")).toMatchObject({
    status: 403,
    body: { message: "mounted volume is marked read-only" },
  });
});

test("export: the whole container, and import makes an image of it", async () => {
  const fake = await changed();
  const exported = await entriesOf(fake, `/containers/${fake.id}/export`);
  expect(exported).toContain("./etc/motd=hey");
  expect(exported).toContain("./bin/sh=sh");
  const tar = await (await fake.engine.fetch(new Request(`http://d/containers/${fake.id}/export`))).arrayBuffer();
  const query = "fromSrc=-&repo=docker.io/library/flat&tag=v1&message=flattened&changes=CMD%20%5B%22sh%22%5D";
  const { status, body } = await fake.ask("POST", `/images/create?${query}`, new Uint8Array(tar));
  expect([status, body.status]).toEqual([200, expect.stringMatching(/^sha256:/)]);
  expect((await fake.ask("GET", "/images/flat:v1/json")).body).toMatchObject({
    Id: body.status,
    Config: { Cmd: ["sh"] },
    RootFS: { Layers: [expect.anything()] },
  });
  expect((await fake.ask("GET", "/images/flat:v1/history")).body).toMatchObject([{ Comment: "flattened" }]);
  // The stock client gives the tag with the name.
  await fake.ask("POST", "/images/create?fromSrc=-&repo=other:v2", new Uint8Array(tar));
  expect((await fake.ask("GET", "/images/other:v2/json")).status).toBe(200);
  const unnamed = await fake.ask("POST", "/images/create?fromSrc=-&repo=No:v2", new Uint8Array(tar));
  expect([unnamed.status, (await fake.ask("GET", "/images/json")).body.length]).toEqual([400, 3]);
  const remote = await fake.ask("POST", "/images/create?fromSrc=http://x/y.tar");
  expect(remote).toMatchObject({
    status: 501,
    body: { message: "http://x/y.tar is not fetched: send the archive itself" },
  });
});

test("commit: the image, what the container changed, and what the changes say", async () => {
  const fake = await changed({ Env: ["A=1"], Labels: { of: "container" } });
  const changes = ["ENV B=2 C=$A", "WORKDIR /srv", 'ENTRYPOINT ["sh"]', "LABEL by=me"];
  const query = changes.map((change) => `&changes=${encodeURIComponent(change)}`).join("");
  const { status, body } = await fake.ask(
    "POST",
    `/commit?container=${fake.id}&repo=mine&author=me&comment=why${query}`,
  );
  expect([status, body.Id]).toEqual([201, expect.stringMatching(/^sha256:/)]);
  const image = (await fake.ask("GET", "/images/mine/json")).body;
  expect(image).toMatchObject({
    Id: body.Id,
    Author: "me",
    Config: {
      Env: ["A=1", "PATH=/bin", "B=2", "C=1"],
      WorkingDir: "/srv",
      Entrypoint: ["sh"],
      Labels: { of: "container", by: "me" },
    },
  });
  expect(image.RootFS.Layers).toHaveLength(2);
  expect((await fake.ask("GET", "/images/mine/history")).body).toMatchObject([
    { CreatedBy: "true", Comment: "why" },
    { CreatedBy: "base" },
  ]);
  const second = await fake.ask("POST", "/containers/create", { Image: "mine" });
  expect(await entriesOf(fake, `/containers/${second.body.Id}/archive?path=/etc`)).toEqual([
    "etc directory",
    "etc/motd=hey",
  ]);
  const refused = await fake.ask("POST", `/commit?container=${fake.id}&changes=RUN%20x`);
  expect(refused).toMatchObject({ status: 400, body: { message: "RUN is not a valid change command" } });
});

test("commit of a container that has changed nothing adds no layer", async () => {
  const fake = await changed();
  fake.machine.diff = { entries: [], contents: "" };
  await fake.ask("POST", `/commit?container=${fake.id}&repo=same`);
  expect((await fake.ask("GET", "/images/same/json")).body.RootFS.Layers).toHaveLength(1);
});
