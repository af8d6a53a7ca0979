import { expect, test } from "vitest";
import { docker, documents, failure, fileEntry, nothing, type Script } from "./fakes/scripted-engine.js";

const busybox = { Id: "sha256:e5aa", RepoTags: ["busybox:latest"], Config: { Labels: { a: "b" } } };

test("inspect: container, image, volume, whichever has the name", async () => {
  const script: Script = {
    "GET /images/busybox/json": busybox,
    "GET /volumes/foo": { Name: "foo", Labels: { a: "b" } },
  };
  const run = await docker("inspect busybox", script);
  expect(run.stdout).toBe(`${JSON.stringify([busybox], null, 4)}\n`);
  expect(run.requests).toEqual(["GET /containers/busybox/json", "GET /images/busybox/json"]);
  expect((await docker(["volume", "inspect", "foo", "-f", "{{.Labels}} {{.Name}}"], script)).stdout).toBe(
    "map[a:b] foo\n",
  );
  expect((await docker("inspect -f json busybox", script)).stdout).toBe(`[${JSON.stringify(busybox)}]\n`);
});

test.each([
  ["inspect nope", "[]\n", "Error: No such object: nope\n"],
  ["inspect nope busybox --format {{.Id}}", "sha256:e5aa\n", "Error: No such object: nope\n"],
  ["container inspect nope", "[]\n", "Error response from daemon: No such container: nope\n"],
  [
    "inspect -f {{.Nope}} busybox",
    "\n",
    'template parsing error: template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"\n',
  ],
])("docker %s", async (argv, stdout, stderr) => {
  const script = {
    "GET /images/busybox/json": busybox,
    "GET /containers/nope/json": () => failure(404, "No such container: nope"),
  };
  expect(await docker(argv, script)).toMatchObject({ status: 1, stdout, stderr });
});

test("inspect with a template that cannot be read asks for nothing", async () => {
  expect(await docker("inspect -f {{foo}} x")).toMatchObject({
    status: 64,
    stderr: 'template parsing error: template: :1: function "foo" not defined\n',
    requests: [],
  });
});

test("inspect of a type that Drydock has not", async () => {
  expect((await docker("inspect --type foo x")).stderr).toBe(
    'unknown type: "foo": must be one of "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"\n',
  );
  expect((await docker("inspect --type plugin x")).stderr).toMatch(
    /^docker inspect: --type plugin is not supported by Drydock: .+\n$/,
  );
});

const pullMessages = [
  { status: "Pulling from library/busybox", id: "latest" },
  { status: "Pulling fs layer", progressDetail: {}, id: "2156434b768e" },
  { status: "Downloading", progressDetail: { current: 32_770, total: 1_069_000 }, id: "2156434b768e" },
  { status: "Pull complete", progressDetail: {}, id: "2156434b768e" },
  { status: "Digest: sha256:262a" },
  { status: "Status: Downloaded newer image for busybox:latest" },
];
const registry = { "POST /images/create": () => documents(...pullMessages) };

test("pull in plain lines", async () => {
  const run = await docker("pull busybox", registry);
  expect(run.stdout).toBe(
    [
      "Using default tag: latest",
      "latest: Pulling from library/busybox",
      "2156434b768e: Pulling fs layer",
      "2156434b768e: Pull complete",
      "Digest: sha256:262a",
      "Status: Downloaded newer image for busybox:latest",
      "docker.io/library/busybox:latest",
      "",
    ].join("\n"),
  );
});

test("pull on a terminal redraws each layer's line", async () => {
  const { stdout } = await docker("pull busybox:latest", registry, { terminal: { stdout: true } });
  const line = "\x1b[1A\x1b[2K\r2156434b768e: ";
  expect(stdout).toBe(
    [
      "latest: Pulling from library/busybox\n\n",
      `${line}Pulling fs layer \r\x1b[1B`,
      `${line}Downloading  32.77kB/1.069MB\r\x1b[1B`,
      `${line}Pull complete \r\x1b[1B`,
      "Digest: sha256:262a\nStatus: Downloaded newer image for busybox:latest\ndocker.io/library/busybox:latest\n",
    ].join(""),
  );
});

test("pull: quietly, by digest, of what is no name, of what is not there", async () => {
  expect((await docker("pull -q busybox", registry)).stdout).toBe("docker.io/library/busybox:latest\n");
  const digest = `sha256:${"a".repeat(64)}`;
  expect((await docker(`pull busybox@${digest}`, registry)).requests).toEqual([
    `POST /images/create?fromImage=docker.io/library/busybox&tag=${digest}`,
  ]);
  expect(await docker("pull BAD")).toMatchObject({
    status: 1,
    stderr: "invalid reference format: repository name (library/BAD) must be lowercase\n",
  });
  const reason = "manifest for nope:latest not found: manifest unknown: manifest unknown";
  expect(await docker("pull nope:latest", { "POST /images/create": () => failure(404, reason) })).toMatchObject({
    status: 1,
    stderr: `Error response from daemon: ${reason}\n`,
  });
});

test("rmi", async () => {
  const script = {
    "DELETE /images/foo/bar:1": [{ Untagged: "foo/bar:1" }, { Deleted: "sha256:1" }],
    "DELETE /images/nope": () => failure(404, "No such image: nope:latest"),
  };
  expect(await docker("rmi foo/bar:1 nope", script)).toMatchObject({
    status: 1,
    stdout: "Untagged: foo/bar:1\nDeleted: sha256:1\n",
    stderr: "Error response from daemon: No such image: nope:latest\n",
  });
});

test("tag", async () => {
  const run = await docker("tag busybox foo/bar:1", { "POST /images/busybox/tag": nothing });
  expect(run.requests).toEqual(["POST /images/busybox/tag?repo=docker.io/foo/bar&tag=1"]);
  expect((await docker("tag busybox BAD")).stderr).toBe(
    'Error parsing reference: "BAD" is not a valid repository/tag: invalid reference format: repository name (library/BAD) must be lowercase\n',
  );
});

test("save: to stdout, to a file, not to a terminal", async () => {
  const script = { "GET /images/get": () => new Response("tar") };
  const piped = await docker("save busybox a:1", script);
  expect([piped.stdout, piped.requests]).toEqual(["tar", ["GET /images/get?names=busybox&names=a:1"]]);
  const filed = await docker("save -o b.tar busybox", script, { terminal: { stdout: true } });
  expect(new TextDecoder().decode(filed.written.get("b.tar"))).toBe("tar");
  expect(await docker("save busybox", script, { terminal: { stdout: true } })).toMatchObject({
    status: 1,
    stderr: "cowardly refusing to save to a terminal. Use the -o flag or redirect\n",
    requests: [],
  });
});

test("load: from a file, from stdin, from nothing", async () => {
  let sent = "";
  const script = {
    "POST /images/load": async (request: Request) => {
      sent = await request.text();
      return documents({ stream: "Loaded image: busybox:latest\n" });
    },
  };
  expect((await docker("load -i b.tar", script, { files: { "b.tar": [fileEntry("", "tar")] } })).stdout).toBe(
    "Loaded image: busybox:latest\n",
  );
  expect(sent).toBe("tar");
  await docker("load", script, { stdin: "other" });
  expect(sent).toBe("other");
  expect((await docker("load -i nope.tar", script)).stderr).toBe("open nope.tar: no such file or directory\n");
  expect((await docker("load", script, { terminal: { stdin: true } })).stderr).toBe(
    "requested load from stdin, but stdin is empty\n",
  );
});

test("volume create, rm", async () => {
  const script: Script = {
    "POST /volumes/create": { Name: "foo" },
    "DELETE /volumes/foo": nothing,
    "DELETE /volumes/nope": () => failure(404, "get nope: no such volume"),
  };
  const run = await docker("volume create foo --label a=b", script);
  expect([run.stdout, run.requests]).toEqual([
    "foo\n",
    ['POST /volumes/create {"Driver":"local","Name":"foo","Labels":{"a":"b"}}'],
  ]);
  expect(await docker("volume rm foo nope", script)).toMatchObject({
    status: 1,
    stdout: "foo\n",
    stderr: "Error response from daemon: get nope: no such volume\n",
  });
});

const pruning: Script = {
  "POST /containers/prune": { ContainersDeleted: ["0f72"], SpaceReclaimed: 10 },
  "POST /images/prune": { ImagesDeleted: [{ Untagged: "t1:latest" }, { Deleted: "sha256:2597" }], SpaceReclaimed: 127 },
  "POST /networks/prune": { NetworksDeleted: ["old"] },
  "POST /volumes/prune": { VolumesDeleted: ["vol1", "v2"], SpaceReclaimed: 0 },
  "POST /build/prune": { CachesDeleted: null, SpaceReclaimed: 0 },
};

test("prune: asked and refused, asked and confirmed, forced", async () => {
  const refused = await docker("container prune", pruning);
  expect(refused).toMatchObject({
    status: 0,
    stdout: "WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ",
    requests: [],
  });
  const confirmed = await docker("container prune", pruning, { stdin: "y\n" });
  expect(confirmed.stdout).toContain("[y/N] Deleted Containers:\n0f72\n\nTotal reclaimed space: 10B\n");
  const forced = await docker("volume prune -f", pruning);
  expect(forced.stdout).toBe("Deleted Volumes:\nvol1\nv2\n\nTotal reclaimed space: 0B\n");
});

test("system prune of volumes goes by no age, and says so before it does anything", async () => {
  expect(await docker("system prune -f --volumes --filter until=24h", pruning)).toMatchObject({
    status: 1,
    stderr: 'ERROR: The "until" filter is not supported with "--volumes"\n',
    requests: [],
  });
});

test("system prune -af --volumes", async () => {
  const run = await docker("system prune -af --volumes", pruning);
  expect(run.stdout).toBe(
    [
      "Deleted Containers:\n0f72\n",
      "Deleted Networks:\nold\n",
      "Deleted Volumes:\nvol1\nv2\n",
      "Deleted Images:\nuntagged: t1:latest\ndeleted: sha256:2597\n",
      "Total reclaimed space: 137B\n",
    ].join("\n"),
  );
  expect(run.requests[3]).toBe('POST /images/prune?filters={"dangling":{"false":true}}');
});

test("events", async () => {
  const line =
    '{"Type":"container","Action":"die","Actor":{"ID":"04db","Attributes":{"name":"a1","exitCode":"137","image":"busybox"}},"scope":"local","time":1795559274,"timeNano":1795559274011680703}';
  const script = { "GET /events": () => new Response(`${line}\n`) };
  const run = await docker("events --until 2026-11-24T22:27:55Z", script);
  expect(run.stdout).toBe("2026-11-24T22:27:54.011680703Z container die 04db (exitCode=137, image=busybox, name=a1)\n");
  expect(run.requests).toEqual(["GET /events?until=1795559275"]);
  expect((await docker(["events", "--format", "{{.Type}} {{.Action}}"], script)).stdout).toBe("container die\n");
  expect((await docker("events --format json", script)).stdout).toBe(`${line}\n`);
});

test("version and info", async () => {
  const version = {
    Platform: { Name: "Drydock" },
    Version: "0.1.0",
    ApiVersion: "1.47",
    MinAPIVersion: "1.24",
    Os: "linux",
    Arch: "386",
    KernelVersion: "6.1.0",
    GitCommit: "",
    BuildTime: "",
  };
  const script = { "GET /version": version };
  expect((await docker("version", script)).stdout).toBe(
    [
      "Client: Drydock",
      " Version:           28.2.2",
      " API version:       1.47",
      " OS/Arch:           linux/386",
      " Context:           default",
      "",
      "Server: Drydock",
      " Engine:",
      "  Version:          0.1.0",
      "  API version:      1.47 (minimum version 1.24)",
      "  OS/Arch:          linux/386",
      "  Kernel version:   6.1.0",
      "",
    ].join("\n"),
  );
  expect((await docker("version -f {{.Server.Version}}", script)).stdout).toBe("0.1.0\n");
  const info = { Name: "drydock", NCPU: 1 };
  expect((await docker("system info -f {{.NCPU}}", { "GET /info": info })).stdout).toBe("1\n");
});

test("commit, export and import ask for what their flags say", async () => {
  const made = await docker(
    ["commit", "-m", "why", "-a", "me", "-c", "CMD x", "--change", "ENV a=b", "--pause=false", "web", "mine/web:v2"],
    { "POST /commit": { Id: "sha256:1" } },
  );
  expect(made).toMatchObject({ status: 0, stdout: "sha256:1\n" });
  expect(made.requests).toEqual([
    "POST /commit?container=web&repo=docker.io/mine/web&tag=v2&comment=why&author=me&changes=CMD+x&changes=ENV+a=b&pause=0",
  ]);
  const files = { "/f.tar": [fileEntry("", "tar")] };
  const script = {
    "POST /images/create": documents({ status: "sha256:2" }),
    "GET /containers/web/export": new Response("tar"),
  };
  const imported = await docker("import -m hello /f.tar flat", script, { files });
  expect(imported).toMatchObject({ status: 0, stdout: "sha256:2\n" });
  expect(imported.requests).toEqual([
    "POST /images/create?fromSrc=-&repo=docker.io/library/flat&tag=latest&message=hello",
  ]);
  expect((await docker("import - flat", script, { stdin: "tar" })).status).toBe(0);
  expect((await docker("export web", script)).stdout).toBe("tar");
  expect((await docker("export -o out web", script)).written.has("out")).toBe(true);
});

test.each([
  [`commit web x@sha256:${"0".repeat(64)}`, "cannot commit to digest reference\n"],
  ["import /none", "open /none: no such file or directory\n"],
  [
    "import http://x/y.tar",
    "docker import: http://x/y.tar is not fetched by Drydock: give it a file, or the archive on stdin\n",
  ],
  ["push -a x:v1", "tag can't be used with --all-tags/-a\n"],
  [`push x@sha256:${"0".repeat(64)}`, "cannot push a digest reference\n"],
])("docker %s is refused", async (argv, stderr) => {
  expect(await docker(argv)).toMatchObject({ status: 1, stderr, requests: [] });
});

test("export does not write to a terminal", async () => {
  const { stderr } = await docker("export web", {}, { terminal: { stdout: true } });
  expect(stderr).toBe("cowardly refusing to save to a terminal. Use the -o flag or redirect\n");
});

test("push tells of what the engine does", async () => {
  const script = { "POST /images/docker.io/library/x/push": documents({ status: "The push refers to x" }) };
  const { status, stdout, requests } = await docker("push x", script);
  expect([status, stdout]).toEqual([0, "Using default tag: latest\nThe push refers to x\n"]);
  expect(requests).toEqual(["POST /images/docker.io/library/x/push?tag=latest"]);
  expect((await docker("push -q x:v1", script)).stdout).toBe("x:v1\n");
});
