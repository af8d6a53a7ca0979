/** A real dockerd, in network and mount namespaces of its own, pulling the same base image as we do. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Disposable } from "../../shared/disposable.js";
import { openLocalShell } from "./local-shell.js";
import type { TimedShell } from "./timed-shell.js";

export interface Peer extends Disposable {
  /** On this machine; `docker` there speaks to the peer. */
  shell: TimedShell;
}

/** Port of the registry inside the peer's network namespace, which it has for itself. */
const REGISTRY_PORT = 5000;
const PEER_IMAGE = `localhost:${REGISTRY_PORT}/busybox`;

/**
 * @param context folder of the BigFile project.
 * @returns why there is no peer, when there is none.
 */
export async function startPeer(registry: string, context: string): Promise<Peer | string> {
  if (process.getuid?.() !== 0) return "dockerd needs root";
  if (!existsSync("/usr/sbin/dockerd") && !installDocker()) return "Debian's docker.io could not be installed";
  const folder = mkdtempSync(join(tmpdir(), "drydock-peer-"));
  const socket = `unix://${folder}/sock`;
  const children = [launch(folder, socket)];
  const docker = (args: string[]) => spawnSync("docker", ["-H", socket, ...args], { encoding: "utf8" });
  const dispose = () => end(children, folder);
  if (!(await answers(() => docker(["version"]).status === 0))) {
    dispose();
    return "dockerd did not start";
  }
  children.push(serveRegistry(children[0]!.pid!, registry));
  await answers(() => docker(["pull", PEER_IMAGE]).status === 0);
  docker(["tag", PEER_IMAGE, "busybox"]);
  const shell = openLocalShell({ DOCKER_HOST: socket });
  await shell.run(`CONTEXT=${context} REMOTE=${PEER_IMAGE} IMAGES='big busybox ${PEER_IMAGE}'`);
  return {
    shell,
    dispose() {
      shell.dispose();
      dispose();
    },
  };
}

function installDocker(): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-q"], { env });
  spawnSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", "docker.io"], { env });
  return existsSync("/usr/sbin/dockerd");
}

function launch(folder: string, socket: string): ChildProcess {
  const dockerd = [
    "dockerd --storage-driver overlay2",
    `--data-root ${folder}/data --exec-root ${folder}/exec --pidfile ${folder}/pid -H ${socket}`,
  ].join(" ");
  return spawn("unshare", ["-n", "-m", "sh", "-c", `ip link set lo up; exec ${dockerd}`], { stdio: "ignore" });
}

/** The static registry's files over HTTP, inside the namespace of `pid`, with the media types that dockerd wants. */
function serveRegistry(pid: number, folder: string): ChildProcess {
  const script = join(import.meta.dirname, "peer-registry.mjs");
  const args = ["-t", String(pid), "-n", process.execPath, script, folder, String(REGISTRY_PORT)];
  return spawn("nsenter", args, { stdio: "ignore" });
}

async function answers(works: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < 60; attempt++) {
    if (works()) return true;
    await sleep(500);
  }
  return false;
}

function end(children: readonly ChildProcess[], folder: string): void {
  for (const child of children) child.kill("SIGTERM");
  spawnSync("sleep", ["3"]);
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
