import { expect, test } from "vitest";
import { COMMON, FURTHER } from "./command-table.js";
import { docker, documents } from "./fakes/scripted-engine.js";

const RUN = "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]";

test.each([
  ["run --foo", 125, `unknown flag: --foo\n\n${RUN}\n\nRun 'docker run --help' for more information\n`],
  ["run -Z", 125, `unknown shorthand flag: 'Z' in -Z\n\n${RUN}\n\nRun 'docker run --help' for more information\n`],
  ["run --name", 125, `flag needs an argument: --name\n\n${RUN}\n\nRun 'docker run --help' for more information\n`],
  ["run -v", 125, `flag needs an argument: 'v' in -v\n\n${RUN}\n\nRun 'docker run --help' for more information\n`],
  [
    "run -m abc busybox",
    125,
    `invalid argument "abc" for "-m, --memory" flag: invalid size: 'abc'\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --cpus abc busybox",
    125,
    `invalid argument "abc" for "--cpus" flag: failed to parse abc as a rational number\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --rm=maybe busybox",
    125,
    `invalid argument "maybe" for "--rm" flag: strconv.ParseBool: parsing "maybe": invalid syntax\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --pids-limit abc busybox",
    125,
    `invalid argument "abc" for "--pids-limit" flag: strconv.ParseInt: parsing "abc": invalid syntax\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run -e =x busybox",
    125,
    `invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run -l =x busybox",
    125,
    `invalid argument "=x" for "-l, --label" flag: invalid label '=x': empty name\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --mount foo busybox",
    125,
    `invalid argument "foo" for "--mount" flag: invalid field 'foo' must be a key=value pair\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --mount type=volume busybox",
    125,
    `invalid argument "type=volume" for "--mount" flag: target is required\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --ulimit x busybox",
    125,
    `invalid argument "x" for "--ulimit" flag: invalid ulimit argument: x\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run",
    1,
    `docker: 'docker run' requires at least 1 argument\n\n${RUN}\n\nSee 'docker run --help' for more information\n`,
  ],
  [
    "ps x",
    1,
    "docker: 'docker ps' accepts no arguments\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information\n",
  ],
  [
    "ps -aqz",
    125,
    "unknown shorthand flag: 'z' in -z\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information\n",
  ],
  [
    "ps --filter foo",
    125,
    'invalid argument "foo" for "-f, --filter" flag: bad format of filter (expected name=value)\n\nUsage:  docker ps [OPTIONS]\n\nRun \'docker ps --help\' for more information\n',
  ],
  [
    "tag a",
    1,
    "docker: 'docker tag' requires 2 arguments\n\nUsage:  docker tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]\n\nRun 'docker tag --help' for more information\n",
  ],
  [
    "port a b c",
    1,
    "docker: 'docker port' requires at least 1 and at most 2 arguments\n\nUsage:  docker port CONTAINER [PRIVATE_PORT[/PROTO]]\n\nRun 'docker port --help' for more information\n",
  ],
  [
    "image rm",
    1,
    "docker: 'docker image rm' requires at least 1 argument\n\nUsage:  docker image rm [OPTIONS] IMAGE [IMAGE...]\n\nSee 'docker image rm --help' for more information\n",
  ],
  [
    "logs",
    1,
    "docker: 'docker logs' requires 1 argument\n\nUsage:  docker logs [OPTIONS] CONTAINER\n\nRun 'docker logs --help' for more information\n",
  ],
  ["foo", 1, "docker: unknown command: docker foo\n\nRun 'docker --help' for more information\n"],
  [
    "image foo",
    1,
    "docker: unknown command: docker image foo\n\nUsage:  docker image\n\nRun 'docker image --help' for more information\n",
  ],
  [
    "volume foo",
    1,
    "docker: unknown command: docker volume foo\n\nUsage:  docker volume COMMAND\n\nRun 'docker volume --help' for more information\n",
  ],
  [
    "--nope",
    125,
    "unknown flag: --nope\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information\n",
  ],
  [
    "image --foo",
    125,
    "unknown flag: --foo\n\nUsage:  docker image\n\nRun 'docker image --help' for more information\n",
  ],
  ["help foo", 1, "unknown help topic: foo\n"],
  ["help image foo", 1, "unknown help topic: foo\n"],
  ["help ps x", 1, "unknown help topic: x\n"],
  [
    "swarm foo",
    1,
    "docker: unknown command: docker swarm foo\n\nUsage:  docker swarm\n\nRun 'docker swarm --help' for more information\n",
  ],
  [
    "run --blkio-weight x busybox",
    125,
    `invalid argument "x" for "--blkio-weight" flag: strconv.ParseUint: parsing "x": invalid syntax\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --health-interval x busybox",
    125,
    `invalid argument "x" for "--health-interval" flag: time: invalid duration "x"\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --add-host foo busybox",
    125,
    `invalid argument "foo" for "--add-host" flag: bad format for add-host: "foo"\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --dns foo busybox",
    125,
    `invalid argument "foo" for "--dns" flag: IP address is not correctly formatted: foo\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
  [
    "run --sysctl x busybox",
    125,
    `invalid argument "x" for "--sysctl" flag: sysctl 'x' is not allowed\n\n${RUN}\n\nRun 'docker run --help' for more information\n`,
  ],
])("docker %s", async (argv, status, stderr) => {
  expect(await docker(argv)).toMatchObject({ status, stderr, stdout: "", requests: [] });
});

test.each([
  ["compose up", "docker compose"],
  ["login", "docker login"],
  ["search x", "docker search"],
  ["swarm init --force-new-cluster", "docker swarm init"],
  ["context create x", "docker context create"],
])("docker %s is known, and refused with its reason", async (argv, name) => {
  const { status, stdout, stderr } = await docker(argv);
  expect(stderr).toMatch(new RegExp(`^${name} is not supported by Drydock: .+\n$`));
  expect([status, stdout]).toEqual([1, ""]);
});

test.each([
  ["run --gpus=all x", "docker run: --gpus is not supported by Drydock: the machine has no GPU\n"],
  ["pull -a x", "docker pull: --all-tags is not supported by Drydock: the engine pulls one tag at a time\n"],
  [
    "--tls ps",
    "docker: --tls is not supported by Drydock: the engine is in this page, and nothing goes over a network\n",
  ],
  [
    "build --push .",
    "docker build: --push is not supported by Drydock: a build goes to the engine's images, and nowhere else yet\n",
  ],
])("docker %s: the flag is refused with its reason, and nothing is done", async (argv, text) => {
  expect(await docker(argv)).toMatchObject({ status: 125, stdout: "", stderr: text, requests: [] });
});

test("a refused flag with a value that is so anyway asks for nothing", async () => {
  const script = { "POST /images/create": documents({ status: "Status: Image is up to date for busybox:latest" }) };
  const usual = await docker("pull -q --disable-content-trust=true busybox", script);
  expect(usual).toMatchObject({ status: 0, stderr: "" });
  const platform = await docker("history --platform linux/386 x", { "GET /images/x/history": [] });
  expect(platform).toMatchObject({ status: 0, stderr: "" });
  const other = await docker("pull -q --disable-content-trust=false busybox", script);
  expect(other).toMatchObject({ status: 125, requests: [] });
});

test("every refusal is of a flag that its command has", () => {
  const specs = { ...COMMON, ...FURTHER };
  for (const [name, { flags, refusals = {} }] of Object.entries(specs)) {
    if (name === "update") continue; // It has some of run's flags, and run's reasons.
    const longs = flags.map(({ long }) => long);
    for (const refused of Object.keys(refusals))
      if (name !== "create" || refused !== "detach-keys") expect(longs, `docker ${name}`).toContain(refused);
  }
});

test("help of a command goes to stdout, with its flags in order", async () => {
  const { status, stdout, stderr } = await docker("kill --help");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    [
      "Usage:  docker kill [OPTIONS] CONTAINER [CONTAINER...]",
      "",
      "Kill one or more running containers",
      "",
      "Aliases:",
      "  docker container kill, docker kill",
      "",
      "Options:",
      "  -s, --signal string   Signal to send to the container",
      "",
    ].join("\n"),
  );
});

test("help is wrapped to eighty columns", async () => {
  const { stdout } = await docker("run --help");
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(stdout).toContain("  -m, --memory bytes ");
});

test("without a command the help goes to stderr, with --help to stdout", async () => {
  const bare = await docker([]);
  const asked = await docker("--help");
  expect([bare.status, asked.status]).toEqual([0, 0]);
  expect([bare.stdout, asked.stderr]).toEqual(["", ""]);
  expect(bare.stderr).toBe(asked.stdout);
  expect(asked.stdout).toMatch(/^Usage: {2}docker \[OPTIONS\] COMMAND\n/);
});

test("-h shows the page, and says that it is no longer the way", async () => {
  const notice = "Flag shorthand -h has been deprecated, use --help\n";
  expect((await docker("ps -h")).stdout).toBe(notice + (await docker("ps --help")).stdout);
  expect((await docker("image -h")).stdout).toBe(notice + (await docker("image --help")).stdout);
  expect(await docker("-h")).toMatchObject({ stderr: notice, stdout: (await docker("--help")).stdout });
});

test("--help after what is no command shows the page above", async () => {
  expect((await docker("foo --help")).stdout).toBe((await docker("--help")).stdout);
  expect((await docker("image foo --help")).stdout).toBe((await docker("image --help")).stdout);
});

test("docker --version and help of a command by name", async () => {
  expect((await docker("--version")).stdout).toBe("Docker version 28.2.2, build drydock\n");
  expect((await docker("help ps")).stdout).toBe((await docker("ps --help")).stdout);
});

test("another engine is refused", async () => {
  expect((await docker("-H tcp://x ps")).stderr).toBe(
    "docker: this docker command talks to Drydock's own engine only: leave out -H and -c\n",
  );
});
