import { expect, test } from "vitest";
import { SparseBytes } from "../../shared/files/sparse-bytes.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { encodePath } from "../../shared/text/path-bytes.js";
import { LayeredTree } from "../containers/layered-tree.js";
import { fakeBuilder } from "../fakes/fake-build.js";
import type { Layer } from "../layers/layer-store.js";

const at = (seconds: number, nanoseconds = 0) => ({ seconds, nanoseconds });
const paths = (layer: Layer | undefined) => layer?.changes.map(({ path }) => path);
const node = (layer: Layer | undefined, path: string) => new LayeredTree([layer!.tree]).lookup(path)?.node;

test("metadata and copies make an image without the guest", async () => {
  const { build, machine } = await fakeBuilder();
  const { image, layersMade } = await build({
    Dockerfile: `FROM busybox
ARG WHO=world
LABEL greeting="hello $WHO"
ENV A=1 B=\${A:-x}
WORKDIR /srv
COPY hello /usr/bin/hello
EXPOSE 80 53/udp
USER app
STOPSIGNAL SIGINT
VOLUME /data
ENTRYPOINT ["hello"]
CMD echo hi
`,
    hello: "binary",
  });
  expect(machine.asked).toEqual([]);
  expect(image.config.config).toEqual({
    Env: ["PATH=/bin", "A=1", "B=x"],
    Labels: { greeting: "hello world" },
    WorkingDir: "/srv",
    ExposedPorts: { "80/tcp": {}, "53/udp": {} },
    User: "app",
    StopSignal: "SIGINT",
    Volumes: { "/data": {} },
    Entrypoint: ["hello"],
    Cmd: ["/bin/sh", "-c", "echo hi"],
  });
  expect(image.config.history!.map((entry) => [entry.created_by, entry.empty_layer ?? false])).toEqual([
    ["base", false],
    ["ARG WHO=world", true],
    ["LABEL greeting=hello world", true],
    ["ENV A=1 B=x", true],
    ["WORKDIR /srv", false],
    ["COPY hello /usr/bin/hello # buildkit", false],
    ["EXPOSE map[53/udp:{} 80/tcp:{}]", true],
    ["USER app", true],
    ["STOPSIGNAL SIGINT", true],
    ["VOLUME [/data]", true],
    ['ENTRYPOINT ["hello"]', true],
    ['CMD ["/bin/sh" "-c" "echo hi"]', true],
  ]);
  expect(layersMade.map(paths)).toEqual([["/srv"], ["/usr", "/usr/bin", "/usr/bin/hello"]]);
  expect(image.tags).toEqual(["made:latest"]);
});

test("RUN enters the guest once; its diff becomes the layer; a second build is cached to the same image", async () => {
  const { build, machine, runtime, events } = await fakeBuilder({
    "/bin/sh": async ({ args, env, cwd, print }) => {
      expect(args).toEqual(["/bin/sh", "-c", "echo $V > /out"]);
      expect(env).toEqual(["PATH=/bin", "V=5", "HOME=/root"]);
      expect(cwd).toBe("/");
      await print("running\n");
      return 0;
    },
  });
  machine.diff = {
    entries: [
      { path: "etc", type: "directory", mode: 0o755, uid: 0, gid: 0, mtime: at(5, 500_000_000) },
      { path: "etc/hosts", type: "file", mode: 0o644, uid: 0, gid: 0, mtime: at(5), size: 0, offset: 0 },
      { path: "etc/passwd", type: "whiteout", mode: 0, uid: 0, gid: 0, mtime: at(5) },
      { path: "out", type: "file", mode: 0o644, uid: 0, gid: 0, mtime: at(5, 500_000_000), size: 2, offset: 0 },
      { path: "usr", type: "directory", mode: 0o755, uid: 0, gid: 0, mtime: at(5), opaque: true },
    ],
    contents: "5\n",
  };
  const files = { Dockerfile: 'FROM busybox\nARG V\nRUN echo $V > /out\nCMD ["x"]\n' };
  const first = await build(files, { buildArgs: { V: "5" } });
  await runtime.idle();
  expect(first.layersMade[0]!.changes.map(({ path, action }) => [path, action])).toEqual([
    ["/etc", "set"],
    ["/etc/passwd", "whiteout"],
    ["/out", "set"],
    ["/usr", "set"],
    ["/usr", "opaque"],
  ]);
  expect(first.image.config.history!.at(-2)!.created_by).toBe("RUN |1 V=5 /bin/sh -c echo $V > /out # buildkit");
  expect(machine.snapshots.size + machine.containers.size + machine.exchanged.size).toBe(0);
  expect(events).toContainEqual(expect.objectContaining({ type: "output", text: "running\n" }));

  const asked = machine.asked.length;
  const second = await build(files, { buildArgs: { V: "5" } });
  expect(second.image.id).toBe(first.image.id);
  expect(machine.asked.length).toBe(asked);
  const outcomes = events.filter(({ type }) => type === "span-end").slice(-6);
  expect(outcomes.map((event) => "outcome" in event && event.outcome)).toEqual([
    "cached",
    "done",
    "cached",
    "done",
    "done",
    "done",
  ]);
});

test("steps are numbered as BuildKit does: what makes a layer, and FROM of an image", async () => {
  const { build, events } = await fakeBuilder();
  await build({ Dockerfile: "FROM busybox AS a\nENV X=1\nWORKDIR /a\nFROM scratch\nCOPY --from=a /bin/sh /sh\n" });
  const steps = events.flatMap((event) =>
    event.type === "span-start" && event.step
      ? [[event.title, event.step.number, event.step.total, event.step.firstLine]]
      : [],
  );
  expect(steps).toEqual([
    ["FROM docker.io/library/busybox:latest", 1, 2, 1],
    ["WORKDIR /a", 2, 2, 3],
    ["COPY --from=a /bin/sh /sh", 1, 1, 5],
  ]);
});

test("a failing RUN is told as BuildKit tells it, and leaves nothing", async () => {
  const { build, machine, runtime, layers, images } = await fakeBuilder({ "/bin/sh": () => 3, "/nosuch": undefined! });
  await expect(build({ Dockerfile: "FROM busybox\nRUN exit 3\n" })).rejects.toThrow(
    'process "/bin/sh -c exit 3" did not complete successfully: exit code: 3',
  );
  await expect(build({ Dockerfile: 'FROM busybox\nRUN ["/nosuch", "a"]\n' })).rejects.toThrow(
    /process "\/nosuch a" did not complete successfully: .*stat \/nosuch: no such file or directory.*exit code: 127/,
  );
  await runtime.idle();
  expect(machine.snapshots.size + machine.containers.size).toBe(0);
  expect(images.list()).toHaveLength(1);
  expect(layers.collect(images.heldLayers())).toBe(0);
});

test("a cancelled build kills the step", async () => {
  const abort = new AbortController();
  const { build, machine, runtime } = await fakeBuilder({
    "/bin/sh": async ({ signalled }) => {
      abort.abort(new Error("given up"));
      return 128 + (await signalled);
    },
  });
  await expect(build({ Dockerfile: "FROM busybox\nRUN sleep 100\n" }, { signal: abort.signal })).rejects.toThrow(
    "given up",
  );
  await runtime.idle();
  expect(machine.snapshots.size + machine.containers.size + runtime.exits.size).toBe(0);
});

test("COPY: contents of directories, globs, destinations, owners, modes, the image's symlinks", async () => {
  const { build } = await fakeBuilder();
  const files = {
    "src/": {},
    "src/a.txt": "a",
    "src/b.md": "b",
    "src/deep/": {},
    "src/deep/c.txt": "c",
    link: { type: "symlink" as const, linkname: "src/a.txt", contents: undefined },
  };
  const copied = async (...lines: string[]) => {
    const { layersMade } = await build({ Dockerfile: `FROM busybox\n${lines.join("\n")}\n`, ...files });
    return layersMade;
  };
  expect(paths((await copied("COPY src /app"))[0])).toEqual([
    "/app",
    "/app/a.txt",
    "/app/b.md",
    "/app/deep",
    "/app/deep/c.txt",
  ]);
  expect(paths((await copied("COPY src/*.txt src/b.md /x/"))[0])).toEqual(["/x", "/x/a.txt", "/x/b.md"]);
  expect(paths((await copied("COPY src/a.txt /bin"))[0])).toEqual(["/bin", "/bin/a.txt"]);
  expect(paths((await copied("COPY src/a.txt /lib/a"))[0])).toEqual(["/usr", "/usr/lib", "/usr/lib/a"]);
  expect(paths((await copied("WORKDIR /w", "COPY link ."))[1])).toEqual(["/w", "/w/link"]);
  expect(paths((await copied("COPY --exclude=*.md src /e"))[0])).toEqual([
    "/e",
    "/e/a.txt",
    "/e/deep",
    "/e/deep/c.txt",
  ]);
  const [owned] = await copied("COPY --chown=app:staff --chmod=600 src/a.txt /o");
  expect(node(owned, "/o")).toMatchObject({ uid: 500, gid: 50, mode: 0o600 });
  const [plain] = await copied("COPY src/a.txt /o");
  expect(node(plain, "/o")).toMatchObject({ uid: 0, gid: 0, mode: 0o644 });
  await expect(copied("COPY nothere /x")).rejects.toThrow('"/nothere": not found');
  await expect(copied("COPY src /bin/sh")).rejects.toThrow("cannot copy to non-directory: /bin/sh");
  await expect(copied("COPY --chown=ghost src /x")).rejects.toThrow("unable to find user ghost");
  await expect(copied("ADD https://example.org/x /x")).rejects.toThrow("not supported: https://example.org/x");
});

test("COPY keeps names of any bytes, times, xattrs and holes", async () => {
  const { build, layers } = await fakeBuilder();
  const contents = new SparseBytes(10 * 2 ** 30, [{ offset: 2 ** 33, length: 512 }], new Uint8Array(512).fill(7));
  const odd = { contents, mtime: at(5, 6), xattrs: new Map([["user.\udcfe", Uint8Array.of(0, 255)]]), uid: 0, gid: 0 };
  const { layersMade } = await build({
    Dockerfile: { contents: encodePath("FROM busybox\nCOPY a\udcff* /to/\nCOPY <<\udcfe /in\n\udcfd\n\udcfe\n") },
    "a\udcffb": odd,
  });
  const copied = [...readTar(layers.tar(layersMade[0]!.diffID))].at(-1);
  expect(copied).toEqual({ ...odd, path: "to/a\udcffb", type: "file", mode: 0o644 });
  const [inline] = [...readTar(layers.tar(layersMade[1]!.diffID))].slice(-1);
  expect(inline!.contents).toEqual(Uint8Array.of(0xfd, 0x0a));
});

test("COPY is cached by content: times do not matter, bytes and modes do", async () => {
  const { build, events } = await fakeBuilder();
  const { tarOf } = await import("../fakes/fake-build.js");
  const dockerfile = { Dockerfile: "FROM busybox\nCOPY f /f\n" };
  const outcome = () => events.filter((event) => event.type === "span-end").at(-3);
  await build(tarOf({ ...dockerfile, f: "1" }, at(1000)));
  await build(tarOf({ ...dockerfile, f: "1" }, at(2000)));
  expect(outcome()).toMatchObject({ outcome: "cached" });
  await build(tarOf({ ...dockerfile, f: "2" }));
  expect(outcome()).toMatchObject({ outcome: "done" });
  await build(tarOf({ ...dockerfile, f: { contents: new TextEncoder().encode("2"), mode: 0o755 } }));
  expect(outcome()).toMatchObject({ outcome: "done" });
  await build(tarOf({ ...dockerfile, f: "2" }), { noCache: true });
  expect(outcome()).toMatchObject({ outcome: "done" });
});

test("ADD unpacks archives, plain and gzip, by what they are", async () => {
  const { build } = await fakeBuilder();
  const { tarOf } = await import("../fakes/fake-build.js");
  const { gzipSync } = await import("fflate");
  const inner = tarOf({ "d/": {}, "d/x": "x" });
  const files = {
    Dockerfile: "FROM busybox\nADD a.bin /one/\nADD b.bin /two\nADD plain.tar /three\n",
    "a.bin": { contents: inner },
    "b.bin": { contents: gzipSync(inner) },
    "plain.tar": "not an archive",
  };
  const { layersMade } = await build(files);
  expect(layersMade.map(paths)).toEqual([["/one", "/one/d", "/one/d/x"], ["/two", "/two/d", "/two/d/x"], ["/three"]]);
  expect(node(layersMade[0], "/one/d/x")).toMatchObject({ uid: 1000 });
});

test("only the stages that the target needs are built; ARG before FROM chooses the base", async () => {
  const { build, events } = await fakeBuilder({ "/bin/sh": () => 1 });
  const files = {
    Dockerfile: `ARG BASE=nosuch
FROM \${BASE} AS first
ENV FROM_FIRST=1
FROM busybox AS broken
RUN false
FROM first AS last
COPY --from=first /bin/sh /again
FROM broken
`,
  };
  const { image } = await build(files, { target: "last", buildArgs: { BASE: "busybox", TYPO: "1" } });
  expect(image.config.config!.Env).toEqual(["PATH=/bin", "FROM_FIRST=1"]);
  const stages = events.flatMap((event) =>
    event.type === "span-start" && event.kind === "stage" ? [event.title] : [],
  );
  expect(stages).toEqual(["first", "last"]);
  await expect(build(files, { target: "nope" })).rejects.toThrow('target stage "nope" could not be found');
  await expect(build(files, { target: "first" })).rejects.toThrow(
    "nosuch: failed to resolve source metadata for docker.io/library/nosuch:latest: nosuch: not found",
  );
});

test("what the ignore file leaves out is not there to copy; the Dockerfile is still read", async () => {
  const { build } = await fakeBuilder();
  const files = { ".dockerignore": "*.log\n!keep.log\nDockerfile\n", "a.log": "a", "keep.log": "k", b: "b" };
  const { layersMade } = await build({ Dockerfile: "FROM scratch\nCOPY . /\n", ...files });
  const { image } = await build({ Dockerfile: "FROM scratch\nCOPY . /\n", ...files });
  expect(layersMade).toEqual([]);
  expect(image.config.config).toEqual({
    Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    WorkingDir: "/",
  });
  await expect(build({ Dockerfile: "FROM scratch\nCOPY a.log /\n", ...files })).rejects.toThrow('"/a.log": not found');
});

test("ONBUILD is recorded, and carried out in the image built on it", async () => {
  const { build } = await fakeBuilder();
  await build({ Dockerfile: "FROM busybox\nONBUILD COPY f /from-parent\n" }, { tags: ["parent:latest"] });
  const { image, layersMade } = await build({ Dockerfile: "FROM parent\n", f: "f" });
  expect(layersMade.map(paths)).toEqual([["/from-parent"]]);
  expect(image.config.config).not.toHaveProperty("OnBuild");
});

test("a context that leads outside is refused", async () => {
  const { build } = await fakeBuilder();
  await expect(build({ Dockerfile: "FROM scratch\n", "../evil": "x" })).rejects.toThrow("../evil leads outside");
});
