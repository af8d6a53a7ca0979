/**
 * The guest's programs, built here and run on this machine's kernel. The slow part, compiling QuickJS, is kept in the
 * cache.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cacheDir } from "../../src/node/paths.js";
import * as constants from "../../src/shared/linux/constants.js";
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

const isOfNetlink = (name: string) => /^(NETLINK|NLM|RTM|IFLA|VETH|IFA|RTA|RT|RTPROT|RTN)_/.test(name);
const isOfFs = (name: string) => /^(FITRIM|FS_IOC_|FIEMAP_)/.test(name);

test("the constants are the headers'", async () => {
  const { flags } = await findToolchain(nativeCache);
  const headers = ["sched", "fcntl", "signal", "sys/mount", "sys/prctl", "sys/resource", "sys/stat", "sys/socket"];
  headers.push("sys/ioctl", "sys/swap", "net/if", "linux/capability", "linux/openat2", "linux/seccomp", "linux/bpf");
  headers.push("unistd", "netinet/in");
  // Some headers of the kernel's do not go with the C library's of the same matter.
  const netlink = ["linux/netlink", "linux/rtnetlink", "linux/if_link", "linux/veth"];
  const sources = [
    { headers, names: Object.keys(constants).filter((name) => !isOfFs(name) && !isOfNetlink(name)) },
    { headers: netlink, names: Object.keys(constants).filter(isOfNetlink) },
    { headers: ["linux/fs", "linux/fiemap"], names: Object.keys(constants).filter(isOfFs) },
  ];
  const found: Record<string, number> = {};
  for (const [index, source] of sources.entries()) {
    const lines = source.names.map((name) => `printf("%s %lld\\n", "${name}", (long long)${name});`);
    const includes = [...source.headers, "stdio"].map((name) => `#include <${name}.h>`);
    writeFileSync(join(work, `constants${index}.c`), [...includes, "int main(void) {", ...lines, "}"].join("\n"));
    const defines = ["-D_GNU_SOURCE", "-DMS_NOSYMFOLLOW=256"];
    const program = join(work, `constants${index}`);
    const built = await run("gcc", [...flags, ...defines, "-w", "-static", `${program}.c`, "-o", program]);
    expect(built.stderr).toBe("");
    for (const line of (await run(program, [])).stdout.trim().split("\n")) {
      const [name, value] = line.split(" ");
      found[name!] = Number(value);
    }
  }
  expect(found).toEqual({ ...constants });
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

  test("the module has what quickjs.d.ts declares", async () => {
    const script = write("module.js", 'import * as linux from "linux"; print(Object.keys(linux).join());');
    const declared = readFileSync(join(import.meta.dirname, "../../src/agent/system/quickjs.d.ts"), "utf8");
    const names = [...declared.matchAll(/export (?:function|const) (\w+)/g)].map(([, name]) => name!);
    expect((await run(native.agentHost, [script])).stdout.trim().split(",").sort()).toEqual(names.sort());
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

test("memory: contents stay whole, and what is dropped comes back", async () => {
  const { grownByRounds, whileHeld, afterwards, ...rest } = (await trip("allocations")).result as Record<
    string,
    number
  >;
  expect(rest).toEqual({ broken: 0, checked: true, left: 0 });
  expect(grownByRounds).toBeLessThan(1);
  expect(whileHeld).toBeGreaterThan(39);
  expect(afterwards).toBeLessThan(10);
});

describe("files", () => {
  test.skipIf(!isRoot)("tree (makes device nodes and foreign owners: needs root)", async () => {
    expect((await trip("tree")).result).toEqual({
      taken: 5,
      names: ["fifo", "renamed", "symlink", "tty", "ä file"],
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
      "chdir /nowhere: ENOENT",
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

describe("lists of calls", () => {
  test.skipIf(!isRoot)("namespaces, mounts, names (needs root)", async () => {
    expect((await trip("namespaces")).result).toEqual({
      name: "inside",
      domain: "example",
      pid: true,
      mounts: ["tmpfs / tmpfs", "proc /proc proc"],
      status: { exitCode: 7 },
      stillOutside: true,
    });
  });

  test.skipIf(!isRoot)("one that waits, and one that joins its namespace (needs root)", async () => {
    expect((await trip("joining")).result).toEqual({
      report: true,
      names: ["held", "own"],
      running: null,
      killed: { signal: 15 },
    });
  });

  test("programs of both kinds of birth", async () => {
    // Descriptor 3 is the shell's own, of its command substitution.
    const same = { status: { signal: 9 }, text: "1 2 name 1 0 1 2 3\n", execve: 0 };
    // A process of its own memory has its own report.
    expect((await trip("programs")).result).toEqual({ shared: same, own: { ...same, execve: undefined } });
  });

  test("what stops a list, and what does not", async () => {
    expect((await trip("failures")).result).toEqual({
      parent: ["openat: ENOENT", [true, true, false]],
      child: ["openat /nowhere: ENOENT", { exitCode: 127 }],
      led: ["openat: ENOENT", [-2, null, -2, -2, null], { exitCode: 127 }],
      exec: ["execve: EACCES", { exitCode: 127 }],
      spawnRefused: ["clone3: EINVAL", null],
      spawnAllowed: ["clone3: EINVAL", [-22, null, 0]],
    });
  });

  test("jumps, slots, store and load", async () => {
    expect((await trip("jumps")).result).toEqual({
      words: [1, true, 3],
      written: 12,
      again: expect.stringMatching(/^SystemError: carryOut \d+ bytes: EINVAL$/),
    });
  });

  test("a thousand processes leave no descriptor and no memory behind", async () => {
    const { statuses, open, grown } = (await trip("thousands")).result as Record<string, unknown>;
    expect({ statuses, open }).toEqual({ statuses: [5], open: 0 });
    expect(grown).toBeLessThan(256);
  });

  test("damaged lists are refused or harmless", async () => {
    const { carriedOut, refused, after } = (await trip("damagedLists")).result as Record<string, number>;
    expect(after).toBeUndefined();
    expect(carriedOut! + refused!).toBe(2000);
    expect(Math.min(carriedOut!, refused!)).toBeGreaterThan(200);
  });

  const REFUSED = "SystemError: carryOut N bytes: EINVAL";

  test("lists that are wrong in one way", async () => {
    const { untouched, nothing, ...wrong } = (await trip("wrongLists")).result as Record<string, string>;
    expect(untouched).toBe("carried out");
    expect(nothing).toBe(`${REFUSED};`.repeat(3));
    expect(wrong).toEqual(Object.fromEntries(Object.keys(wrong).map((name) => [name, REFUSED])));
  });

  test("what SPAWN and STORE write to and LOAD reads is in the list's data", async () => {
    expect((await trip("wrongPlaces")).result).toEqual({
      storeOutside: REFUSED,
      storeOverTheCalls: REFUSED,
      loadOutside: REFUSED,
      loadOverTheCalls: REFUSED,
      loadOfAnError: "load: EACCES",
      spawnOutside: REFUSED,
      spawnFine: "carried out",
    });
  });

  test.skipIf(!isRoot)("clock and entropy (crediting needs root)", async () => {
    expect((await trip("clocks")).result).toEqual({ forward: true, whole: true });
  });
});

describe("containers", () => {
  test.skipIf(!isRoot)("born at once, looked at from within (needs root)", async () => {
    expect((await trip("container")).result).toEqual({
      text: [
        "box 1 bin dev lib lib32 lib64 proc usr",
        // Of ls: the last one is its own.
        "0 1 2 3 0",
        "0",
        "protected",
        "CapEff:\t0000000000000081",
        "CapBnd:\t0000000000000081",
        "NoNewPrivs:\t1",
        "512",
        "sh: 1: cannot create /proc/sys/kernel/hostname: Read-only file system\n",
      ].join("\n"),
      told: [{ id: "c", exitCode: 0, oomKilled: false }],
      open: 0,
    });
  });

  test.skipIf(!isRoot)("whatever descriptors are open (needs root)", async () => {
    expect((await trip("anyDescriptors")).result).toEqual(["fine\n"]);
  });

  test.skipIf(!isRoot)("one that waits and is started, and an exec in it (needs root)", async () => {
    expect((await trip("waiting")).result).toEqual({
      before: { status: "created", steps: ["setrlimit", "capset", "prctl"] },
      started: [true, 0],
      exec: { text: "inside\nsh -c echo started; sleep 100 ", last: "execve" },
      own: true,
      told: [
        { id: "c", exec: "e", exitCode: 0, oomKilled: false },
        { id: "c", exitCode: 137, signal: 9, oomKilled: false },
      ],
    });
  });

  test.skipIf(!isRoot)("births that fail say why and leave nothing (needs root)", async () => {
    const missing = [0, "bind source path does not exist: /nowhere"];
    const none = [0, 'exec: "/no/such/program": stat /no/such/program: no such file or directory'];
    expect((await trip("failedBirths")).result).toEqual({
      failures: [missing, none, missing, none, [true, 0, "exec /script: no such file or directory"]],
      left: [0, null, 0],
      told: [],
      written: null,
    });
  });

  test.skipIf(!isRoot)("terminals, whose masters come over the link (needs root)", async () => {
    const container = "/dev/pts/0\r\nc\r\n30 100\r\n";
    expect((await trip("terminals")).result).toEqual([container, container, "11 77\r\n"]);
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
