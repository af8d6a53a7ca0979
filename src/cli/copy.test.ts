import { expect, test } from "vitest";
import { readTar } from "../shared/tar/read-tar.js";
import { writeTar } from "../shared/tar/write-tar.js";
import { docker, failure, fileEntry, nothing, type Script } from "./fakes/scripted-engine.js";

const FILE = 0o644;
const DIRECTORY = 2 ** 31 + 0o755;
const SYMLINK = 2 ** 27 + 0o777;

function stat(mode: number, linkTarget = ""): Record<string, string> {
  return { "X-Docker-Container-Path-Stat": btoa(JSON.stringify({ name: "x", size: 1, mode, mtime: "", linkTarget })) };
}

const head = (mode: number, linkTarget?: string) => () => new Response(null, { headers: stat(mode, linkTarget) });
const missing = () => failure(404, "Could not find the file /x in container web");

/** An archive of the container, and what was unpacked of it. */
const archive =
  (mode: number, ...paths: string[]) =>
  () =>
    new Response(writeTar(paths.map((path) => fileEntry(path, path))) as Uint8Array<ArrayBuffer>, {
      headers: stat(mode),
    });

const DIR = [fileEntry("a", "A"), fileEntry("b/c", "C")];
const pathsOf = (tar: Uint8Array | undefined) => tar && [...readTar(tar)].map(({ path }) => path);

test.each([
  ["web:/etc/motd here", FILE, ["motd"], { here: DIR }, "here", ["motd"]],
  ["web:/etc/motd new", FILE, ["motd"], { ".": DIR }, ".", ["new"]],
  ["web:/etc/motd here/new", FILE, ["motd"], { here: DIR }, "here", ["new"]],
  ["web:/etc here", DIRECTORY, ["etc", "etc/a"], { here: DIR }, "here", ["etc", "etc/a"]],
  ["web:/etc new", DIRECTORY, ["etc", "etc/a"], { ".": DIR }, ".", ["new", "new/a"]],
  ["web:/etc/. here", DIRECTORY, ["./a"], { here: DIR }, "here", ["./a"]],
  ["web:/etc/. new", DIRECTORY, ["./a"], { ".": DIR }, ".", ["new/a"]],
] as const)("docker cp %s", async (words, mode, paths, files, directory, unpacked) => {
  const script = { "GET /containers/web/archive": archive(mode, ...paths) };
  const { status, stderr, written } = await docker(`cp ${words}`, script, { files });
  expect([status, stderr]).toEqual([0, ""]);
  expect(pathsOf(written.get(`${directory} tar`))).toEqual(unpacked);
});

test.each([
  ["cp one web:/etc", { one: [fileEntry("", "1")] }, head(DIRECTORY), "/etc", ["one"]],
  ["cp one web:/etc/two", { one: [fileEntry("", "1")] }, missing, "/etc", ["two"]],
  ["cp one web:/etc/two", { one: [fileEntry("", "1")] }, head(FILE), "/etc", ["two"]],
  ["cp dir web:/etc", { dir: DIR }, head(DIRECTORY), "/etc", ["dir", "dir/a", "dir/b/c"]],
  ["cp dir web:/new", { dir: DIR }, missing, "/", ["new", "new/a", "new/b/c"]],
  ["cp dir/. web:/etc", { "dir/.": DIR }, head(DIRECTORY), "/etc", ["./a", "./b/c"]],
  ["cp dir/. web:/new", { "dir/.": DIR }, missing, "/", ["new", "new/a", "new/b/c"]],
])("docker %s", async (words, files, answer, directory, packed) => {
  let sent: Uint8Array | undefined;
  const script: Script = {
    "HEAD /containers/web/archive": answer,
    "PUT /containers/web/archive": async (request) => {
      sent = new Uint8Array(await request.arrayBuffer());
      return nothing();
    },
  };
  const { status, stderr, requests } = await docker(words, script, { files });
  expect([status, stderr]).toEqual([0, ""]);
  expect(requests.at(-1)).toBe(`PUT /containers/web/archive?path=${directory}&noOverwriteDirNonDir=1`);
  expect(pathsOf(sent)).toEqual(packed);
});

test("a link at the end of a container's path is followed into it, and out of it when asked to", async () => {
  const script = {
    "HEAD /containers/web/archive?path=/srv/link": head(SYMLINK, "../etc"),
    "HEAD /containers/web/archive?path=/etc": head(DIRECTORY),
    "PUT /containers/web/archive": nothing,
    "GET /containers/web/archive": archive(FILE, "etc"),
  };
  const into = await docker("cp -a one web:/srv/link", script, { files: { one: [fileEntry("", "1")] } });
  expect(into.requests.at(-1)).toBe("PUT /containers/web/archive?path=/etc&noOverwriteDirNonDir=1&copyUIDGID=1");
  const out = await docker("cp -L web:/srv/link .", script, { files: { ".": DIR } });
  expect(out.requests.at(-1)).toBe("GET /containers/web/archive?path=/etc");
});

test("archives go through stdin and stdout as they are", async () => {
  const out = await docker("cp web:/a -", { "GET /containers/web/archive": archive(FILE, "a") });
  expect(out.stdout.startsWith("a\0")).toBe(true);
  const script = { "HEAD /containers/web/archive": head(DIRECTORY), "PUT /containers/web/archive": nothing };
  const into = await docker("cp - web:/etc", script, { stdin: "tar" });
  expect([into.status, into.requests.at(-1)]).toEqual([
    0,
    "PUT /containers/web/archive?path=/etc&noOverwriteDirNonDir=1",
  ]);
  const file = await docker("cp - web:/etc", { "HEAD /containers/web/archive": head(FILE) });
  expect(file.stderr).toBe('destination "web:/etc" must be a directory\n');
});

test("a terminal is told how much was copied, unless it asks for quiet", async () => {
  const script = { "GET /containers/web/archive": archive(FILE, "a") };
  const options = { terminal: { stdout: true }, files: { ".": DIR } };
  expect((await docker("cp web:/a .", script, options)).stderr).toBe("Successfully copied 2.05kB to /root\n");
  expect((await docker("cp -q web:/a .", script, options)).stderr).toBe("");
});

test.each([
  ["cp a b", "must specify at least one container source"],
  ["cp web:/a db:/b", "copying between containers is not supported"],
  ["cp web: b", "source can not be empty"],
  ["cp ./we:b c", "must specify at least one container source"],
  ["cp nothing web:/a", "lstat /root/nothing: no such file or directory"],
  ["cp web:/a no/where", 'invalid output path: directory "/root/no" does not exist'],
  ["cp web:/a new/", "no such directory"],
  ["cp dir web:/a", "cannot copy directory"],
])("docker %s is refused", async (words, message) => {
  const script = { "GET /containers/web/archive": archive(FILE, "a"), "HEAD /containers/web/archive": head(FILE) };
  expect(await docker(words, script, { files: { dir: DIR } })).toMatchObject({ status: 1, stderr: `${message}\n` });
});
