import { expect, test } from "vitest";
import { Emitter } from "../shared/disposable.js";
import { docker, documents, failure, fileEntry, nothing, type Script, upgraded } from "./fakes/scripted-engine.js";

const id = "dcc5fd904e961aa7a020ceb130526fe486652061dd3b2cb10683ccabe0b44bfc";
const HELP = "\n\nRun 'docker run --help' for more information\n";

function engine(more: Script = {}): Script {
  return {
    "POST /containers/create": { Id: id, Warnings: [] },
    [`POST /containers/${id}/attach`]: () => upgraded({ stdout: "hi\n", stderr: "oops\n" }),
    [`POST /containers/${id}/wait`]: { StatusCode: 7 },
    [`POST /containers/${id}/start`]: nothing,
    ...more,
  };
}

test("run: created, attached, waited for, started; output and status passed on", async () => {
  const run = await docker("run --rm busybox echo hi", engine());
  expect(run).toMatchObject({ status: 7, stdout: "hi\n", stderr: "oops\n" });
  expect(run.requests.map((request) => request.replace(/ \{.*/, ""))).toEqual([
    "POST /containers/create",
    `POST /containers/${id}/attach?stream=1&stdout=1&stderr=1`,
    `POST /containers/${id}/wait?condition=removed`,
    `POST /containers/${id}/start`,
  ]);
  expect(JSON.parse(run.requests[0]!.replace(/^.*?\{/, "{"))).toMatchObject({
    Image: "busybox",
    Cmd: ["echo", "hi"],
    AttachStdin: false,
    AttachStdout: true,
    Tty: false,
    OpenStdin: false,
    HostConfig: { AutoRemove: true, NetworkMode: "default", RestartPolicy: { Name: "no", MaximumRetryCount: 0 } },
  });
});

test("every flag reaches the request", async () => {
  const argv =
    "run -d -m 64m --memory-swap 128m --memory-reservation 32m --cpus 1.5 --cpu-shares 512 --pids-limit 5 -e A=b -e HOME " +
    "-e UNSET -v vol1:/data:ro -v ./x:/y -v /anon --mount type=volume,source=v2,target=/d2,readonly --tmpfs /t:size=1m " +
    "--ulimit nofile=10:20 --cap-add NET_ADMIN --cap-drop all --label x=y --label z --entrypoint /bin/sleep " +
    "--stop-signal INT --network none --name a1 --read-only --security-opt no-new-privileges --restart on-failure:3 " +
    "--init -p 8080:80 -w /tmp -h hh -u 1:2 --env-file vars --platform linux/386 busybox 100 -x";
  const { requests, stdout } = await docker(argv, engine(), {
    env: { HOME: "/root" },
    files: { vars: [fileEntry("", "# comment\n\nF=1\nHOME\n")] },
  });
  expect(stdout).toBe(`${id}\n`);
  const [create, start] = requests;
  expect(create).toMatch(/^POST \/containers\/create\?name=a1&platform=linux\/386 /);
  expect(start).toBe(`POST /containers/${id}/start`);
  const body = JSON.parse(create!.slice(create!.indexOf("{")));
  expect(body).toMatchObject({
    Hostname: "hh",
    User: "1:2",
    AttachStdout: false,
    Env: ["F=1", "HOME=/root", "A=b", "HOME=/root"],
    Cmd: ["100", "-x"],
    Entrypoint: ["/bin/sleep"],
    WorkingDir: "/tmp",
    Volumes: { "/anon": {} },
    Labels: { x: "y", z: "" },
    StopSignal: "INT",
    ExposedPorts: { "80/tcp": {} },
    HostConfig: {
      Binds: ["vol1:/data:ro", "/root/x:/y"],
      NetworkMode: "none",
      PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }] },
      RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
      CapAdd: ["CAP_NET_ADMIN"],
      CapDrop: ["ALL"],
      ReadonlyRootfs: true,
      SecurityOpt: ["no-new-privileges"],
      Tmpfs: { "/t": "size=1m" },
      Ulimits: [{ Name: "nofile", Soft: 10, Hard: 20 }],
      Mounts: [{ Type: "volume", Source: "v2", Target: "/d2", ReadOnly: true }],
      Init: true,
      Memory: 67_108_864,
      MemorySwap: 134_217_728,
      MemoryReservation: 33_554_432,
      NanoCpus: 1_500_000_000,
      CpuShares: 512,
      PidsLimit: 5,
    },
  });
});

test.each([
  [404, 'exec: "nope": executable file not found in $PATH: unknown', 127],
  [400, 'exec: "/etc/passwd": permission denied: unknown', 126],
  [500, "unable to find user nobody: no matching entries in passwd file", 125],
])("a start refused with %d %s", async (httpStatus, reason, status) => {
  const script = engine({ [`POST /containers/${id}/start`]: () => failure(httpStatus, reason) });
  expect(await docker("run --rm busybox x", script)).toMatchObject({
    status,
    stderr: expect.stringContaining(`docker: Error response from daemon: ${reason}${HELP}`),
  });
});

test("health checks, options of logs and keys to leave by reach the request", async () => {
  const { requests } = await docker(
    [
      "run",
      "--health-cmd",
      "wget -q localhost",
      "--health-interval",
      "1m30s",
      "--health-retries",
      "2",
      "--log-opt",
      "max-size=1m",
      "--detach-keys",
      "ctrl-x",
      "busybox",
    ],
    engine(),
  );
  const body = JSON.parse(requests[0]!.slice(requests[0]!.indexOf("{")));
  expect(body.Healthcheck).toEqual({ Test: ["CMD-SHELL", "wget -q localhost"], Interval: 90e9, Retries: 2 });
  expect(body.HostConfig.LogConfig).toEqual({ Type: "", Config: { "max-size": "1m" } });
  expect(requests[1]).toContain("detachKeys=ctrl-x");
  const off = await docker("run -d --no-healthcheck busybox", engine());
  expect(off.requests[0]).toContain('"Healthcheck":{"Test":["NONE"]}');
});

test.each([
  ["--no-healthcheck --health-retries 1", "--no-healthcheck conflicts with --health-* options"],
  ["--health-interval -1s", "--health-interval cannot be negative"],
])("health flags that cannot be: %s", async (flags, message) => {
  expect((await docker(`run ${flags} busybox`, engine())).stderr).toContain(message);
});

test("with -d the id is printed though the start fails", async () => {
  const script = engine({ [`POST /containers/${id}/start`]: () => failure(500, "no") });
  expect(await docker("run -d busybox", script)).toMatchObject({
    status: 125,
    stdout: `${id}\n`,
    stderr: `docker: Error response from daemon: no${HELP}`,
  });
});

test.each([
  ["run BAD", "docker: invalid reference format: repository name (library/BAD) must be lowercase"],
  ["run --pull foo busybox", `docker: invalid pull option: 'foo': must be one of "always", "missing" or "never"`],
  ["run -d --rm --restart always busybox", "docker: conflicting options: cannot specify both --restart and --rm"],
  ["run --env-file nofile busybox", "docker: open nofile: no such file or directory"],
  ["run -p foo busybox", "docker: invalid containerPort: foo"],
  ["run -p 99999 busybox", "docker: invalid containerPort: 99999"],
  ["run --memory-swappiness 400 busybox", "docker: invalid value: 400. Valid memory swappiness range is 0-100"],
])("docker %s", async (argv, problem) => {
  expect(await docker(argv, engine())).toMatchObject({ status: 125, stderr: problem + HELP, requests: [] });
});

test("-it without a terminal", async () => {
  const run = await docker("run -it --rm busybox", engine());
  expect(run).toMatchObject({ status: 1, stderr: "the input device is not a TTY\n", requests: [] });
});

test("an image that is not here is pulled, its progress on stderr", async () => {
  let asked = 0;
  const script = engine({
    "POST /containers/create": () =>
      asked++ === 0 ? failure(404, "No such image: busybox:latest") : { Id: id, Warnings: ["w"] },
    "POST /images/create": () =>
      documents(
        { status: "Pulling from library/busybox", id: "latest" },
        { status: "Pulling fs layer", progressDetail: {}, id: "2156434b768e" },
        { status: "Downloading", progressDetail: { current: 5, total: 10 }, id: "2156434b768e" },
        { status: "Pull complete", progressDetail: {}, id: "2156434b768e" },
        { status: "Digest: sha256:1" },
        { status: "Status: Downloaded newer image for busybox:latest" },
      ),
  });
  const run = await docker("run busybox", script);
  expect(run.stderr).toBe(
    [
      "Unable to find image 'busybox:latest' locally",
      "latest: Pulling from library/busybox",
      "2156434b768e: Pulling fs layer",
      "2156434b768e: Pull complete",
      "Digest: sha256:1",
      "Status: Downloaded newer image for busybox:latest",
      "WARNING: w",
      "oops",
      "",
    ].join("\n"),
  );
  expect(run.requests[1]).toBe("POST /images/create?fromImage=docker.io/library/busybox&tag=latest");
});

test("--pull never, and a pull that fails in its stream", async () => {
  const missing = { "POST /containers/create": () => failure(404, "No such image: nope:latest") };
  expect(await docker("run --pull never nope", missing)).toMatchObject({
    status: 125,
    stderr: `docker: Error response from daemon: No such image: nope:latest${HELP}`,
  });
  const broken = {
    ...missing,
    "POST /images/create": () => documents({ error: "x", errorDetail: { message: "broken" } }),
  };
  expect(await docker("run -q nope", broken)).toMatchObject({
    status: 125,
    stderr: `docker: Error response from daemon: broken${HELP}`,
  });
});

test("in the guest the session is joined and nothing passes here", async () => {
  const script = engine({
    [`POST /containers/${id}/attach`]: () => ({ ...upgraded({ stdout: "", stderr: "" }), joined: true }),
  });
  const run = await docker("run -i busybox cat", script, { session: 5, stdin: "x" });
  expect(run).toMatchObject({ status: 7, stdout: "" });
  expect(run.requests[1]).toBe(`POST /containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1 session 5`);
});

test.each([
  ["run -it busybox sh", 0, ""],
  ["exec -it c1 sh", 1, "read escape sequence\n"],
])("leaving the terminal of %s", async (command, status, stderr) => {
  const detaches = new Emitter<void>();
  const open = { ...upgraded({ stdout: "", stderr: "" }), output: new ReadableStream(), joined: true };
  const leave = () => {
    setTimeout(() => detaches.fire());
    return open;
  };
  const script = engine({
    [`POST /containers/${id}/attach`]: leave,
    [`POST /containers/${id}/wait`]: () => new Promise<object>(() => {}),
    "POST /containers/c1/exec": { Id: "e1" },
    "POST /exec/e1/start": leave,
  });
  const terminal = { stdin: true, stdout: true, stderr: true };
  const run = await docker(command, script, { session: 5, terminal, detaches });
  expect(run).toMatchObject({ status, stderr });
});

test("stdin is carried where there is no session", async () => {
  const received: Uint8Array[] = [];
  let ended = () => {};
  const closed = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const script = engine({
    [`POST /containers/${id}/attach`]: () => ({
      ...upgraded({ stdout: "", stderr: "" }),
      stdin: new WritableStream<Uint8Array>({ write: (chunk) => void received.push(chunk), close: ended }),
    }),
    [`POST /containers/${id}/wait`]: async () => {
      await closed;
      return { StatusCode: 0 };
    },
  });
  expect((await docker("run -i busybox cat", script, { stdin: "text" })).status).toBe(0);
  expect(new TextDecoder().decode(received[0])).toBe("text");
});

test("signals go to the container; with a terminal they end the client", async () => {
  const signals = new Emitter<number>();
  let stop = () => {};
  const killed = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const script = engine({
    [`POST /containers/${id}/start`]: () => {
      setTimeout(() => signals.fire(15), 1);
      return nothing();
    },
    [`POST /containers/${id}/kill?signal=15`]: () => {
      stop();
      return nothing();
    },
    [`POST /containers/${id}/wait`]: async () => {
      await killed;
      return { StatusCode: 143 };
    },
    [`POST /containers/${id}/resize`]: nothing,
  });
  const plain = await docker("run busybox sleep 9", script, { signals });
  expect([plain.status, plain.requests.at(-1)]).toEqual([143, `POST /containers/${id}/kill?signal=15`]);
  const never = { ...script, [`POST /containers/${id}/wait`]: () => new Promise<Response>(() => {}) };
  const terminal = { stdin: true, stdout: true, stderr: true };
  const tty = await docker("run -it busybox sleep 9", never, { signals, terminal });
  expect(tty.status).toBe(143);
  expect(tty.requests.some((request) => request.includes("/kill"))).toBe(false);
  expect(tty.requests).toContain(`POST /containers/${id}/resize?h=24&w=80`);
});

test("--cidfile", async () => {
  const run = await docker("run -d --cidfile id busybox", engine());
  expect(new TextDecoder().decode(run.written.get("id"))).toBe(id);
  expect(await docker("run -d --cidfile id busybox", engine(), { files: { id: [fileEntry("", "x")] } })).toMatchObject({
    status: 125,
    stderr: `docker: container ID file found, make sure the other container isn't running or delete id${HELP}`,
  });
});

test("create prints the id, and is plain about errors of the engine", async () => {
  expect(await docker("create busybox", engine())).toMatchObject({ status: 0, stdout: `${id}\n` });
  const script = { "POST /containers/create": () => failure(409, "Conflict.") };
  expect(await docker("create busybox", script)).toMatchObject({
    status: 1,
    stderr: "Error response from daemon: Conflict.\n",
  });
});

const exec = (more: Script = {}): Script => ({
  "POST /containers/a1/exec": { Id: "e1" },
  "POST /exec/e1/start": () => upgraded({ stdout: "out\n", stderr: "err\n" }),
  "GET /exec/e1/json": { ExitCode: 3 },
  ...more,
});

test("exec: output and status", async () => {
  const run = await docker("exec -e A=b -u me -w /tmp a1 sh -c x", exec());
  expect(run).toMatchObject({ status: 3, stdout: "out\n", stderr: "err\n" });
  expect(run.requests[0]).toBe(
    'POST /containers/a1/exec {"User":"me","Privileged":false,"Tty":false,"AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Env":["A=b"],"WorkingDir":"/tmp","Cmd":["sh","-c","x"]}',
  );
});

test("exec of what is not there, of nothing running, and detached", async () => {
  const reason =
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown';
  const missing = exec({ "POST /exec/e1/start": () => failure(400, reason) });
  expect(await docker("exec a1 nope", missing)).toMatchObject({ status: 127, stdout: `${reason}\n`, stderr: "" });
  const stopped = exec({ "POST /containers/a1/exec": () => failure(409, "container 1 is not running") });
  expect(await docker("exec a1 ls", stopped)).toMatchObject({
    status: 1,
    stderr: "Error response from daemon: container 1 is not running\n",
  });
  const detached = await docker("exec -d a1 ls", exec({ "POST /exec/e1/start": nothing }));
  expect(detached).toMatchObject({ status: 0, stdout: "" });
  expect(detached.requests[1]).toBe('POST /exec/e1/start {"Detach":true,"Tty":false}');
  expect((await docker("exec -it a1 ls", exec())).stderr).toBe("the input device is not a TTY\n");
});

test("hosts, names, devices, links and logs are the engine's to judge", async () => {
  const words =
    "create --add-host a=1.2.3.4 --add-host b:[::1] --annotation k=v --cpuset-mems 0 --device /dev/a --device /dev/a:/dev/b:r " +
    "--dns 1.1.1.1 --dns-opt x --dns-option y --dns-search z --link db --log-driver none --runtime runc " +
    "--volume-driver local --volumes-from other busybox";
  const { requests } = await docker(words, { "POST /containers/create": { Id: "1", Warnings: [] } });
  expect(JSON.parse(requests[0]!.slice(requests[0]!.indexOf("{"))).HostConfig).toMatchObject({
    ExtraHosts: ["a:1.2.3.4", "b:::1"],
    Annotations: { k: "v" },
    CpusetMems: "0",
    Devices: [
      { PathOnHost: "/dev/a", PathInContainer: "/dev/a", CgroupPermissions: "rwm" },
      { PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "r" },
    ],
    Dns: ["1.1.1.1"],
    DnsOptions: ["y", "x"],
    DnsSearch: ["z"],
    Links: ["db"],
    LogConfig: { Type: "none", Config: {} },
    Runtime: "runc",
    VolumeDriver: "local",
    VolumesFrom: ["other"],
  });
});
