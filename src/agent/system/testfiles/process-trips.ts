import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  MNT_DETACH,
  MS_PRIVATE,
  MS_REC,
  O_RDONLY,
  O_RDWR,
  PR_CAPBSET_DROP,
  PR_SET_NO_NEW_PRIVS,
  RLIMIT_FSIZE,
  RLIMIT_NOFILE,
  SIGKILL,
  SIGTERM,
} from "../constants.js";
import type { Pid, System } from "../system.js";
import { ended } from "./ended.js";
import { failureOf } from "./failure-of.js";

/** Runs `work` in a clone and returns its answer, or the error that ended it, with how it ended. */
async function inChild(system: System, flags: number, work: () => unknown) {
  const [mine, theirs] = system.socketpair();
  const pid = system.clone(flags);
  if (pid === 0) {
    let answer: unknown;
    try {
      answer = work();
    } catch (error) {
      answer = String(error);
    }
    system.sendFds(theirs, system.utf8Encode(JSON.stringify(answer ?? null)), []);
    system.exit(7);
  }
  system.close(theirs);
  const status = await ended(system, pid);
  const { bytes } = system.recvFds(mine, 65536)!;
  system.close(mine);
  return { answer: bytes.length ? JSON.parse(system.utf8Decode(bytes)) : undefined, status };
}

function fileText(system: System, path: string): string {
  return system.utf8Decode(system.readFile(path)).trim();
}

export async function namespaces(system: System, dir: string) {
  const flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;
  const outside = system.readlink("/proc/self/ns/uts");
  const child = await inChild(system, flags, () => {
    system.sethostname("inside");
    system.setdomainname("example");
    system.linkUp("lo");
    const name = fileText(system, "/proc/sys/kernel/hostname");
    const other = system.readlink("/proc/self/ns/uts");
    system.mount("none", "/", "", MS_REC | MS_PRIVATE, "");
    system.mount("tmpfs", dir, "tmpfs", 0, "size=64k");
    for (const part of ["proc", "old"]) system.mkdir(`${dir}/${part}`, 0o755);
    system.chdir(dir);
    system.pivotRoot(".", "old");
    system.umount("/old", MNT_DETACH);
    system.mount("proc", "/proc", "proc", 0, "");
    return {
      name,
      differs: other !== outside,
      pid: system.getpid(),
      root: system.readdir("/").sort(),
      mounts: fileText(system, "/proc/mounts")
        .split("\n")
        .map((line) => line.split(" ").slice(0, 3).join(" ")),
      interfaces: fileText(system, "/proc/net/if_inet6").includes(" lo"),
    };
  });
  return { ...child, stillOutside: system.readlink("/proc/self/ns/uts") === outside };
}

export async function joining(system: System) {
  const [mine, theirs] = system.socketpair();
  const holder = system.clone(CLONE_NEWUTS);
  if (holder === 0) {
    system.sethostname("held");
    system.sendFds(theirs, Uint8Array.of(1), []);
    system.recvFds(theirs, 1);
    system.exit(0);
  }
  system.recvFds(mine, 1);
  const joined = await inChild(system, 0, () => {
    system.setns(system.open(`/proc/${holder}/ns/uts`, O_RDONLY, 0), CLONE_NEWUTS);
    const name = fileText(system, "/proc/sys/kernel/hostname");
    system.unshare(CLONE_NEWUTS);
    system.sethostname("own");
    return [name, fileText(system, "/proc/sys/kernel/hostname")];
  });
  const running = system.waitpid(holder);
  system.kill(holder, SIGTERM);
  return { answer: joined.answer, running, killed: await ended(system, holder) };
}

export async function programs(system: System) {
  const { read, write } = system.pipe();
  const pid = system.clone(0);
  if (pid === 0) {
    system.resetSignals();
    system.setsid();
    system.dup2(write, 1);
    system.closeRange(3, 0xffffffff);
    system.execve(
      "/bin/sh",
      ["sh", "-c", 'echo "$X $0 $#" $(ls /proc/$$/fd); kill -9 $$', "name", "a b"],
      ["X=1 2", "PATH=/bin"],
    );
  }
  system.close(write);
  const status = await ended(system, pid);
  return { status, text: system.utf8Decode(system.read(read, 1000)!) };
}

export function identity(system: System) {
  return inChild(system, 0, () => {
    system.setrlimit(RLIMIT_NOFILE, 100, 200);
    system.setrlimit(RLIMIT_FSIZE, 2 ** 40, -1);
    system.prctl(PR_CAPBSET_DROP, 21);
    system.prctl(PR_SET_NO_NEW_PRIVS, 1);
    const umask = [system.umask(0o27), system.umask(0o22)];
    system.setgroups([5, 70000]);
    system.setgid(1001);
    system.capset([0x000000c1, 0], [0x000000c1, 0], [0, 0]);
    system.setuid(3_000_000_000);
    const status = fileText(system, "/proc/self/status");
    const field = (name: string) => new RegExp(`^${name}:\\s*(.*?)\\s*$`, "m").exec(status)?.[1];
    const limits = fileText(system, "/proc/self/limits");
    const limit = (name: string) => new RegExp(`^${name}\\s+(\\S+)\\s+(\\S+)`, "m").exec(limits)?.slice(1);
    return {
      umask,
      fields: ["Uid", "Gid", "Groups", "CapPrm", "CapEff", "NoNewPrivs"].map(field),
      dropped: (Number.parseInt(field("CapBnd")!.slice(-8), 16) >>> 21) & 1,
      files: limit("Max open files"),
      size: limit("Max file size"),
    };
  });
}

/** A child that comes back to the event loop instead of ending. */
export async function cameBack(system: System) {
  const parent = system.getpid();
  const heard: string[] = [];
  const { read, write } = system.pipe();
  system.onReadable(read, () => {
    if (system.getpid() === parent) system.read(read, 10);
    else system.kill(parent, SIGKILL);
    heard.push("read");
    system.onReadable(read, null);
  });
  const pid = await new Promise<Pid>((resolve) => {
    system.setTimer(0, () => {
      const cloned = system.clone(0);
      if (cloned !== 0) resolve(cloned);
    });
  });
  const status = await ended(system, pid);
  system.write(write, Uint8Array.of(1));
  await new Promise<void>((resolve) => {
    system.setTimer(5, resolve);
  });
  return { status, heard };
}

export function controllingTerminal(system: System) {
  return inChild(system, 0, () => {
    const master = system.open("/dev/ptmx", O_RDWR, 0);
    const path = `/dev/pts/${system.unlockTerminal(master)}`;
    system.setsid();
    const without = failureOf(() => system.open("/dev/tty", O_RDWR, 0));
    const slave = system.open(path, O_RDWR, 0);
    system.setControllingTerminal(slave);
    system.write(system.open("/dev/tty", O_RDWR, 0), system.utf8Encode("through"));
    return { without, text: system.utf8Decode(system.read(master, 100)!) };
  });
}

export function clocks(system: System) {
  const first = system.monotonicMicros();
  system.addEntropy(new Uint8Array(32).fill(7));
  return { forward: system.monotonicMicros() > first, whole: Number.isInteger(first) };
}
