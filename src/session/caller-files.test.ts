import { expect, test } from "vitest";
import type { WorkspaceEntry } from "../machine/machine.js";
import type { CollectedEntry } from "../protocol/collected-entry.js";
import { CommandError } from "../protocol/peer.js";
import { type FileData, wholeOf } from "../shared/files/sparse-bytes.js";
import { callerFiles, type FilesMachine } from "./caller-files.js";
import { resolvePath, workspacePath } from "./guest-paths.js";

const text = (data?: FileData) => data && new TextDecoder().decode(wholeOf(data));
const OWNED = { uid: 0, gid: 0, mtime: { seconds: 5, nanoseconds: 6 } };
const encode = (value: string) => new TextEncoder().encode(value);

interface Fakes {
  calls: [string, unknown][];
  machine: FilesMachine;
  exchanged: Map<string, Uint8Array>;
  workspaceFiles: Map<string, Uint8Array>;
}

function fakes(collected: CollectedEntry[] = [], contents = ""): Fakes {
  const calls: [string, unknown][] = [];
  const exchanged = new Map<string, Uint8Array>();
  const workspaceFiles = new Map<string, Uint8Array>([
    ["Dockerfile", encode("FROM busybox\n")],
    ["src/main.c", encode("int main;")],
  ]);
  const entries = (): WorkspaceEntry[] => [
    { path: "Dockerfile", type: "file", size: 13, mode: 0o644, ...OWNED },
    { path: "src", type: "directory", size: 0, mode: 0o755, ...OWNED },
    { path: "src/main.c", type: "file", size: 9, mode: 0o600, ...OWNED },
    { path: "src/link", type: "symlink", size: 0, mode: 0o777, ...OWNED, target: "main.c" },
  ];
  const agent = {
    openInput: () => ({
      id: 3,
      cancel() {},
      async *[Symbol.asyncIterator]() {
        const bytes = encode(collected.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
        // A line parted between chunks must come out whole.
        yield bytes.subarray(0, 10);
        yield bytes.subarray(10);
      },
    }),
    async call(command: string, params: { root?: string; contents?: string }) {
      calls.push([command, params]);
      if (params.root === "/nowhere") {
        throw new CommandError(command, { code: "not-found", message: "no such file: /nowhere" });
      }
      if (contents) exchanged.set(params.contents ?? "", encode(contents));
      return { entries: collected.length, contentBytes: contents.length };
    },
  };
  const machine = {
    agent,
    exchange: {
      name: () => "x1",
      put: (name: string, bytes: Uint8Array) => exchanged.set(name, bytes),
      take: (name: string) => exchanged.get(name) ?? new Uint8Array(),
    },
    workspace: {
      list: entries,
      read: (path: string) => workspaceFiles.get(path),
      data: (path: string) => workspaceFiles.get(path),
      write: async (path: string, bytes: Uint8Array) => void workspaceFiles.set(path, bytes),
    },
  } as unknown as FilesMachine;
  return { calls, machine, exchanged, workspaceFiles };
}

test.each([
  ["/root/work", ".", "/root/work"],
  ["/root", "work/./src//x", "/root/work/src/x"],
  ["/root/work", "../../etc/", "/etc"],
  ["/", "../..", "/"],
  ["/root", "/tmp/a", "/tmp/a"],
])("from %s, %s is %s", (cwd, path, expected) => expect(resolvePath(cwd, path)).toBe(expected));

test("only what lies below the workspace is in it", () => {
  expect(workspacePath("/root/work")).toBe("");
  expect(workspacePath("/root/work/a/b")).toBe("a/b");
  expect(workspacePath("/root/worker")).toBeUndefined();
});

test("a directory of the workspace is collected on the page, with what the guest wrote flushed first", async () => {
  const { machine, calls } = fakes();
  const entries = await callerFiles(machine, "/root/work").collect("src");
  expect(
    entries.map(({ path, type, mode, contents, linkname }) => [path, type, mode, text(contents) ?? linkname]),
  ).toEqual([
    ["main.c", "file", 0o600, "int main;"],
    ["link", "symlink", 0o777, "main.c"],
  ]);
  expect(calls).toEqual([["file.sync", {}]]);
});

test("a single file of the workspace has the empty path", async () => {
  const entries = await callerFiles(fakes().machine, "/root/work/src").collect("../Dockerfile");
  expect(entries).toMatchObject([{ path: "", type: "file", mode: 0o644 }]);
});

test("a missing path is told as stat does", async () => {
  const files = callerFiles(fakes().machine, "/root/work");
  await expect(files.collect("nope")).rejects.toThrow("stat /root/work/nope: no such file or directory");
  await expect(files.collect("/nowhere")).rejects.toThrow("stat /nowhere: no such file or directory");
});

test("other guest directories come through the agent and the exchange", async () => {
  const at = { uid: 1, gid: 2, mtime: { seconds: 7, nanoseconds: 5 } };
  const { machine } = fakes(
    [
      { path: "a", type: "file", mode: 0o644, size: 3, offset: 0, ...at },
      { path: "b", type: "hardlink", mode: 0o644, linkname: "a", ...at },
      { path: "c", type: "file", mode: 0o644, size: 2, offset: 3, ...at },
      { path: "tty", type: "character", mode: 0o644, major: 5, minor: 0, ...at },
    ],
    "abcde",
  );
  const entries = await callerFiles(machine, "/tmp").collect("/srv");
  expect(entries.map(({ path, contents, mtime }) => [path, text(contents), mtime])).toEqual([
    ["a", "abc", at.mtime],
    ["b", "abc", at.mtime],
    ["c", "de", at.mtime],
  ]);
});

test("writes go to the workspace, or are placed by the agent", async () => {
  const { machine, calls, exchanged, workspaceFiles } = fakes();
  await callerFiles(machine, "/root/work").write("out.tar", encode("w"));
  await callerFiles(machine, "/tmp").write("out.tar", encode("g"), 0o600);
  expect(text(workspaceFiles.get("out.tar"))).toBe("w");
  expect(text(exchanged.get("x1"))).toBe("g");
  expect(calls).toEqual([["file.place", { exchange: "x1", path: "/tmp/out.tar", mode: 0o600 }]]);
});
