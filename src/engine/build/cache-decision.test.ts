import { expect, test } from "vitest";
import { fakeBuilder } from "../fakes/fake-build.js";

type Files = Parameters<Awaited<ReturnType<typeof fakeBuilder>>["build"]>[0];
type Request = Parameters<Awaited<ReturnType<typeof fakeBuilder>>["build"]>[1];

/** Builds twice. @returns what is said of each step the second time. */
async function again(
  first: Files,
  second: Files,
  request: Request = {},
  firstRequest: Request = {},
): Promise<string[]> {
  const { build, events } = await fakeBuilder({ "/bin/sh": () => 0 });
  await build(first, firstRequest);
  const before = events.length;
  await build(second, request);
  return events.slice(before).flatMap((event) => (event.type === "cache" ? [event.text] : []));
}

const dockerfile = (...lines: string[]) => ["FROM busybox", ...lines, ""].join("\n");
const HIT = "cache hit: nothing that it depends on has changed";

test("a file that changed, and what was built on it", async () => {
  const Dockerfile = dockerfile("WORKDIR /app", "COPY . .", "RUN make", "RUN check");
  const file = (text: string, mode = 0o644) => ({ contents: new TextEncoder().encode(text), mode });
  const parent = "cache miss: COPY . . comes before it and was done again";
  const first = { Dockerfile, "a.txt": file("1"), "b.txt": file("1"), "run.sh": file("x") };
  expect(await again(first, first)).toEqual([HIT, HIT, HIT, HIT]);
  const changes = async (second: object) => (await again(first, { Dockerfile, ...second } as Files)).slice(0, 3);
  expect(await changes({ ...first, "b.txt": file("2") })).toEqual([
    HIT,
    "cache miss: /app/b.txt has other contents",
    // What a RUN of a fake makes is the same each time, but the layers below it are not.
    parent,
  ]);
  expect((await changes({ ...first, "run.sh": file("x", 0o755) }))[1]).toBe("cache miss: /app/run.sh has other mode");
  expect((await changes({ ...first, "c.txt": "3" }))[1]).toBe("cache miss: /app/c.txt was added");
  expect((await changes({ "a.txt": file("2"), "run.sh": file("x") }))[1]).toBe(
    "cache miss: /app/a.txt has other contents, and 1 more",
  );
  expect((await changes({ "a.txt": file("1"), "run.sh": file("x") }))[1]).toBe("cache miss: /app/b.txt was removed");
});

test("a variable that a RUN sees", async () => {
  const Dockerfile = dockerfile("ARG V", "RUN true");
  const files = { Dockerfile };
  expect(await again(files, files, { buildArgs: { V: "2" } }, { buildArgs: { V: "1" } })).toEqual([
    'cache miss: V is "2", was "1"',
  ]);
  expect(await again(files, files, { buildArgs: { V: "2" } })).toEqual(['cache miss: V is "2", was not set']);
  expect(
    await again({ Dockerfile: dockerfile("ENV E=1", "RUN true") }, { Dockerfile: dockerfile("RUN true") }),
  ).toEqual(['cache miss: E is not set, was "1"']);
});

test.each<[string, string[], string[], string[]]>([
  ["another instruction", ["RUN make"], ["RUN make all"], ["cache miss: the instruction was RUN make"]],
  ["a new one", ["RUN one"], ["RUN one", "RUN two"], [HIT, "cache miss: not built before"]],
  ["another user", ["RUN one"], ["USER app", "RUN one"], ["cache miss: its user changed"]],
  ["another directory", ["RUN one"], ["WORKDIR /", "RUN one"], [HIT]],
  ["another shell", ["RUN one"], ['SHELL ["/bin/sh", "-e"]', "RUN one"], ["cache miss: its command changed"]],
  [
    "another mount",
    ["RUN --mount=target=/c one"],
    ["RUN --mount=target=/c one", "LABEL a=b"],
    ["cache miss: /c/Dockerfile has other contents"],
  ],
  ["another network", ["RUN one"], ["RUN --network=none one"], ["cache miss: the instruction was RUN one"]],
  [
    "one written like it before it",
    ["RUN one", "RUN one"],
    ["COPY Dockerfile /", "RUN one", "RUN one"],
    [
      "cache miss: not built before",
      "cache miss: COPY Dockerfile / comes before it and was done again",
      "cache miss: COPY Dockerfile / comes before it and was done again",
    ],
  ],
])("%s", async (_name, first, second, told) => {
  expect(await again({ Dockerfile: dockerfile(...first) }, { Dockerfile: dockerfile(...second) })).toEqual(told);
});

test("other instructions before it, that themselves are there", async () => {
  const copies = ["COPY --link a /a", "COPY --link b /b", "RUN make"];
  const files = { a: "a", b: "b" };
  const [a, b, make] = copies as [string, string, string];
  const told = await again(
    { Dockerfile: dockerfile(a, b, make), ...files },
    { Dockerfile: dockerfile(b, a, make), ...files },
  );
  expect(told).toEqual([HIT, HIT, "cache miss: other instructions come before it than last time"]);
});

test("another base, and no cache", async () => {
  const on = (base: string) => ({ Dockerfile: `FROM ${base}\nRUN one\n` });
  expect(await again(on("busybox"), on("scratch\nCOPY Dockerfile /bin/sh"))).toEqual([
    "cache miss: not built before",
    "cache miss: what the stage begins from has changed",
  ]);
  expect(await again(on("busybox"), on("busybox"), { noCache: true })).toEqual([
    "cache miss: the cache is not to be used",
  ]);
});

test("in the trace it is data", async () => {
  const { build, events } = await fakeBuilder();
  const Dockerfile = dockerfile("COPY f /to/");
  await build({ Dockerfile, f: "1" });
  await build({ Dockerfile, f: "2" });
  expect(events.findLast((event) => event.type === "cache")).toMatchObject({
    cause: { kind: "file", path: "/to/f", change: "contents", more: 0 },
  });
});
