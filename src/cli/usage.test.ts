import { expect, test } from "vitest";
import { docker } from "./fakes/scripted-engine.js";

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
])("docker %s", async (argv, status, stderr) => {
  expect(await docker(argv)).toMatchObject({ status, stderr, stdout: "", requests: [] });
});

test.each(["compose up", "login", "image push x", "container commit a b"])(
  "docker %s is known, and not here yet",
  async (argv) => {
    const { status, stderr } = await docker(argv);
    expect(stderr).toMatch(/^docker [a-z ]+: not supported by Drydock yet\n$/);
    expect(status).toBe(1);
  },
);

test("a flag that Docker has and Drydock has not", async () => {
  const { status, stderr } = await docker("run --gpus all busybox");
  expect([status, stderr]).toEqual([125, "docker run: --gpus is not supported by Drydock yet\n"]);
});

test("help of a command goes to stdout, with its flags in order", async () => {
  const { status, stdout, stderr } = await docker("kill --help");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    [
      "Usage:  docker kill [OPTIONS] CONTAINER [CONTAINER...]",
      "",
      "Send a signal to running containers",
      "",
      "Aliases:",
      "  docker container kill, docker kill",
      "",
      "Options:",
      "  -s, --signal string   Signal to send",
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

test("docker --version and help of a command by name", async () => {
  expect((await docker("--version")).stdout).toBe("Docker version 28.2.2, build drydock\n");
  expect((await docker("help ps")).stdout).toBe((await docker("ps --help")).stdout);
});

test("another engine is refused", async () => {
  expect((await docker("-H tcp://x ps")).stderr).toBe(
    "docker: this docker command talks to Drydock's own engine only: leave out -H and -c\n",
  );
});
