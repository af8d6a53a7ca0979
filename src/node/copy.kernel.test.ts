/** Files into and out of containers, images of what containers have become, and the shell's completion. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Capture } from "./capture.js";
import { runInGuest } from "./guest-script.js";
import { type Headless, openHeadless } from "./headless.js";

let headless: Headless;
beforeAll(async () => {
  headless = await openHeadless();
  await sh("docker pull -q busybox");
});
afterAll(() => headless?.dispose());

async function sh(script: string): Promise<{ stdout: string; stderr: string; status: number }> {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const status = await runInGuest(headless.machine, ["/bin/sh", "-c", script], { stdout, stderr });
  return { stdout: stdout.text, stderr: stderr.text, status };
}

test("cp into a container that runs, was never started, and has ended; and out of it", async () => {
  const made = await sh(
    `mkdir -p /tmp/in/sub && cd /tmp && echo one >in/one && echo two >in/sub/two && ln -s one in/link && chmod 751 in/sub
    docker run -d --name live busybox sleep 1000 >/dev/null
    docker cp in live:/srv && docker cp in/one live:/etc/motd && docker cp in/. live:/tmp && docker cp in live:/tmp
    docker exec live sh -c 'cd /srv && cat one sub/two link && stat -c "%a %u" sub && cat /etc/motd && ls /tmp /tmp/in'
    docker cp live:/etc/hosts - | tar -xO | head -n 1`,
  );
  expect(made).toEqual({
    stdout: "one\ntwo\none\n751 0\none\n/tmp:\nin\nlink\none\nsub\n\n/tmp/in:\nlink\none\nsub\n127.0.0.1\tlocalhost\n",
    stderr: "",
    status: 0,
  });
  const fresh = await sh(
    `cd /tmp && docker create --name fresh -v data:/data busybox cat /in/one /data/one >/dev/null
    docker cp in fresh:/ && docker cp in/one fresh:/data && docker start -a fresh && docker cp in/sub/two fresh:/in/one
    docker cp fresh:/in/one - | tar -xO && docker cp fresh:/data/one out && cat out && docker cp fresh:/in copy && ls -l copy | grep -c link
    docker diff fresh && docker ps -a --format '{{.Names}} {{.State}}' --filter name=fresh`,
  );
  expect(fresh).toEqual({
    stdout: "one\none\ntwo\none\n1\nA /data\nA /in\nA /in/link\nA /in/one\nA /in/sub\nA /in/sub/two\nfresh exited\n",
    stderr: "",
    status: 0,
  });
});

test("cp is refused in Docker's words", async () => {
  const { stdout } = await sh(
    `cd /tmp && docker run -d --read-only --name ro busybox sleep 1000 >/dev/null
    for line in 'in ro:/srv' 'in/one live:/nowhere/x' 'live:/nothing .' 'in live:/etc/motd' 'nothing live:/' 'live:/a ro:/b' 'a b' 'live:/etc/motd none/'
    do docker cp $line; echo $?; done 2>&1; docker rm -f ro >/dev/null`,
  );
  const lines = stdout.trim().split("\n");
  expect(lines.filter((line) => line === "1")).toHaveLength(8);
  expect(lines.filter((line) => line !== "1")).toEqual([
    "Error response from daemon: container rootfs is marked read-only",
    "Error response from daemon: Could not find the file /nowhere in container live",
    "Error response from daemon: Could not find the file /nothing in container live",
    "cannot copy directory",
    "lstat /tmp/nothing: no such file or directory",
    "copying between containers is not supported",
    "must specify at least one container source",
    "no such directory",
  ]);
});

test("what is copied into a container stays in it, whatever its links say", async () => {
  const { stdout, stderr } = await sh(
    `cd /tmp && rm -f /etc/escaped && docker exec live sh -c 'ln -s /proc/1/root/etc /root-etc; ln -s ../../../../../etc /up; mkdir /keep; ln -s /etc/escaped /keep/one'
    docker cp in/one live:/up/escaped; docker cp in/one live:/keep/
    docker exec live sh -c 'cat /etc/escaped; cat /keep/one'; ls /etc/escaped 2>&1`,
  );
  expect({ stdout, stderr }).toEqual({ stdout: "one\none\nls: /etc/escaped: No such file or directory\n", stderr: "" });
});

test("commit, export and import make images that run", async () => {
  const { stdout, stderr, status } = await sh(
    `docker run --name made busybox sh -c 'echo hello >/greeting; rm /etc/group; head -c 300000 /dev/zero >/zeros' && cd /tmp
    docker commit -m why -a me -c 'CMD ["cat", "/greeting"]' made mine:v1 >/dev/null && docker run --rm mine:v1
    docker run --rm mine:v1 sh -c 'ls /etc/group; wc -c </zeros' 2>&1
    docker export made | docker import -c 'CMD cat /greeting' - flat >/dev/null && docker run --rm flat
    docker history --format '{{.Comment}}' mine:v1 | head -n 1; docker inspect -f '{{.Author}} {{len .RootFS.Layers}}' mine:v1 flat`,
  );
  expect({ stdout, stderr, status }).toEqual({
    stdout: "hello\nls: /etc/group: No such file or directory\n300000\nhello\nwhy\nme 2\n 1\n",
    stderr: "",
    status: 0,
  });
});

test("the guest's bash completes commands, flags and names", async () => {
  const { stdout, stderr } = await sh(
    `cat >/tmp/complete <<'END'
eval "$(docker completion bash)"
try() { COMP_LINE=$1 COMP_POINT=\${#1}; __docker_complete; echo "\${COMPREPLY[@]}"; }
try "docker ru"; try "docker logs --ti"; try "docker rm liv"; try "docker run -it busybox:l"; complete -p docker
END
    bash /tmp/complete`,
  );
  expect({ stdout, stderr }).toEqual({
    stdout: "run\n--timestamps\nlive\nlatest\ncomplete -o bashdefault -o default -F __docker_complete docker\n",
    stderr: "",
  });
});
