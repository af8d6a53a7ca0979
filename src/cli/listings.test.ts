import { beforeEach, expect, test, vi } from "vitest";
import type { ContainerStats, ContainerSummary, ImageSummary } from "../engine/api/types.js";
import { docker, failure } from "./fakes/scripted-engine.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-24T22:26:48Z") });
  return () => vi.useRealTimers();
});

const created = Date.parse("2026-11-24T22:26:47Z") / 1000;
const id = "e328b694f200bbc2c9f984a418c85bc533d8313e44f2d6e5638ebdc4a2c17973";
const imageID = "sha256:e5aad00e589a6a292f2bebf4c8fc42ef6dc3fe7c8ca6b8fa48623c1f67e60361";

const container: ContainerSummary = {
  Id: id,
  Names: ["/a1"],
  Image: "busybox",
  ImageID: imageID,
  Command: "sleep 1000",
  Created: created,
  Ports: [],
  Labels: {},
  State: "running",
  Status: "Up Less than a second",
  HostConfig: { NetworkMode: "bridge" },
  NetworkSettings: { Networks: { bridge: {} as never } },
  Mounts: [],
};

const image: ImageSummary = {
  Id: imageID,
  ParentId: "",
  RepoTags: ["busybox:latest"],
  RepoDigests: [],
  Created: created,
  Size: 1_984_162,
  SharedSize: -1,
  Labels: null,
  Containers: -1,
};

const containers = { "GET /containers/json": [container] };
const HEAD = "CONTAINER ID   IMAGE     COMMAND        CREATED        STATUS                  PORTS     NAMES";

test.each([
  ["ps", `${HEAD}\ne328b694f200   busybox   "sleep 1000"   1 second ago   Up Less than a second             a1\n`],
  ["container ls -q", "e328b694f200\n"],
  ["ps -q --no-trunc", `${id}\n`],
  [
    "ps --format json",
    '{"Command":"\\"sleep 1000\\"","CreatedAt":"2026-11-24 22:26:47 +0000 UTC","ID":"e328b694f200","Image":"busybox","Labels":"","LocalVolumes":"0","Mounts":"","Names":"a1","Networks":"bridge","Platform":null,"Ports":"","RunningFor":"1 second ago","Size":"0B","State":"running","Status":"Up Less than a second"}\n',
  ],
])("docker %s", async (argv, stdout) => {
  expect(await docker(argv, containers)).toMatchObject({ status: 0, stdout, stderr: "" });
});

test.each([
  ["{{json .Names}} {{.Labels}}|", '"a1" |\n'],
  ["{{.Names}}\\t{{.State}}", "a1\trunning\n"],
  ["table {{.Names}}\\t{{.Status}}", "NAMES     STATUS\na1        Up Less than a second\n"],
  ['table {{.Names}}\\t{{.Label "org.x-y"}}', "NAMES     x y\na1        \n"],
])("docker ps --format %j", async (format, stdout) => {
  expect(await docker(["ps", "--format", format], containers)).toMatchObject({ status: 0, stdout });
});

test("a field that is not there, and a template that cannot be read", async () => {
  expect(await docker("ps --format {{.Nope}}", containers)).toMatchObject({
    status: 1,
    stderr:
      'failed to execute template: template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type *formatter.ContainerContext\n',
  });
  expect(await docker("ps --format {{if", containers)).toMatchObject({
    status: 1,
    stderr: "failed to parse template: template: :1: unclosed action\n",
    requests: [],
  });
});

test("what ps asks for", async () => {
  const asked = async (argv: string) => (await docker(argv, containers)).requests;
  expect(await asked("ps")).toEqual(["GET /containers/json"]);
  expect(await asked("ps -a -f status=exited -f label=x=y -n 3")).toEqual([
    'GET /containers/json?all=1&limit=3&filters={"status":{"exited":true},"label":{"x=y":true}}',
  ]);
  expect(await asked("ps -l -s")).toEqual(["GET /containers/json?limit=1&size=1"]);
});

test("docker ps -s", async () => {
  const sized = [{ ...container, SizeRw: 0, SizeRootFs: 1_984_162 }];
  const { stdout } = await docker("ps -s", { "GET /containers/json": sized });
  expect(stdout.split("\n")[1]).toMatch(/ a1 {8}0B \(virtual 1\.98MB\)$/);
});

test("ports and long commands", async () => {
  const long = {
    ...container,
    Command: "sh -c 'while true; do sleep 1; done'",
    Ports: [
      { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
      { PrivatePort: 53, Type: "udp" },
    ],
  };
  const { stdout } = await docker(["ps", "--format", "{{.Command}} {{.Ports}}"], { "GET /containers/json": [long] });
  expect(stdout).toBe('"sh -c \'while true; …" 53/udp, 0.0.0.0:8080->80/tcp\n');
});

test.each([
  [
    "images",
    "REPOSITORY   TAG       IMAGE ID       CREATED        SIZE\nbusybox      latest    e5aad00e589a   1 second ago   1.98MB\n",
  ],
  ["images -q", "e5aad00e589a\n"],
  [
    "images --no-trunc",
    `REPOSITORY   TAG       IMAGE ID                                                                  CREATED        SIZE\nbusybox      latest    ${imageID}   1 second ago   1.98MB\n`,
  ],
  [
    "image ls --digests",
    "REPOSITORY   TAG       DIGEST    IMAGE ID       CREATED        SIZE\nbusybox      latest    <none>    e5aad00e589a   1 second ago   1.98MB\n",
  ],
  ["images --format {{.Repository}}:{{.Tag}}", "busybox:latest\n"],
  [
    "images --format json",
    '{"Containers":"N/A","CreatedAt":"2026-11-24 22:26:47 +0000 UTC","CreatedSince":"1 second ago","Digest":"\\u003cnone\\u003e","ID":"e5aad00e589a","Repository":"busybox","SharedSize":"N/A","Size":"1.98MB","Tag":"latest","UniqueSize":"N/A","VirtualSize":"1.984MB"}\n',
  ],
])("docker %s", async (argv, stdout) => {
  expect(await docker(argv, { "GET /images/json": [image] })).toMatchObject({ status: 0, stdout, stderr: "" });
});

test("images by name, dangling and by digest alone", async () => {
  const { requests } = await docker("images foo/*", { "GET /images/json": [] });
  expect(requests).toEqual(['GET /images/json?filters={"reference":{"foo/*":true}}']);
  const digest = `sha256:${"1".repeat(64)}`;
  const others = [
    { ...image, RepoTags: [] },
    { ...image, RepoTags: [], RepoDigests: [`big@${digest}`] },
    { ...image, RepoTags: ["localhost:5000/x:1"], RepoDigests: [`localhost:5000/x@${digest}`] },
  ];
  const { stdout } = await docker("images --digests --format {{.Repository}}|{{.Tag}}|{{.Digest}}", {
    "GET /images/json": others,
  });
  expect(stdout).toBe(`<none>|<none>|<none>\nbig|<none>|${digest}\nlocalhost:5000/x|1|${digest}\n`);
});

const history = [
  {
    Id: imageID,
    Created: created,
    CreatedBy: 'CMD ["cat" "/f"]',
    Tags: null,
    Size: 0,
    Comment: "buildkit.dockerfile.v0",
  },
  {
    Id: "<missing>",
    Created: created,
    CreatedBy: "RUN /bin/sh -c echo one; echo two >&2; sleep 1 # buildkit",
    Tags: null,
    Size: 1_984_162,
    Comment: "",
  },
];

test.each([
  [
    "history big",
    [
      "IMAGE          CREATED        CREATED BY                                      SIZE      COMMENT",
      'e5aad00e589a   1 second ago   CMD ["cat" "/f"]                                0B        buildkit.dockerfile.v0',
      "<missing>      1 second ago   RUN /bin/sh -c echo one; echo two >&2; sleep…   1.98MB    ",
      "",
    ].join("\n"),
  ],
  ["history -q big", "e5aad00e589a\n<missing>\n"],
  [
    "image history -H=false --format {{.CreatedAt}}|{{.Size}}|{{.CreatedSince}} big",
    "2026-11-24T22:26:47Z|0|2026-11-24T22:26:47Z\n2026-11-24T22:26:47Z|1984162|2026-11-24T22:26:47Z\n",
  ],
])("docker %s", async (argv, stdout) => {
  expect(await docker(argv, { "GET /images/big/history": history })).toMatchObject({ status: 0, stdout });
});

test("history without truncation", async () => {
  const { stdout } = await docker("history --no-trunc big", { "GET /images/big/history": history });
  expect(stdout).toContain("RUN /bin/sh -c echo one; echo two >&2; sleep 1 # buildkit   1.98MB");
});

const cpu = (total: number, system: number) => ({
  cpu_usage: { total_usage: total, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  system_cpu_usage: system,
  online_cpus: 1,
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
});
const usage: ContainerStats = {
  name: "/s1",
  id: "758c65c259f8bbc2c9f984a418c85bc533d8313e44f2d6e5638ebdc4a2c17973",
  read: "",
  preread: "",
  pids_stats: { current: 1 },
  blkio_stats: { io_service_bytes_recursive: null },
  num_procs: 0,
  storage_stats: {},
  cpu_stats: cpu(1_500_000_000, 10_000_000_000),
  precpu_stats: cpu(1_000_000_000, 9_000_000_000),
  memory_stats: { usage: 561_152 + 4096, limit: 32 * 2 ** 20, stats: { inactive_file: 4096 } },
  networks: { eth0: { rx_bytes: 706, tx_bytes: 0, rx_packets: 0, tx_packets: 0 } },
};

test("docker stats --no-stream", async () => {
  const { stdout, requests } = await docker("stats --no-stream s1", { "GET /containers/s1/stats": usage });
  expect(stdout).toBe(
    [
      "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O     BLOCK I/O   PIDS",
      "758c65c259f8   s1        50.00%    548KiB / 32MiB      1.67%     706B / 0B   0B / 0B     1",
      "",
    ].join("\n"),
  );
  expect(requests).toEqual(["GET /containers/s1/stats?stream=0"]);
});

test("docker stats of a container that is not there", async () => {
  const script = { "GET /containers/nope/stats": () => failure(404, "No such container: nope") };
  expect(await docker("stats --no-stream nope", script)).toMatchObject({
    status: 1,
    stderr: "Error response from daemon: No such container: nope\n",
  });
});

test("docker volume ls, sorted", async () => {
  const volume = (Name: string) => ({
    Name,
    Driver: "local",
    Mountpoint: "/x",
    CreatedAt: "",
    Labels: null,
    Scope: "local",
    Options: null,
  });
  const script = { "GET /volumes": { Volumes: [volume("vol10"), volume("vol2"), volume("a")], Warnings: null } };
  expect((await docker("volume ls", script)).stdout).toBe(
    "DRIVER    VOLUME NAME\nlocal     a\nlocal     vol2\nlocal     vol10\n",
  );
  expect((await docker("volume ls -q", script)).stdout).toBe("a\nvol2\nvol10\n");
});

test("docker top", async () => {
  const script = {
    "GET /containers/a1/top": { Titles: ["UID", "PID", "CMD"], Processes: [["root", "10235", "sleep 1000"]] },
  };
  const { stdout, requests } = await docker("top a1 -o pid", script);
  expect(stdout).toBe(
    "UID                 PID                 CMD\nroot                10235               sleep 1000\n",
  );
  expect(requests).toEqual(["GET /containers/a1/top?ps_args=-o+pid"]);
});

test("docker system df", async () => {
  const script = {
    "GET /system/df": {
      LayersSize: 1_984_162,
      Images: [{ ...image, Containers: 0 }],
      Containers: [],
      Volumes: [],
      BuildCache: [],
    },
  };
  expect((await docker("system df", script)).stdout).toBe(
    [
      "TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE",
      "Images          1         0         1.984MB   1.984MB (100%)",
      "Containers      0         0         0B        0B",
      "Local Volumes   0         0         0B        0B",
      "Build Cache     0         0         0B        0B",
      "",
    ].join("\n"),
  );
});

test("there is one context", async () => {
  const { stdout } = await docker("context ls");
  expect(stdout).toBe(
    "NAME        DESCRIPTION                               DOCKER ENDPOINT               ERROR\n" +
      "default *   Current DOCKER_HOST based configuration   unix:///var/run/docker.sock   \n",
  );
  expect((await docker("context ls -q")).stdout).toBe("default\n");
  expect(JSON.parse((await docker("context ls --format json")).stdout)).toMatchObject({
    Current: true,
    Name: "default",
  });
  expect((await docker("context inspect --format {{.Endpoints.docker.Host}}")).stdout).toBe(
    "unix:///var/run/docker.sock\n",
  );
  expect(await docker("context use other")).toMatchObject({
    status: 1,
    stderr: 'context "other": context not found\n',
  });
});
