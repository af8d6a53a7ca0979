/** What a container is, on the real kernel: the agent, the engine and the command line together. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OutputEvent, StepEvent, TraceEvent } from "../engine/trace/events.js";
import { Capture } from "./capture.js";
import { runInGuest } from "./guest-script.js";
import { type Headless, openHeadless } from "./headless.js";

let headless: Headless;
const traced: TraceEvent[] = [];
beforeAll(async () => {
  headless = await openHeadless();
  headless.core.onTrace((event) => traced.push(event));
  await sh("docker pull -q busybox");
});
afterAll(() => headless?.dispose());

async function sh(script: string): Promise<{ stdout: string; stderr: string; status: number }> {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const status = await runInGuest(headless.machine, ["/bin/sh", "-c", script], { stdout, stderr });
  return { stdout: stdout.text, stderr: stderr.text, status };
}

describe("docker build", () => {
  test("clips what a RUN prints without end, and goes on to its exit", async () => {
    const { stderr, status } = await sh(
      `mkdir -p /tmp/flood && cd /tmp/flood && printf 'FROM busybox\\nRUN yes | head -c 64000000; echo made >/made\\n' >Dockerfile &&
        docker build --progress plain -q -t flood . >/dev/null && docker run --rm flood cat /made >&2`,
    );
    expect({ stderr, status }).toEqual({ stderr: "made\n", status: 0 });
    const printed = traced.filter((event) => event.type === "output" && event.stream === "stdout");
    const flood = printed.map((event) => (event as OutputEvent).text).join("");
    const notice = "\n[output clipped, log limit 2MiB reached]\n";
    expect(flood.endsWith(notice)).toBe(true);
    expect(flood.length).toBe((2 << 20) + notice.length);
  });

  test("shows how a RUN ended that failed after it was clipped", async () => {
    const { stderr, status } = await sh(
      `cd /tmp/flood && printf 'FROM busybox\\nRUN yes | head -c 3000000; echo the reason; exit 3\\n' >Dockerfile &&
        docker build --progress plain . 2>&1 | tail -n 20 >&2`,
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(/------\n > \[2\/2\] RUN yes[\s\S]*\n\d+\.\d+ the reason\n------/);
  });
});

describe("docker logs", () => {
  test("keeps the end of what a container prints without end, and says that the rest is gone", async () => {
    const { stdout, stderr } = await sh(
      "docker run --name flood busybox sh -c 'yes | head -c 20000000; echo end' >/dev/null; docker logs flood | tail -n 1; docker rm flood >/dev/null",
    );
    expect({ stdout, stderr }).toEqual({ stdout: "end\n", stderr: "[log clipped: earlier lines are gone]\n" });
  });
});

describe("docker run", () => {
  test("limits memory in the container's own cgroup", async () => {
    const { stdout } = await sh("docker run --rm -m 32m busybox cat /sys/fs/cgroup/memory.max");
    expect(stdout).toBe("33554432\n");
  });

  test("passes the exit status on", async () => {
    expect((await sh("docker run --rm busybox sh -c 'exit 7'")).status).toBe(7);
  });

  test("tells a program that is not there from one that is no program", async () => {
    const missing = await sh("docker run --rm busybox nosuch");
    expect(missing.status).toBe(127);
    expect(missing.stderr).toContain('exec: "nosuch": executable file not found in $PATH');
    expect((await sh("docker run --rm busybox /etc/passwd")).status).toBe(126);
  });

  test("ends by SIGKILL, and says so, what eats more than its memory", async () => {
    const eat = await sh("docker run --name oom -m 32m busybox sh -c 'x=a; while true; do x=$x$x; done'");
    expect(eat.status).toBe(137);
    const { stdout } = await sh("docker inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}}' oom; docker rm oom");
    expect(stdout).toBe("true 137\noom\n");
  });

  test("makes pid 1 in namespaces of its own, on an overlay of the image's layers", async () => {
    const { stdout } = await sh(
      "docker run --name me busybox sh -c 'echo $$; hostname; cat /proc/1/comm; mount | head -1'; docker inspect -f '{{.Id}}' me; docker rm me",
    );
    const [pid, hostname, comm, mount, id] = stdout.split("\n");
    expect(pid).toBe("1");
    expect(hostname).toBe(id!.slice(0, 12));
    expect(comm).toBe("sh");
    expect(mount).toMatch(
      /^overlay on \/ type overlay \(rw,relatime,lowerdir=\S+:\/run\/drydock\/page\/layers\/[0-9a-f]{12},upperdir=/,
    );
  });

  test("gives what Docker's default profile gives: capabilities, masked and read-only paths", async () => {
    const { stdout } = await sh(
      "docker run --rm busybox sh -c 'grep CapEff /proc/self/status; cat /proc/kcore | wc -c; echo x > /proc/sys/kernel/domainname; echo $?'",
    );
    expect(stdout).toContain("CapEff:\t00000000a80425fb");
    expect(stdout).toMatch(/\n0\n1\n$/);
  });

  test("limits processes", async () => {
    const { stderr } = await sh(
      "docker run --rm --pids-limit 5 busybox sh -c 'for i in 1 2 3 4 5 6 7; do sleep 5 & done; wait'",
    );
    expect(stderr).toContain("can't fork");
  });

  test("shares the processor by --cpu-shares", async () => {
    const { stdout } = await sh(`
      docker run -d --name low --cpu-shares 512 busybox sh -c 'while :; do :; done' >/dev/null
      docker run -d --name high --cpu-shares 1024 busybox sh -c 'while :; do :; done' >/dev/null
      usage() { sed -n 's/usage_usec //p' /sys/fs/cgroup/docker/$(docker inspect -f '{{.Id}}' $1)/cpu.stat; }
      low=$(usage low); high=$(usage high); sleep 12
      echo $(( ($(usage low) - low) / 1000 )) $(( ($(usage high) - high) / 1000 ))
      docker rm -f low high >/dev/null`);
    const [low, high] = stdout.trim().split(" ").map(Number);
    expect(low).toBeGreaterThan(0);
    expect(high! / low!).toBeGreaterThan(2 * 0.85);
    expect(high! / low!).toBeLessThan(2 * 1.15);
  });

  test("keeps a named volume between containers", async () => {
    const { stdout } = await sh(
      "docker run --rm -v keep:/data busybox sh -c 'echo kept > /data/f'; docker run --rm -v keep:/data busybox cat /data/f; docker volume rm keep",
    );
    expect(stdout).toBe("kept\nkeep\n");
  });

  test("joins stdin, stdout and stderr", async () => {
    const { stdout, stderr } = await sh("echo in | docker run --rm -i busybox sh -c 'cat; echo err >&2'");
    expect([stdout, stderr]).toEqual(["in\n", "err\n"]);
  });
});

test("docker run tells every call that makes a container, each with its own time", async () => {
  const steps: StepEvent[] = [];
  const subscription = headless.core.onTrace((event) => event.type === "step" && steps.push(event));
  await sh("docker run --rm -m 32m -u 1000 busybox true");
  subscription.dispose();
  const told = steps.map(({ call, detail }) => `${call} ${detail}`);
  const order = [
    /^mkdir \/sys\/fs\/cgroup\/docker\/[0-9a-f]{64}$/,
    /^write memory.max 33554432$/,
    /^clone3 .*CLONE_NEWNS\|CLONE_NEWUTS\|CLONE_NEWIPC\|CLONE_NEWPID\|CLONE_INTO_CGROUP$/,
    /^unshare CLONE_NEWCGROUP$/,
    /CLONE_NEWNET$/,
    /^sethostname /,
    /^mount overlay on .* lowerdir=\S+,upperdir=\S+,workdir=\S+$/,
    /^pivot_root \. \.$/,
    /^umount \. MNT_DETACH$/,
    /^mount proc on \/proc /,
    /^mount tmpfs on \/dev /,
    /^mknod \/dev\/null c 1:3$/,
    /^mount sysfs on \/sys /,
    /^mount cgroup on \/sys\/fs\/cgroup /,
    /on \/etc\/hosts MS_BIND/,
    /^mount_setattr \/proc\/sys MOUNT_ATTR_RDONLY$/,
    /^mount \/dev\/null on \/proc\/kcore MS_BIND$/,
    /^seccomp SET_MODE_FILTER/,
    /^setuid 1000$/,
    /^capset effective 0xa80425fb/,
    /^execve true$/,
  ];
  const places = order.map((pattern) => told.findIndex((text) => pattern.test(text)));
  expect(places.map((place, index) => (place < 0 ? String(order[index]) : ""))).toEqual(order.map(() => ""));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  for (const [index, { startMicros, durationMicros }] of steps.entries()) {
    expect(durationMicros, told[index]).toBeGreaterThan(0);
    const next = steps[index + 1];
    if (next) expect(startMicros + durationMicros, told[index]).toBeLessThanOrEqual(next.startMicros + 1);
  }
});

describe("a container's life", () => {
  test("run -d, ps, exec, logs, stop, rm", async () => {
    const { stdout } = await sh(`
      docker run -d --name web busybox sh -c 'echo started; trap "exit 3" TERM; while :; do sleep 1; done' >/dev/null
      docker exec web sh -c 'echo $(hostname | wc -c)'
      docker ps --format '{{.Names}} {{.Image}}'
      docker logs web
      docker stop -t 10 web
      docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web
      docker rm web; docker ps -aq`);
    expect(stdout).toBe("13\nweb busybox\nstarted\nweb\nexited 3\nweb\n");
  });

  test("nothing of it is left in the kernel or on the shelf", async () => {
    const before = headless.machine.figures();
    const left =
      "ls /sys/fs/cgroup/docker 2>/dev/null | grep -c '^[0-9a-f]\\{64\\}$'; ls /var/lib/drydock/snapshots | wc -l; grep -c overlay /proc/mounts";
    await sh("docker run --rm busybox true");
    expect((await sh(left)).stdout).toBe("0\n0\n0\n");
    expect(headless.machine.figures().streams).toBe(before.streams);
  });
});
