import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../engine/trace/events.js";
import { Emitter } from "../../shared/disposable.js";
import { wholeOf } from "../../shared/files/sparse-bytes.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { docker, documents, failure, fileEntry, type Script } from "../fakes/scripted-engine.js";

const ID = "sha256:55e0dd7dcbee91eb88ffb50fa6f262bf9d9ff21273d726a65e802424b66150e8";
const DOCKERFILE = "FROM busybox\nLABEL a=b\nRUN echo one; echo two >&2; sleep 1\nCOPY f.txt /f\n";

/** Events of one stage; times in seconds after the start. */
class BuildScript {
  readonly #start = Date.now();
  readonly #lines: unknown[] = [];

  constructor(stage = "stage-0") {
    this.#event(0, { type: "span-start", span: "b", kind: "build", title: "big" });
    this.#event(0, { type: "span-start", span: "st", parent: "b", kind: "stage", title: stage });
  }

  begin(at: number, number: number, total: number, title: string, line: number): this {
    const step = { number, total, firstLine: line, lastLine: line };
    return this.#event(at, { type: "span-start", span: `i${number}`, parent: "st", kind: "instruction", title, step });
  }

  output(at: number, number: number, text: string, stream: "stdout" | "progress" = "stdout"): this {
    return this.#event(at, { type: "output", span: `i${number}`, stream, text });
  }

  end(at: number, number: number, outcome = "done", message?: string): this {
    return this.#event(at, { type: "span-end", span: `i${number}`, outcome, message });
  }

  line(value: object): this {
    this.#lines.push(value);
    return this;
  }

  answer = () => documents(...this.#lines);

  #event(at: number, event: object): this {
    this.#lines.push({ id: "drydock.trace", aux: { ...event, at: this.#start + at * 1000 } as TraceEvent });
    return this;
  }
}

const good = () =>
  new BuildScript()
    .begin(0, 1, 3, "FROM docker.io/library/busybox:latest", 1)
    .end(0, 1, "cached")
    .begin(0, 2, 3, "RUN echo one; echo two >&2; sleep 1", 3)
    .output(0.198, 2, "one\ntw")
    .output(0.199, 2, "o\n")
    .end(1.2, 2)
    .begin(1.2, 3, 3, "COPY f.txt /f", 4)
    .end(1.2, 3, "cached")
    .line({ aux: { ID } });

const files = (dockerfile = DOCKERFILE, more: TarEntry[] = []) => ({
  bc: [fileEntry("Dockerfile", dockerfile), fileEntry("f.txt", "hi\n"), ...more],
});

const engine = (script: BuildScript): Script => ({ "POST /build": script.answer });

test("plain progress", async () => {
  const run = await docker("build -t big -t foo:1 bc", engine(good()), { files: files() });
  expect([run.status, run.stdout]).toEqual([0, ""]);
  expect(run.stderr).toBe(
    [
      '#0 building with "default" instance using docker driver',
      "",
      "#1 [internal] load build definition from Dockerfile",
      "#1 transferring dockerfile: 73B done",
      "#1 DONE 0.0s",
      "",
      "#2 [internal] load metadata for docker.io/library/busybox:latest",
      "#2 DONE 0.0s",
      "",
      "#3 [internal] load .dockerignore",
      "#3 transferring context: 2B done",
      "#3 DONE 0.0s",
      "",
      "#4 [internal] load build context",
      "#4 transferring context: 3.07kB done",
      "#4 DONE 0.0s",
      "",
      "#5 [1/3] FROM docker.io/library/busybox:latest",
      "#5 CACHED",
      "",
      "#6 [2/3] RUN echo one; echo two >&2; sleep 1",
      "#6 0.198 one",
      "#6 0.199 two",
      "#6 DONE 1.2s",
      "",
      "#7 [3/3] COPY f.txt /f",
      "#7 CACHED",
      "",
      "#8 exporting to image",
      "#8 exporting layers done",
      `#8 writing image ${ID} done`,
      "#8 naming to docker.io/library/big done",
      "#8 naming to docker.io/library/foo:1 done",
      "#8 DONE 0.0s",
      "",
    ].join("\n"),
  );
  expect(run.requests).toEqual(["POST /build?trace=1&dockerfile=Dockerfile&t=big&t=foo:1"]);
});

test("warnings come last", async () => {
  const script = new BuildScript().line({ stream: "this is odd\n" }).line({ aux: { ID } });
  const { stderr } = await docker("build bc", engine(script), { files: files() });
  expect(stderr.endsWith("DONE 0.0s\n\n 1 warning found (use docker --debug to expand):\n - this is odd\n")).toBe(true);
});

test("warnings of the trace are told once, and after a failure too", async () => {
  const warning = { type: "warning", span: "b", text: "JSONArgsRecommended: … (line 2)", rule: "JSONArgsRecommended" };
  const aux = { ...warning, at: 0, firstLine: 2, lastLine: 2 };
  const script = () => new BuildScript().line({ id: "drydock.trace", aux });
  const told = "\n 1 warning found (use docker --debug to expand):\n - JSONArgsRecommended: … (line 2)\n";
  const done = script()
    .line({ stream: `${warning.text}\n` })
    .line({ aux: { ID } });
  expect((await docker("build bc", engine(done), { files: files() })).stderr.endsWith(told)).toBe(true);
  const { stderr: more } = await docker("--debug build bc", engine(script().line({ aux: { ID } })), { files: files() });
  expect(more.slice(more.indexOf("\n 1 warning"))).toBe(`
 1 warning found:
 - JSONArgsRecommended: … (line 2)
JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals
Dockerfile:2
--------------------
   1 |     FROM busybox
   2 | >>> LABEL a=b
   3 |     RUN echo one; echo two >&2; sleep 1
   4 |     COPY f.txt /f
--------------------

`);
  const failed = script().line({ errorDetail: { message: "no" } });
  const { stderr } = await docker("build bc", engine(failed), { files: files() });
  expect(stderr).toContain(`${told}ERROR: failed to solve: no\n`);
});

describe("--check and --call", () => {
  const odd = "# check=skip=FromAsCasing\nFROM busybox as a\nENV b c\nLABEL x=$Y\n# main what runs\nFROM a AS main\n";
  const image = { "GET /images/busybox/json": { Config: { Env: ["X=1"] }, Os: "linux", Architecture: "386" } };
  const ask = (argv: string, dockerfile = odd) => docker(argv, image, { files: files(dockerfile) });

  test("prints what is found, with its lines, and ends with 1", async () => {
    const run = await ask("build --check bc");
    expect(run).toMatchObject({ status: 1, stderr: "", requests: ["GET /images/busybox/json"] });
    expect(run.stdout).toBe(`Check complete, 2 warnings have been found!

WARNING: LegacyKeyValueFormat
"ENV key=value" should be used instead of legacy "ENV key value" format
Dockerfile:3
--------------------
   1 |     # check=skip=FromAsCasing
   2 |     FROM busybox as a
   3 | >>> ENV b c
   4 |     LABEL x=$Y
   5 |     # main what runs
--------------------

WARNING: UndefinedVar
Usage of undefined variable '$Y' (did you mean $X?)
Dockerfile:4
--------------------
   2 |     FROM busybox as a
   3 |     ENV b c
   4 | >>> LABEL x=$Y
   5 |     # main what runs
   6 |     FROM a AS main
--------------------
`);
    expect(await ask("build --call=check,ignorestatus=true bc")).toMatchObject({ status: 0 });
  });

  test("nothing found, and what only can be told as JSON", async () => {
    expect(await ask("build --check bc", "FROM scratch\n")).toMatchObject({
      status: 0,
      stdout: "Check complete, no warnings found.\n",
    });
    const { stdout } = await ask("build --call=lint,format=json bc");
    expect(JSON.parse(stdout).warnings[0]).toMatchObject({
      ruleName: "LegacyKeyValueFormat",
      location: { ranges: [{ start: { line: 3 }, end: { line: 3 } }] },
    });
  });

  test("a mistake is told after what was found before it", async () => {
    const run = await ask("build --check bc", "FROM scratch AS Bad\nFOO\n");
    expect(run.status).toBe(1);
    expect(run.stdout).toContain("Check complete, 1 warning has been found!\n\nWARNING: StageNameCasing\n");
    expect(run.stderr).toMatch(/^ERROR: dockerfile parse error on line 2: unknown instruction: FOO.*\nDockerfile:2\n/);
  });

  test("targets, outline", async () => {
    const dockerfile = `# V the version\nARG V=1\nFROM busybox:$V AS a\nRUN --mount=type=secret,id=s,required true\n${odd.replace(/^#.*\n/, "").replace(" as a", " AS z")}# W is new\nARG W=2\n`;
    expect((await ask("build --call targets bc", dockerfile)).stdout).toBe(
      "TARGET         DESCRIPTION\na              \nz              \nmain (default) what runs\n",
    );
    expect((await ask("build --call outline --build-arg W=3 bc", dockerfile)).stdout).toBe(`TARGET:      main
DESCRIPTION: what runs

BUILD ARG   VALUE   DESCRIPTION
V           1       the version
W           3       is new

SECRET   REQUIRED
s        true

`);
  });

  test("what cannot be asked", async () => {
    expect((await ask("build --call=x bc")).stderr).toBe(
      'ERROR: unsupported call method "x": there are build, check, outline and targets\n',
    );
  });
});

test("quietly: the id on stdout", async () => {
  const run = await docker("build -q --iidfile id bc", engine(good()), { files: files() });
  expect(run).toMatchObject({ status: 0, stdout: `${ID}\n`, stderr: "" });
  expect(new TextDecoder().decode(run.written.get("id"))).toBe(ID);
});

test("flags reach the request", async () => {
  const argv =
    "build --no-cache --pull --target x --build-arg A=b --build-arg HOME --build-arg NONE --label l=m -f f.txt bc";
  const withFile = { bc: [fileEntry("Dockerfile", DOCKERFILE)], "/root/f.txt": [fileEntry("", "FROM scratch\n")] };
  const run = await docker(argv, engine(good()), { files: withFile, env: { HOME: "/root" } });
  expect(run.requests).toEqual([
    'POST /build?trace=1&dockerfile=.drydock.dockerfile&target=x&nocache=1&pull=1&buildargs={"A":"b","HOME":"/root"}&labels={"l":"m"}',
  ]);
  expect(run.stderr).toContain("load build definition from f.txt\n#1 transferring dockerfile: 13B done\n");
});

test("secrets travel beside the context, as text or from where they are", async () => {
  const withFile = { ...files(), "/root/key": [fileEntry("", "k\n")] };
  let header: string | null = null;
  const script: Script = {
    "POST /build": (request) => {
      header = request.headers.get("Drydock-Build-Secrets");
      return good().answer();
    },
  };
  const argv =
    "build --secret id=a,src=/root/key --secret id=B --secret type=env,id=c,env=B --no-cache-filter x --network none bc";
  const run = await docker(argv, script, { files: withFile, env: { B: "b" } });
  expect(run.requests).toEqual(["POST /build?trace=1&dockerfile=Dockerfile&nocachefilter=x&networkmode=none"]);
  expect(JSON.parse(header!)).toEqual({ a: btoa("k\n"), B: btoa("b"), c: btoa("b") });
});

test.each([
  ["--secret src=x", "could not parse secrets: [src=x]: id is required"],
  ["--secret id=a,src=none", "ERROR: could not read secret a: open none: no such file or directory\n"],
  ["--secret id", "could not parse secrets: [id]: invalid field 'id' must be a key=value pair"],
  ["--secret id=a,dst=b", "could not parse secrets: [id=a,dst=b]: unexpected key 'dst' in 'dst=b'"],
  ["--no-cache --no-cache-filter x", "--no-cache and --no-cache-filter cannot currently be used together"],
])("docker build %s is refused", async (argv, message) => {
  const { status, stderr } = await docker(`build ${argv} bc`, engine(good()), { files: files() });
  expect([status, stderr.includes(message)]).toEqual([1, true]);
});

test("why a step is done again is told, and what became of it all is written to a file", async () => {
  const cause = { kind: "file", path: "/f", change: "contents", more: 0 };
  const text = "cache miss: /f has other contents";
  const script = () =>
    new BuildScript()
      .begin(0, 1, 1, "COPY f.txt /f", 2)
      .line({ id: "drydock.trace", aux: { type: "cache", span: "i1", at: 0, cause, text } })
      .end(0, 1)
      .line({ aux: { ID } });
  const { stderr } = await docker("build bc", engine(script()), { files: files() });
  expect(stderr).toContain(`[1/1] COPY f.txt /f\n#4 ${text}\n#4 DONE`);
  const run = await docker("build -q -t a --metadata-file m bc", engine(script()), { files: files() });
  expect(JSON.parse(new TextDecoder().decode(run.written.get("m")))).toEqual({
    "containerimage.config.digest": ID,
    "containerimage.digest": ID,
    "image.name": "docker.io/library/a",
    "drydock.build.cache": [{ step: "COPY f.txt /f", cause, text }],
  });
});

describe("a step that fails", () => {
  const reason = 'process "/bin/sh -c echo b; exit 3" did not complete successfully: exit code: 3';
  const dockerfile = "FROM busybox\nRUN echo a\nRUN echo b; exit 3\nRUN true\n#c\n#d\n#e";
  const failing = () =>
    new BuildScript()
      .begin(0, 1, 4, "FROM docker.io/library/busybox:latest", 1)
      .end(0, 1)
      .begin(0, 2, 4, "RUN echo a", 2)
      .end(0, 2, "cached")
      .begin(0, 3, 4, "RUN echo b; exit 3", 3)
      .output(0.359, 3, "b")
      .end(0.4, 3, "failed", reason)
      .line({ error: reason, errorDetail: { message: reason } });
  const block = [
    "------",
    " > [3/4] RUN echo b; exit 3:",
    "0.359 b",
    "------",
    "Dockerfile:3",
    "--------------------",
    "   1 |     FROM busybox",
    "   2 |     RUN echo a",
    "   3 | >>> RUN echo b; exit 3",
    "   4 |     RUN true",
    "   5 |     #c",
    "--------------------",
    `ERROR: failed to solve: ${reason}`,
    "",
  ].join("\n");

  test("plain", async () => {
    const { status, stderr } = await docker("build bc", engine(failing()), { files: files(dockerfile) });
    expect(status).toBe(1);
    expect(stderr.endsWith(`#6 [3/4] RUN echo b; exit 3\n#6 0.359 b\n#6 ERROR: ${reason}\n${block}`)).toBe(true);
  });

  test("quiet", async () => {
    const { stderr, stdout } = await docker("build -q bc", engine(failing()), { files: files(dockerfile) });
    expect([stdout, stderr]).toEqual(["", block]);
  });

  test("on a terminal", async () => {
    const terminal = { stderr: true };
    const { stderr } = await docker("build bc", engine(failing()), { files: files(dockerfile), terminal });
    expect(stderr.endsWith(block)).toBe(true);
    expect(stderr).toContain("\x1b[31m => ERROR [3/4] RUN echo b; exit 3 ");
  });
});

test("on a terminal the list is redrawn, and ends FINISHED", async () => {
  const { stderr } = await docker("build -t big bc", engine(good()), { files: files(), terminal: { stderr: true } });
  const last = stderr.slice(stderr.lastIndexOf("[+] Building"));
  const lines = last.split("\n").map((line) => line.replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, ""));
  expect(lines[0]).toMatch(/^\[\+\] Building 0\.\ds \(8\/8\) FINISHED +docker:default$/);
  expect(lines.slice(1, -1).map((line) => line.replace(/ +[\d.]+s$/, ""))).toEqual([
    " => [internal] load build definition from Dockerfile",
    " => => transferring dockerfile: 73B",
    " => [internal] load metadata for docker.io/library/busybox:latest",
    " => [internal] load .dockerignore",
    " => => transferring context: 2B",
    " => [internal] load build context",
    " => => transferring context: 3.07kB",
    " => CACHED [1/3] FROM docker.io/library/busybox:latest",
    " => [2/3] RUN echo one; echo two >&2; sleep 1",
    " => CACHED [3/3] COPY f.txt /f",
    " => exporting to image",
    " => => exporting layers",
    " => => writing image sha256:55e0dd7dcbee91eb88ffb50fa6f262bf9d9ff21273d726",
    " => => naming to docker.io/library/big",
  ]);
  for (const line of lines) expect(line.length).toBeLessThan(80);
});

test("stages are named where there are several", async () => {
  const dockerfile = "FROM busybox AS a\nRUN echo a>/a\nFROM busybox\nCOPY --from=a /a /\n";
  const script = new BuildScript("a")
    .begin(0, 1, 2, "FROM docker.io/library/busybox:latest", 1)
    .end(0, 1)
    .begin(0, 2, 2, "RUN echo a>/a", 2)
    .end(0, 2)
    .line({ aux: { ID } });
  const { stderr } = await docker("build bc", engine(script), { files: files(dockerfile) });
  expect(stderr).toContain("\n#5 [a 2/2] RUN echo a>/a\n");
  expect(stderr).not.toContain("load build context");
});

test("a base image that is not to be had", async () => {
  const reason = "nope: failed to resolve source metadata for docker.io/library/nope:latest: not found";
  const script = new BuildScript()
    .begin(0, 1, 1, "FROM docker.io/library/nope:latest", 1)
    .end(0, 1, "failed", reason)
    .line({ errorDetail: { message: reason } });
  const { stderr } = await docker("build bc", engine(script), { files: files("FROM nope\n") });
  expect(stderr).toContain(
    [
      "#2 [internal] load metadata for docker.io/library/nope:latest",
      `#2 ERROR: ${reason}`,
      "------",
      " > [internal] load metadata for docker.io/library/nope:latest:",
      "------",
      "Dockerfile:1",
      "--------------------",
      "   1 | >>> FROM nope",
      "   2 |     ",
      "--------------------",
      `ERROR: failed to solve: ${reason}`,
    ].join("\n"),
  );
});

test("a pull inside FROM shows below the image's own line", async () => {
  const script = new BuildScript()
    .begin(0, 1, 1, "FROM docker.io/library/busybox:latest", 1)
    .output(0.5, 1, "sha256:2156 1.07MB / 1.07MB done\n", "progress")
    .end(1, 1)
    .line({ aux: { ID } });
  const { stderr } = await docker("build bc", engine(script), { files: files("FROM busybox\n") });
  expect(stderr).toContain(
    "#4 [1/1] FROM docker.io/library/busybox:latest\n#4 sha256:2156 1.07MB / 1.07MB done\n#4 DONE 0.5s\n",
  );
});

test("a mistake in the Dockerfile is shown where it is", async () => {
  const message = "dockerfile parse error on line 2: unknown instruction: FOO";
  const script = new BuildScript().line({ errorDetail: { message } });
  const { status, stderr } = await docker("build bc", engine(script), { files: files("FROM busybox\nFOO a\n") });
  expect(status).toBe(1);
  expect(stderr).toContain(
    `Dockerfile:2\n--------------------\n   1 |     FROM busybox\n   2 | >>> FOO a\n   3 |     \n--------------------\nERROR: failed to solve: ${message}\n`,
  );
});

test.each([
  ["build nodir", 'ERROR: unable to prepare context: path "nodir" not found\n'],
  ["build bc/f.txt", "ERROR: unable to prepare context: context must be a directory: /root/bc/f.txt\n"],
  [
    "build -t BAD bc",
    'ERROR: invalid tag "BAD": invalid reference format: repository name (library/BAD) must be lowercase\n',
  ],
  [
    "build https://x/y.git",
    "ERROR: unable to prepare context: building from an address is not supported by Drydock: https://x/y.git\n",
  ],
  ["build - -f -", "ERROR: invalid argument: can't use stdin for both build context and dockerfile\n"],
])("docker %s", async (argv, stderr) => {
  const all = { ...files(), "bc/f.txt": [fileEntry("", "hi\n")] };
  expect(await docker(argv, {}, { files: all })).toMatchObject({ status: 1, stderr, requests: [] });
});

test("an engine that refuses the request", async () => {
  const script = { "POST /build": () => failure(400, "no builds today") };
  const { status, stderr } = await docker("build -q bc", script, { files: files() });
  expect([status, stderr]).toEqual([1, "ERROR: failed to solve: no builds today\n"]);
});

test("Ctrl-C gives the build up", async () => {
  const signals = new Emitter<number>();
  const script: Script = {
    "POST /build": async (request) => {
      setTimeout(() => signals.fire(2), 1);
      await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      throw request.signal.reason;
    },
  };
  const run = await docker("build bc", script, { files: files(), signals });
  expect(run.status).toBe(130);
  expect(run.stderr.endsWith("ERROR: failed to solve: Canceled: context canceled\n")).toBe(true);
});

async function sentBy(argv: string, options: Parameters<typeof docker>[2]): Promise<Map<string, string>> {
  const sent = new Map<string, string>();
  await docker(
    argv,
    {
      "POST /build": async (request) => {
        for (const { path, contents } of readTar(new Uint8Array(await request.arrayBuffer())))
          sent.set(path, new TextDecoder().decode(wholeOf(contents ?? new Uint8Array())));
        return documents({ aux: { ID } });
      },
    },
    options,
  );
  return sent;
}

test("ignored files do not travel; the Dockerfile always does", async () => {
  const directory = (path: string): TarEntry => ({
    ...fileEntry(path, ""),
    type: "directory",
    mode: 0o755,
    contents: undefined,
  });
  const more = [
    fileEntry(".dockerignore", "*\n!keep\n!deep/in/*.txt\n"),
    fileEntry("keep", "1"),
    directory("deep"),
    directory("deep/in"),
    fileEntry("deep/in/a.txt", "2"),
    fileEntry("deep/in/b.log", "3"),
  ];
  const sent = await sentBy("build bc", { files: files(DOCKERFILE, more) });
  expect([...sent.keys()]).toEqual(["Dockerfile", ".dockerignore", "keep", "deep", "deep/in", "deep/in/a.txt"]);
});

test("an ignore file that cannot be read, a context that cannot be unpacked", async () => {
  const more = [fileEntry(".dockerignore", "[Local-Only]/\n")];
  const ignored = await docker("build bc", {}, { files: files(DOCKERFILE, more) });
  expect(ignored).toMatchObject({ status: 1, stderr: "ERROR: failed to solve: syntax error in pattern\n" });
  const { stderr } = await docker("build -", {}, { stdin: "BZh91AY" });
  expect(stderr).toBe("ERROR: unable to prepare context: a context in bzip2 is not supported: use gzip\n");
});

test("a Dockerfile from stdin", async () => {
  const sent = await sentBy("build -", { stdin: "FROM scratch\n" });
  expect([...sent]).toEqual([["Dockerfile", "FROM scratch\n"]]);
});

test("a Dockerfile from stdin beside a context", async () => {
  const sent = await sentBy("build -f - bc", { files: files(), stdin: "FROM scratch\n" });
  expect(sent.get(".drydock.dockerfile")).toBe("FROM scratch\n");
  expect(sent.get("f.txt")).toBe("hi\n");
});
