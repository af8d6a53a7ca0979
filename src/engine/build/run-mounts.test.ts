import { expect, test } from "vitest";
import type { DirectoryNode, TreeNode } from "../../machine/ninep/tree.js";
import type { ReadCall } from "../../shared/calls/testfiles/read-list.js";
import { fakeBuilder } from "../fakes/fake-build.js";
import type { FakeProcess } from "../fakes/fake-machine.js";
import { CacheMounts } from "./cache-mounts.js";

/** `source → destination` of binds, and file systems, in order. */
function mounted(calls: readonly ReadCall[]): string[] {
  const sources = calls.filter(({ name }) => name === "open_tree").map(({ args }) => args[1] as string);
  const moves = calls.filter(({ name }) => name === "move_mount").map(({ args }) => args[3] as string);
  const places = moves.filter((path, index) => path !== moves[index - 1]);
  return sources.map((source, index) => `${source} → ${places[index]}`);
}

function at(node: TreeNode | undefined, path: string): TreeNode | undefined {
  return path
    .split("/")
    .reduce((found: TreeNode | undefined, name) => (found as DirectoryNode)?.children.get(name), node);
}

async function builder(program: (process: FakeProcess) => void = () => {}) {
  const seen: FakeProcess[] = [];
  const fake = await fakeBuilder({
    "/bin/sh": (process) => {
      seen.push(process);
      program(process);
      return 0;
    },
  });
  return { ...fake, seen };
}

test("a bind mount shows files as they are, in no layer; what changes in them has the step done again", async () => {
  const shown: (TreeNode | undefined)[] = [];
  const { build, machine, seen, runtime } = await builder(({ calls }) => {
    const source = mounted(calls)
      .find((line) => line.endsWith("→ /src"))!
      .split(" ")[0]!;
    const [name, ...path] = source.split("/layers/")[1]!.split("/");
    shown.push(at(machine.shelf.get(name!)?.root, path.join("/")));
  });
  const files = { Dockerfile: "FROM busybox\nRUN --mount=target=/src,source=d make\n", "d/f": "1", other: "x" };
  const { layersMade } = await build(files);
  await build({ ...files, other: "y" });
  await build({ ...files, "d/f": "2" });
  await runtime.idle();
  expect(seen).toHaveLength(2);
  expect(shown.map((node) => at(node, "f"))).toMatchObject([{ size: 1 }, { size: 1 }]);
  expect(layersMade[0]!.changes).toEqual([]);
  expect([...machine.shelf.keys()].filter((name) => name.startsWith("mount-"))).toEqual([]);
});

test("one file, from a stage and from an image", async () => {
  const { build, seen } = await builder();
  await build({
    Dockerfile: `FROM scratch AS one
COPY f /made/f
FROM busybox
RUN --mount=from=one,source=/made/f,target=/in/f --mount=from=busybox,target=/base true
`,
    f: "f",
  });
  const lines = mounted(seen[0]!.calls).filter((line) => line.includes("/mount-"));
  expect(lines.map((line) => line.replace(/.*\/mount-\w+/, ""))).toEqual(["/shown → /base", "/shown → /in/f"]);
});

test("a cache mount is the same directory in each build, whose contents decide nothing", async () => {
  const { build, seen, machine, cacheMounts } = await builder();
  const Dockerfile = "FROM busybox\nRUN --mount=type=cache,target=/root/.cache true\n";
  await build({ Dockerfile });
  await build({ Dockerfile });
  await build({ Dockerfile }, { noCache: true });
  const places = seen.map(({ calls }) => mounted(calls).find((line) => line.endsWith("→ /root/.cache")));
  expect(places[0]).toMatch(/^\/var\/lib\/drydock\/build-cache\/\w{12} → /);
  expect(places[1]).toBe(places[0]);
  await cacheMounts.prune();
  expect(machine.asked.at(-1)).toEqual({
    command: "file.remove",
    params: { path: places[0]!.split(" ")[0], recursive: true },
  });
});

test("a cache at two places is one, even where it is to itself", async () => {
  const { build, seen } = await builder();
  const mount = (target: string) => `--mount=type=cache,id=c,sharing=locked,target=${target}`;
  await build({ Dockerfile: `FROM busybox\nRUN ${mount("/a")} ${mount("/b")} true\nRUN ${mount("/a")} true\n` });
  const [a, b] = mounted(seen[0]!.calls).filter((line) => line.includes("build-cache"));
  expect([a!.split(" → ")[1], b!.split(" → ")[1]]).toEqual(["/a", "/b"]);
  expect(b!.split(" ")[0]).toBe(a!.split(" ")[0]);
  expect(seen).toHaveLength(2);
});

test("who wants a cache to themselves waits for it, or gets another", async () => {
  const { machine, runtime } = await fakeBuilder();
  const caches = new CacheMounts(machine.agent, runtime.randomID);
  const mount = { type: "cache", readOnly: false } as const;
  const first = await caches.hold("id", { ...mount, sharing: "locked" });
  let isSecond = false;
  const second = caches.hold("id", { ...mount, sharing: "locked" }).then((held) => {
    isSecond = true;
    return held;
  });
  const other = await caches.hold("id", { ...mount, sharing: "private" });
  const shared = await caches.hold("id", mount);
  expect([isSecond, other.directory === first.directory, shared.directory === first.directory]).toEqual([
    false,
    false,
    true,
  ]);
  first.release();
  expect((await second).directory).toBe(first.directory);
});

test("a secret is a file of the process's own, or a variable, and nothing else knows of it", async () => {
  const { build, seen, events, layers, images } = await builder();
  const files = {
    Dockerfile: `FROM busybox
RUN --mount=type=secret,id=token --mount=type=secret,id=a/hosts,target=/k,mode=0440,uid=5 --mount=type=secret,id=token,env=T true
`,
  };
  const secrets = (text: string) =>
    new Map([
      ["token", new TextEncoder().encode(text)],
      ["a/hosts", Uint8Array.of(0, 255)],
    ]);
  const { image } = await build(files, { secrets: secrets("s3cret") });
  const { calls, env } = seen[0]!;
  expect(env).toContain("T=s3cret");
  const written = calls.filter(({ name }) => name === "write").map(({ args }) => args[1]);
  expect(written).toContain("s3cret");
  expect(mounted(calls).filter((line) => line.includes("secret-"))).toEqual([
    "/run/drydock/containers/secret-token → /run/secrets/token",
    "/run/drydock/containers/secret-a-hosts → /k",
  ]);
  expect(calls.filter(({ name }) => name === "lchown32").map(({ args }) => args)).toContainEqual([
    "/run/drydock/containers/secret-a-hosts",
    5,
    0,
  ]);
  // Another value is not another step.
  await build(files, { secrets: secrets("other") });
  expect(seen).toHaveLength(1);
  const kept = [
    JSON.stringify(events),
    JSON.stringify(image.config),
    ...images.list().map(({ configBytes }) => new TextDecoder().decode(configBytes)),
  ];
  for (const { diffID } of image.config.rootfs.diff_ids.map((id) => layers.get(id)!))
    kept.push(new TextDecoder().decode(layers.tar(diffID)));
  expect(kept.filter((text) => text.includes("s3cret"))).toEqual([]);
});

test("a secret that is not given: left out, or refused where it is required", async () => {
  const { build, seen } = await builder();
  await build({ Dockerfile: "FROM busybox\nRUN --mount=type=secret,id=s true\n" });
  expect(mounted(seen[0]!.calls).filter((line) => line.includes("secret"))).toEqual([]);
  await expect(build({ Dockerfile: "FROM busybox\nRUN --mount=type=secret,id=s,required true\n" })).rejects.toThrow(
    "secret s: not found",
  );
});

test("tmpfs, with variables in its values, at a relative place", async () => {
  const { build, seen } = await builder();
  await build({ Dockerfile: "FROM busybox\nWORKDIR /w\nARG T=tmp\nRUN --mount=type=tmpfs,target=$T/x,size=1m true\n" });
  const mounts = seen[0]!.calls.filter(({ name, args }) => name === "mount" && args[1] === "/w/tmp/x");
  expect(mounts[0]!.args.at(-1)).toBe("size=1048576");
});

test("a heredoc that begins with #! is a file that the shell calls", async () => {
  const { build, seen } = await builder();
  const script = (line: string) => `FROM busybox\nRUN <<EOF\n#!/bin/awk -f\n${line}\nEOF\n`;
  const { image } = await build({ Dockerfile: script("BEGIN { print 1 }") });
  expect(seen[0]!.args).toEqual(["/bin/sh", "-c", "/dev/pipes/EOF"]);
  expect(mounted(seen[0]!.calls)).toContain("/run/drydock/containers/script → /dev/pipes/EOF");
  expect(image.config.history!.at(-1)!.created_by).toBe("RUN /bin/sh -c /dev/pipes/EOF # buildkit");
  await build({ Dockerfile: script("BEGIN { print 2 }") });
  expect(seen).toHaveLength(2);
});

test.each([
  ["type=bind,target=/x,rw", "RUN --mount=type=bind with rw is not supported: copy what is to change at /x"],
  ["type=bind,target=/", 'invalid mount target "/"'],
  ["source=none,target=/x", 'failed to compute cache key: "/none": not found'],
  ["type=cache,target=/x,uid=5", "RUN --mount=type=cache with uid or gid is not supported: give mode=0777 instead"],
  ["type=cache,target=/x,from=busybox", "RUN --mount=type=cache with from is not supported: cache mounts begin empty"],
  ["type=ssh", "RUN --mount=type=ssh is not supported: there is no SSH agent here"],
])("--mount=%s is refused in words", async (mount, message) => {
  const { build } = await builder();
  await expect(build({ Dockerfile: `FROM busybox\nRUN --mount=${mount} true\n` })).rejects.toMatchObject({ message });
});

test("a stage that comes later cannot be mounted from", async () => {
  const { build } = await builder();
  const Dockerfile = "FROM busybox AS a\nRUN --mount=from=b,target=/b true\nFROM scratch AS b\nFROM a\n";
  await expect(build({ Dockerfile })).rejects.toThrow(
    'cannot mount from stage "b" to "/b", stage needs to be defined before current command',
  );
});

test("--no-cache-filter has the named stages done again, and no others", async () => {
  const { build, seen } = await builder();
  const Dockerfile = "FROM busybox AS one\nRUN true\nFROM busybox AS two\nCOPY --from=one / /one\nRUN false || true\n";
  await build({ Dockerfile });
  await build({ Dockerfile }, { noCacheFilter: ["Two"] });
  expect(seen).toHaveLength(3);
});
