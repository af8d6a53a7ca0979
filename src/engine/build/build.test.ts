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

const history = ({ config }: { config: { history?: readonly { created_by?: string }[] } }) =>
  config.history!.map((entry) => entry.created_by);

test("history has what BuildKit's has: no ONBUILD, no --link, heredocs by name", async () => {
  const { build } = await fakeBuilder();
  const { image } = await build({
    Dockerfile: `FROM scratch
ONBUILD COPY f /
COPY --link --chown=1:2 f /a
COPY --parents f <<one /d/
x
one
COPY ["<<EOF", "/json"]
`,
    f: "f",
  });
  expect(history(image)).toEqual([
    "COPY --chown=1:2 f /a # buildkit",
    "COPY --parents f <<one /d/ # buildkit",
    "COPY <<EOF /json # buildkit",
  ]);
  expect(image.config.config!.OnBuild).toEqual(["COPY f /"]);
});

test("a heredoc's word in the JSON form is a file without text", async () => {
  const { build } = await fakeBuilder();
  const { layersMade } = await build({ Dockerfile: 'FROM busybox\nCOPY ["<<EOF", "/x"]\n' });
  expect(node(layersMade[0], "/x")).toMatchObject({ type: "file", size: 0 });
});

test("instructions before the first new layer are as old as that, not as the base", async () => {
  const { build } = await fakeBuilder();
  const { image } = await build({ Dockerfile: "FROM busybox\nENV A=1\nCOPY f /f\nENV B=2\n", f: "f" });
  const times = image.config.history!.map(({ created }) => created!.slice(0, 4));
  expect(times).toEqual(["2024", "2023", "2023", "2023"]);
  expect(new Set(image.config.history!.slice(1).map(({ created }) => created)).size).toBe(1);
  expect(image.config.created).toBe(image.config.history!.at(-1)!.created);
  const { image: bare } = await build({ Dockerfile: "FROM busybox\nENV A=1\n" });
  expect(bare.config.history!.at(-1)!.created).toBe("2024-01-01T00:00:00Z");
});

test("of ARG and ENV the later counts in a stage, and in one built on it; the image has ENV's", async () => {
  const seen: (string | undefined)[] = [];
  const { build } = await fakeBuilder({
    "/bin/sh": ({ env }) => {
      seen.push(env.find((entry) => entry.startsWith("A=")));
      return 0;
    },
  });
  const run = "RUN true\n";
  const arg = `FROM busybox AS a\nENV A=2\nARG A=9\n${run}FROM a\n${run}ARG A\n${run}`;
  const { image } = await build({ Dockerfile: arg });
  expect(history(image).filter((line) => line?.startsWith("RUN"))).toEqual([
    "RUN |1 A=9 /bin/sh -c true # buildkit",
    "RUN |1 A=2 /bin/sh -c true # buildkit",
    "RUN |1 A=2 /bin/sh -c true # buildkit",
  ]);
  expect(image.config.config!.Env).toEqual(["PATH=/bin", "A=2"]);
  await build({ Dockerfile: `FROM busybox\nARG A=9\nENV A=3\n${run}ARG B=$A A=\${B}0 C\nLABEL c=$A\n` });
  expect(seen).toEqual(["A=9", "A=2", "A=2", "A=3"]);
});

test("a default that is not wanted is not read", async () => {
  const { build } = await fakeBuilder();
  const Dockerfile = "ARG X=${Y:?first}\nFROM busybox\nARG Y=${Z:?second}\nLABEL y=$Y\n";
  const { image } = await build({ Dockerfile }, { buildArgs: { X: "1", Y: "2" } });
  expect(image.config.config!.Labels).toEqual({ y: "2" });
  await expect(build({ Dockerfile }, { buildArgs: { X: "1" } })).rejects.toThrow("Z: second");
});

test.each([
  ["EXPOSE 8080:80", ["80/tcp"]],
  ["EXPOSE 127.0.0.1:8080:80/UDP [::1]:1:2", ["80/udp", "2/tcp"]],
  ["EXPOSE 8000-9000:80 7-9:17-19", ["80/tcp", "17/tcp", "18/tcp", "19/tcp"]],
])("%s", async (line, ports) => {
  const { build } = await fakeBuilder();
  const { image } = await build({ Dockerfile: `FROM scratch\n${line}\n` });
  expect(Object.keys(image.config.config!.ExposedPorts!).sort()).toEqual([...ports].sort());
});

test.each([
  ["EXPOSE x", "invalid containerPort: x"],
  ["EXPOSE 80/icmp", 'invalid port: "80/icmp": invalid proto: icmp'],
  ["EXPOSE 1.2.3:1:2", "invalid IP address: 1.2.3"],
  ["EXPOSE a:80", "invalid hostPort: a"],
  ["EXPOSE 1-3:8-9", "invalid ranges specified for container and host Ports: 8-9 and 1-3"],
  [
    "COPY --from=two /f /\nFROM busybox AS two\nFROM scratch\nCOPY --from=0 / /",
    'cannot copy from stage "two", it needs to be defined before current stage "stage-0"',
  ],
  ["COPY --from=0 /f /", "circular dependency detected on stage: stage-0"],
  ["COPY --from=9 /f /", "invalid stage index 9"],
  [
    "ARG S=a\nCOPY --from=$S /f /",
    "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
  ],
  ["COPY http://h/f /", "source can't be a URL for COPY"],
  ["COPY git@h:a/b.git /", "source can't be a git ref for COPY"],
  ["ADD --checksum=sha256:0 f /", "checksum requires HTTP(S) or Git sources"],
  ["RUN --mount=type=tmpf,target=/t true", 'unsupported mount type "tmpf" (did you mean tmpfs?)'],
  ["STOPSIGNAL NOPE", "invalid signal: NOPE"],
  ["STOPSIGNAL 0", "invalid signal: 0"],
])("%s is refused in BuildKit's words", async (lines, message) => {
  const { build } = await fakeBuilder();
  await expect(build({ Dockerfile: `FROM busybox\n${lines}\n`, f: "f" })).rejects.toMatchObject({ message });
});

test("stages that take from one another are refused, wanted or not", async () => {
  const { build } = await fakeBuilder();
  const circle =
    "FROM busybox AS a\nCOPY --from=b /f /\nFROM busybox AS b\nRUN --mount=from=a,target=/a true\nFROM busybox\n";
  await expect(build({ Dockerfile: circle })).rejects.toThrow("circular dependency detected on stage: a");
});

test("FROM takes a stage's name as it is written; a target that is none is told with what is near", async () => {
  const { build } = await fakeBuilder();
  await expect(build({ Dockerfile: "FROM busybox AS one\nFROM 0\n" })).rejects.toThrow("0: failed to resolve");
  await expect(build({ Dockerfile: "FROM busybox AS one\n" }, { target: "on" })).rejects.toThrow(
    'target stage "on" could not be found (did you mean one?)',
  );
});

test("a linked copy is the same on whatever is below", async () => {
  const { build, events } = await fakeBuilder();
  const outcome = () => events.findLast((event) => event.type === "span-end" && event.outcome !== "done");
  await build({ Dockerfile: "FROM busybox\nCOPY --link f /lib/f\n", f: "f" });
  const { layersMade } = await build({ Dockerfile: "FROM scratch\nCOPY --link f /lib/f\n", f: "f" });
  expect(outcome()).toMatchObject({ outcome: "cached" });
  expect(layersMade).toEqual([]);
});

test("steps are named with their variables replaced", async () => {
  const { build, events } = await fakeBuilder({ "/bin/sh": () => 0 });
  await build({ Dockerfile: "FROM busybox\nONBUILD workdir /w\n" }, { tags: ["parent:latest"] });
  const Dockerfile = "FROM parent\nARG A=f\ncopy $A \"/to/$A\"\nRUN echo $A $B '$C'\nRUN <<E\necho 1\necho 2\nE\n";
  await build({ Dockerfile, f: "f" });
  const titles = events.flatMap((event) => (event.type === "span-start" && event.step ? [event.title] : []));
  expect(titles.slice(-4)).toEqual(["ONBUILD WORKDIR /w", "COPY f /to/f", "RUN echo f $B '$C'", "RUN <<E (echo 1...)"]);
});

test("what a RUN writes below a VOLUME stays in the layer", async () => {
  const { build, machine } = await fakeBuilder({ "/bin/sh": () => 0 });
  const entry = { mode: 0o644, uid: 0, gid: 0, mtime: at(5) };
  machine.diff = {
    entries: [
      { ...entry, path: "v", type: "directory", mode: 0o755 },
      { ...entry, path: "v/f", type: "file", size: 1, offset: 0 },
    ],
    contents: "f",
  };
  const { layersMade } = await build({ Dockerfile: "FROM busybox\nVOLUME /v\nRUN echo f >/v/f\n" });
  expect(paths(layersMade[0])).toContain("/v/f");
});

test("what checks find is told as warnings, in the trace too, however the build ends", async () => {
  const { build, events } = await fakeBuilder({ "/bin/sh": () => 1 });
  const { warnings } = await build({ Dockerfile: "FROM busybox\nCMD x\n" }, { buildArgs: { V: "1" } });
  const json =
    "JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals";
  expect(warnings).toEqual([`${json} (line 2)`, "One or more build-args [V] were not consumed"]);
  await expect(build({ Dockerfile: "FROM busybox\nCMD x\nRUN false\n" })).rejects.toThrow("exit code: 1");
  const told = events.filter((event) => event.type === "warning");
  expect(told).toMatchObject([
    { rule: "JSONArgsRecommended", firstLine: 2, lastLine: 2 },
    { rule: "JSONArgsRecommended", text: `${json} (line 2)` },
  ]);
});

test("findings fail the build where it asks for that, before anything is done", async () => {
  const { build, machine } = await fakeBuilder({ "/bin/sh": () => 0 });
  const Dockerfile = "# check=error=true\nFROM busybox AS A\nRUN true\nENV a b\n";
  await expect(build({ Dockerfile })).rejects.toThrow(
    "lint violation found for rules: StageNameCasing, LegacyKeyValueFormat",
  );
  expect(machine.asked).toEqual([]);
  const { warnings } = await build({ Dockerfile }, { buildArgs: { BUILDKIT_DOCKERFILE_CHECK: "skip=all" } });
  expect(warnings).toEqual([]);
});

test("a Dockerfile from elsewhere is not there to copy", async () => {
  const { build } = await fakeBuilder();
  const files = { ".drydock.dockerfile": "FROM busybox\nCOPY . /all\n", f: "f" };
  const { layersMade } = await build(files, { dockerfile: ".drydock.dockerfile" });
  expect(paths(layersMade[0])).toEqual(["/all", "/all/f"]);
});

test("an empty command takes away what was there", async () => {
  const { build } = await fakeBuilder();
  const { image } = await build({ Dockerfile: 'FROM busybox\nENTRYPOINT ["a"]\nENTRYPOINT []\nCMD []\n' });
  expect(JSON.parse(JSON.stringify(image.config.config))).toEqual({ Env: ["PATH=/bin"], WorkingDir: "/" });
  expect(history(image).slice(-2)).toEqual(["ENTRYPOINT []", "CMD []"]);
});
