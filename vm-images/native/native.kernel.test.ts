/**
 * The guest's programs, built here and run on this machine's kernel. The slow part, compiling QuickJS, is kept in the
 * cache.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as constants from "../../src/agent/system/constants.js";
import { cacheDir } from "../../src/node/paths.js";
import { buildNative, type NativeArtifacts } from "./build.js";
import { compileAgent } from "./compile-agent.js";
import { findToolchain } from "./toolchain.js";

const isRoot = process.getuid?.() === 0;
const nativeCache = join(cacheDir, "native");
const work = mkdtempSync(join(tmpdir(), "drydock-native-"));
let native: NativeArtifacts;
let trips: string;

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

function run(program: string, args: string[], cwd = work): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** What one round trip of src/agent/system/testfiles brings back. */
async function trip(name: string): Promise<{ result: unknown } & Outcome> {
  const dir = mkdtempSync(join(work, "trip-"));
  const outcome = await run(native.agentHost, [trips, dir, native.docker, name]);
  if (!outcome.stdout) throw new Error(`${name} exits with ${outcome.code}: ${outcome.stderr}`);
  return { ...outcome, result: (JSON.parse(outcome.stdout) as Record<string, unknown>)[name] };
}

beforeAll(async () => {
  native = await buildNative({ outputDir: join(work, "bin"), cacheDir: nativeCache });
  trips = join(work, "trips.qjsc");
  const entry = join(import.meta.dirname, "../../src/agent/system/testfiles/round-trips.ts");
  await compileAgent({ agentHost: native.agentHost, outFile: trips, entry });
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

test("the constants are the headers'", async () => {
  const { flags } = await findToolchain(nativeCache);
  const headers = [
    "sched",
    "fcntl",
    "signal",
    "sys/mount",
    "sys/prctl",
    "sys/resource",
    "sys/stat",
    "linux/capability",
    "unistd",
  ];
  const source = [
    ...headers.map((name) => `#include <${name}.h>`),
    "#include <stdio.h>",
    "int main(void) {",
    ...Object.keys(constants).map((name) => `printf("%s %lld\\n", "${name}", (long long)${name});`),
    "}",
  ];
  writeFileSync(join(work, "constants.c"), source.join("\n"));
  const defines = ["-D_GNU_SOURCE", "-DMS_NOSYMFOLLOW=256"];
  const built = await run("gcc", [...flags, ...defines, "-w", "-static", "constants.c", "-o", "constants"]);
  expect(built.stderr).toBe("");
  const { stdout } = await run(join(work, "constants"), []);
  expect(
    Object.fromEntries(
      stdout
        .trim()
        .split("\n")
        .map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]),
    ),
  ).toEqual({ ...constants });
});

describe("agent-host", () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(work, name), text);
    return name;
  };

  test("runs a script or its bytecode, with arguments", async () => {
    const script = write("echo.js", 'import { args } from "linux"; print(...args);');
    expect(await run(native.agentHost, [script, "a", "b c"])).toEqual({ code: 0, stdout: "a b c\n", stderr: "" });
    expect((await run(native.agentHost, ["--compile", script, "echo.qjsc"])).code).toBe(0);
    expect((await run(native.agentHost, ["echo.qjsc", "x"])).stdout).toBe("x\n");
  });

  test("the same source gives the same bytecode", async () => {
    const script = write("same.js", "print(1);");
    await run(native.agentHost, ["--compile", script, "one.qjsc"]);
    mkdirSync(join(work, "elsewhere"));
    writeFileSync(join(work, "elsewhere", "same.js"), "print(1);");
    await run(native.agentHost, ["--compile", "elsewhere/same.js", "two.qjsc"]);
    expect(readFileSync(join(work, "one.qjsc")).equals(readFileSync(join(work, "two.qjsc")))).toBe(true);
  });

  test.each([
    ["while it loads", "null.x;", 1, /^uncaught: TypeError: .*\n {4}at <anonymous> \(bad\.js:1:\d+\)\n$/],
    ["of its syntax", "let 1;", 1, /^uncaught: SyntaxError/],
    ["in bytecode that is none", "no bytecode", 1, /^uncaught: SyntaxError/],
  ])("tells an error %s, with its stack", async (name, text, code, message) => {
    const file = write(name.startsWith("in bytecode") ? "bad.qjsc" : "bad.js", text);
    const outcome = await run(native.agentHost, [file]);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(message);
  });

  test("a wrong command line, a missing file", async () => {
    expect((await run(native.agentHost, [])).code).toBe(2);
    expect(await run(native.agentHost, ["none.js"])).toMatchObject({
      code: 2,
      stderr: "agent-host: none.js: No such file or directory\n",
    });
  });
});

describe("files", () => {
  test.skipIf(!isRoot)("tree (makes device nodes and foreign owners: needs root)", async () => {
    expect((await trip("tree")).result).toEqual({
      taken: 5,
      names: ["fifo", "renamed", "symlink", "tty", "whiteout", "ä file"],
      stat: {
        mode: 0o104755,
        uid: 12,
        gid: 34,
        size: 5,
        blocks: 8,
        mtime: { seconds: 1234567890, nanoseconds: 123456789 },
        nlink: 2,
        major: 0,
        minor: 0,
      },
      link: { mode: 0o120777, uid: 1, gid: 70000, target: "ä file" },
      device: [5, 700],
      content: "hello",
      after: [],
    });
  });

  test("contents", async () => {
    expect((await trip("contents")).result).toEqual({
      first: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      counts: [200_000, 99_990, 0],
      same: true,
      end: 0,
      short: "short",
    });
  });

  test.skipIf(!isRoot)("extended attributes (trusted ones: needs root)", async () => {
    expect((await trip("xattrs")).result).toEqual({
      names: ["trusted.empty", "trusted.overlay.opaque"],
      value: "y",
      empty: 0,
      missing: "lgetxattr DIR trusted.none: ENODATA",
    });
  });

  test.skipIf(!isRoot)("names of any bytes (trusted xattrs: needs root)", async () => {
    const everyByte = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1).filter((byte) => byte !== 0x2f));
    expect((await trip("names")).result).toEqual({
      names: [everyByte.toString("hex"), "edb3bfc0f09f9880ff"],
      target: "edb3bfc0f09f9880ff",
      xattrs: [Buffer.from("trusted.\xff", "latin1").toString("hex")],
      same: true,
      lstat: "120000",
    });
  });

  test("holes", async () => {
    expect((await trip("holes")).result).toEqual({
      end: 10 * 2 ** 30,
      size: 10 * 2 ** 30 + 1,
      isSparse: true,
      data: true,
      hole: 10 * 2 ** 30 + 1,
      after: `lseek FD ${10 * 2 ** 30 + 1} 3: ENXIO`,
    });
  });

  test("errors name the call, its arguments and the error", async () => {
    expect((await trip("errors")).result).toEqual([
      "open /nowhere/at all: ENOENT",
      "mkdir DIR: EEXIST",
      "close 999: EBADF",
      "stat aNULb: EINVAL",
      "mount none on /nowhere: ENOENT",
      "execve /nowhere: ENOENT",
      "write /proc/sys/kernel/none 1: ENOENT",
    ]);
  });

  test("pipes", async () => {
    const { result } = await trip("pipes");
    expect(result).toMatchObject({ before: null, atEnd: 0 });
    expect((result as { room: number }).room).toBe((result as { found: number }).found);
  });

  test("sockets pass descriptors and keep messages whole", async () => {
    expect((await trip("sockets")).result).toEqual({
      text: "first",
      fds: 1,
      through: [42],
      pipeEnd: 0,
      tooLong: "recvmsg N N: EMSGSIZE",
      nothing: null,
      gone: { bytes: {}, fds: [] },
      mode: 0o600,
      noOne: "accept4 N: EAGAIN",
    });
  });

  test("text", async () => {
    const words = ["", "plain", "ü€😀", "�!", "nul\0in"];
    expect((await trip("text")).result).toEqual({
      utf8: words.map((word) => [...Buffer.from(word)]),
      back: words,
      part: "cd",
      invalid: "a�b",
      base64: ["", "YQ==", "YWI=", "YWJj", "YWJjZA=="],
    });
  });

  test("terminal", async () => {
    expect((await trip("terminal")).result).toEqual({
      terminals: [true, true, false],
      size: { columns: 111, rows: 22 },
      cooked: "a\n",
      raw: "a\r",
      cookedAgain: "a\n",
    });
  });
});

describe("processes", () => {
  test.skipIf(!isRoot)("namespaces, mounts, names (needs root)", async () => {
    expect((await trip("namespaces")).result).toEqual({
      answer: {
        name: "inside",
        differs: true,
        pid: 1,
        root: ["old", "proc"],
        mounts: ["tmpfs / tmpfs", "proc /proc proc"],
        interfaces: true,
      },
      status: { exitCode: 7 },
      stillOutside: true,
    });
  });

  test.skipIf(!isRoot)("joining another's namespace (needs root)", async () => {
    expect((await trip("joining")).result).toEqual({
      answer: ["held", "own"],
      running: null,
      killed: { signal: 15 },
    });
  });

  test("programs", async () => {
    const { result } = await trip("programs");
    // Descriptor 3 is the shell's own, of its command substitution.
    expect(result).toEqual({ status: { signal: 9 }, text: "1 2 name 1 0 1 2 3\n" });
  });

  test.skipIf(!isRoot)("identity and limits (needs root)", async () => {
    expect((await trip("identity")).result).toEqual({
      answer: {
        umask: [0o22, 0o27],
        fields: [
          "3000000000\t3000000000\t3000000000\t3000000000",
          "1001\t1001\t1001\t1001",
          "5 70000",
          "0000000000000000",
          "0000000000000000",
          "1",
        ],
        dropped: 0,
        files: ["100", "200"],
        size: ["1099511627776", "unlimited"],
      },
      status: { exitCode: 7 },
    });
  });

  test("a clone does not run the parent's callbacks", async () => {
    const { result, stderr } = await trip("cameBack");
    expect(result).toEqual({ status: { exitCode: 125 }, heard: ["read"] });
    expect(stderr).toBe("cloned process came back to the event loop\n");
  });

  test("controlling terminal", async () => {
    expect((await trip("controllingTerminal")).result).toEqual({
      answer: { without: "open /dev/tty: ENXIO", text: "through" },
      status: { exitCode: 7 },
    });
  });

  test.skipIf(!isRoot)("clock and entropy (crediting needs root)", async () => {
    expect((await trip("clocks")).result).toEqual({ forward: true, whole: true });
  });
});

describe("event loop", () => {
  test("timers in order; an error in a callback is told and not the end", async () => {
    const { result, stderr, code } = await trip("timers");
    expect(result).toEqual(["a", "b", "b2", "c"]);
    expect(stderr).toMatch(/^uncaught: Error: thrown in a callback\n {4}at /);
    expect(code).toBe(1);
  });

  test("a busy descriptor does not starve others", async () => {
    expect((await trip("fairness")).result).toEqual([10, 10, 10]);
  });

  test.skipIf(!isRoot)("more than 1024 descriptors (raises a hard limit: needs root)", async () => {
    expect((await trip("manyDescriptors")).result).toEqual([0, 600, 1199]);
  });

  test("writers wait for room; callbacks can be taken away", async () => {
    expect((await trip("writers")).result).toEqual(["full", "room", "read"]);
  });

  test("a rejection handled late is no error; one never handled is told", async () => {
    const { result, stderr } = await trip("rejections");
    expect(result).toBe("handled late");
    expect(stderr.match(/uncaught: .*/g)).toEqual(["uncaught: Error: never handled"]);
  });
});

describe("programs without a C library", () => {
  test("hello tells its own size", async () => {
    const size = statSync(native.hello).size;
    expect(size).toBeLessThan(4096);
    expect((await run(native.hello, [])).stdout).toBe(`Hello from a static binary of ${size} bytes\n`);
  });

  test("docker is small", () => {
    expect(statSync(native.docker).size).toBeLessThan(8192);
  });

  test.skipIf(!isRoot)("docker hands over its arguments and descriptors, passes signals on (needs root)", async () => {
    expect((await trip("stub")).result).toMatchObject({
      opening: {
        kind: "open",
        argv: ["docker", "run", "", "ü"],
        cwd: expect.stringMatching(/\/stub$/),
        env: { A: "1", B: "2=3" },
        variablesLeftOut: 0,
      },
      fds: 3,
      text: "to its stdout",
      signals: [
        { kind: "signal", signal: 15 },
        { kind: "signal", signal: 2 },
      ],
      running: null,
      status: { exitCode: 137 },
      atEnd: 0,
      after: 0,
    });
  });

  test.skipIf(!isRoot)("docker tells the size of its terminal (needs root)", async () => {
    expect((await trip("stubResize")).result).toEqual({
      terminals: [true, true, true],
      message: { kind: "resize", columns: 132, rows: 43 },
      killed: { signal: 9 },
      end: 0,
    });
  });

  test.skipIf(!isRoot)(
    "docker refuses arguments that do not fit, leaves out variables that do not (needs root)",
    async () => {
      expect((await trip("stubLimits")).result).toEqual({
        refused: { exitCode: 1 },
        refusal: "docker: argument list too long\n",
        kept: { env: { SMALL: "1", LAST: "2" }, leftOut: 1 },
        left: { exitCode: 1 },
        goodbye: "docker: the agent went away\n",
      });
    },
  );

  test.skipIf(!isRoot)("docker without an agent (needs root)", async () => {
    expect((await trip("stubAlone")).result).toEqual({
      status: { exitCode: 1 },
      text: "Cannot connect to the Docker daemon at unix:///run/drydock/agent.sock. Is the docker daemon running?\n",
    });
  });
});
