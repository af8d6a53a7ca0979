import {
  encodeStubExit,
  MAX_STUB_MESSAGE_BYTES,
  parseStubMessage,
  STUB_SOCKET_PATH,
} from "../../../protocol/stub-messages.js";
import type { CallList } from "../../../shared/calls/call-list.js";
import {
  CLONE_NEWNS,
  MS_PRIVATE,
  MS_REC,
  O_RDWR,
  SIGINT,
  SIGKILL,
  SIGTERM,
  TIOCSCTTY,
} from "../../../shared/linux/constants.js";
import type { Fd, System } from "../system.js";
import { type Child, must, openSlave, spawnChild } from "./carry-out.js";

/** A /run of our own, so that nobody else's agent is in the way. */
function privateRun(system: System): void {
  must(system, (calls) => {
    calls.call("unshare", [CLONE_NEWNS]);
    calls.call("mount", [0, calls.text("/"), 0, MS_REC | MS_PRIVATE, 0]);
    calls.call("mount", [calls.text("tmpfs"), calls.text("/run"), calls.text("tmpfs"), 0, 0]);
    calls.call("mkdir", [calls.text("/run/drydock"), 0o755]);
  });
}

function start(
  system: System,
  docker: string,
  argv: string[],
  env: string[],
  prepare: (calls: CallList) => void = () => {},
): Child {
  return spawnChild(system, {}, (calls) => {
    prepare(calls);
    calls.call("execve", [calls.text(docker), calls.texts(argv), calls.texts(env)]);
  });
}

function receive(system: System, socket: Fd) {
  const { bytes, fds } = system.recvFds(socket, MAX_STUB_MESSAGE_BYTES)!;
  return { bytes: bytes.length, message: bytes.length ? parseStubMessage(bytes, system.decodePath) : undefined, fds };
}

/** Arguments in, text through its descriptors, signals passed on, status out. */
export async function stub(system: System, dir: string, docker: string) {
  privateRun(system);
  const listening = system.listenUnix(STUB_SOCKET_PATH, 0o600);
  const { read, write } = system.pipe();
  const { pid, ended } = start(system, docker, ["docker", "run", "", "ü"], ["A=1", "B=2=3"], (calls) => {
    calls.call("chdir", [calls.text(dir)]);
    calls.call("dup2", [write, 1]);
  });
  system.close(write);
  const socket = system.accept(listening);
  const { message: opening, fds } = receive(system, socket);
  system.write(fds[1]!, system.utf8Encode("to its stdout"));
  for (const fd of fds) system.close(fd);
  const signals = [SIGTERM, SIGINT].map((signal) => {
    system.kill(pid, signal);
    return receive(system, socket).message;
  });
  const running = system.waitpid(pid);
  system.sendFds(socket, encodeStubExit(137), []);
  const status = await ended;
  const text = system.utf8Decode(system.read(read, 100)!);
  return {
    opening,
    fds: fds.length,
    text,
    signals,
    running,
    status,
    atEnd: receive(system, socket).bytes,
    after: system.read(read, 1)!.length,
  };
}

/** The size of its terminal, whenever that changes. */
export async function stubResize(system: System, _dir: string, docker: string) {
  privateRun(system);
  const listening = system.listenUnix(STUB_SOCKET_PATH, 0o600);
  const master = system.open("/dev/ptmx", O_RDWR, 0);
  const slave = openSlave(system, master);
  const { pid, ended } = start(system, docker, ["docker"], [], (calls) => {
    calls.call("setsid", []);
    calls.call("ioctl", [slave, TIOCSCTTY, 0]);
    for (const fd of [0, 1, 2]) calls.call("dup2", [slave, fd]);
  });
  system.close(slave);
  const socket = system.accept(listening);
  const { fds } = receive(system, socket);
  system.setWindowSize(master, { columns: 132, rows: 43 });
  const { message } = receive(system, socket);
  system.kill(pid, SIGKILL);
  const killed = await ended;
  return { terminals: fds.map(system.isTerminal), message, killed, end: receive(system, socket).bytes };
}

/** More than a message holds. */
export async function stubLimits(system: System, _dir: string, docker: string) {
  privateRun(system);
  const listening = system.listenUnix(STUB_SOCKET_PATH, 0o600);
  const long = "x".repeat(100_000);
  const { read, write } = system.pipe();
  const errors = (calls: CallList) => calls.call("dup2", [write, 2]);
  const refused = await start(system, docker, ["docker", long, long], [], errors).ended;
  const refusal = system.utf8Decode(system.read(read, 200)!);
  const { ended } = start(system, docker, ["docker", long], ["SMALL=1", `LONG=${long}`, "LAST=2"], errors);
  const socket = system.accept(listening);
  const { message, fds } = receive(system, socket);
  for (const fd of fds) system.close(fd);
  system.close(socket);
  const left = await ended;
  const goodbye = system.utf8Decode(system.read(read, 200)!);
  const kept = message?.kind === "open" ? { env: message.env, leftOut: message.variablesLeftOut } : undefined;
  return { refused, refusal, kept, left, goodbye };
}

export async function stubAlone(system: System, _dir: string, docker: string) {
  privateRun(system);
  const { read, write } = system.pipe();
  const status = await start(system, docker, ["docker", "ps"], [], (calls) => calls.call("dup2", [write, 2])).ended;
  return { status, text: system.utf8Decode(system.read(read, 200)!) };
}
