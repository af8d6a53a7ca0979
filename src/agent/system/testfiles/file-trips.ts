import {
  AT_FDCWD,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  S_IFCHR,
  S_IFIFO,
  SEEK_DATA,
  SEEK_HOLE,
  SEEK_SET,
} from "../../../shared/linux/constants.js";
import { decodePath, encodePath } from "../../../shared/text/path-bytes.js";
import type { System } from "../system.js";
import { carryOut, must, openSlave } from "./carry-out.js";
import { failureOf } from "./failure-of.js";

export function tree(system: System, dir: string) {
  const file = `${dir}/ä file`;
  const fd = system.open(file, O_CREAT | O_EXCL | O_RDWR, 0o640);
  const taken = system.write(fd, system.utf8Encode("hello"));
  must(system, (calls) => {
    const time = [1234567890, 0, 123456789, 0];
    const [symlink, fifo, tty] = ["symlink", "fifo", "tty"].map((name) => calls.text(`${dir}/${name}`));
    calls.call("fchown32", [fd, 12, 34]);
    calls.call("utimensat_time64", [AT_FDCWD, calls.text(file), calls.words([...time, ...time]), 0]);
    calls.call("symlink", [calls.text("ä file"), symlink!]);
    calls.call("link", [calls.text(file), calls.text(`${dir}/hard`)]);
    calls.call("mknod", [fifo!, S_IFIFO | 0o600, 0]);
    calls.call("mknod", [tty!, S_IFCHR | 0o600, 5 * 256 + (700 & 0xff) + ((700 >> 8) << 20)]);
    calls.call("lchown32", [symlink!, 1, 70000]);
  });
  system.close(fd);
  system.chmod(`${dir}/hard`, 0o4755);
  system.rename(`${dir}/hard`, `${dir}/renamed`);
  const { ino: _ino, dev: _dev, ...stat } = system.stat(`${dir}/symlink`);
  const link = system.lstat(`${dir}/symlink`);
  const device = system.lstat(`${dir}/tty`);
  const result = {
    taken,
    names: system.readdir(dir).sort(),
    stat,
    link: { mode: link.mode, uid: link.uid, gid: link.gid, target: system.readlink(`${dir}/symlink`) },
    device: [device.major, device.minor],
    content: system.utf8Decode(system.readFile(file)),
  };
  for (const name of result.names) system.unlink(`${dir}/${name}`);
  system.mkdir(`${dir}/sub`, 0o700);
  system.rmdir(`${dir}/sub`);
  system.syncfs(dir);
  return { ...result, after: system.readdir(dir) };
}

export function contents(system: System, dir: string) {
  const big = new Uint8Array(300_000).map((_, i) => i % 251);
  const from = system.open(`${dir}/from`, O_CREAT | O_RDWR, 0o600);
  for (let at = 0; at < big.length; ) at += system.write(from, big.subarray(at, at + 65536));
  system.close(from);
  const source = system.open(`${dir}/from`, O_RDONLY, 0);
  const copy = system.open(`${dir}/copy`, O_CREAT | O_WRONLY, 0o600);
  const first = system.read(source, 10);
  const counts: number[] = [];
  while (counts.at(-1) !== 0) counts.push(system.sendfile(copy, source, 200_000));
  system.writeFile(`${dir}/from`, "short");
  const copied = system.readFile(`${dir}/copy`);
  return {
    first: [...first!],
    counts,
    same: copied.length === big.length - 10 && copied.every((byte, i) => byte === big[i + 10]),
    end: system.read(source, 5)?.length,
    short: system.utf8Decode(system.readFile(`${dir}/from`)),
  };
}

export function xattrs(system: System, dir: string) {
  must(system, (calls) => {
    for (const [name, value] of Object.entries({ "trusted.overlay.opaque": "y", "trusted.empty": "" }))
      calls.call("setxattr", [calls.text(dir), calls.text(name), calls.text(value), value.length, 0]);
  });
  return {
    names: system.listxattr(dir).sort(),
    value: system.utf8Decode(system.getxattr(dir, "trusted.overlay.opaque")),
    empty: system.getxattr(dir, "trusted.empty").length,
    missing: failureOf(() => system.getxattr(dir, "trusted.none")).replace(dir, "DIR"),
  };
}

export function errors(system: System, dir: string) {
  return [
    failureOf(() => system.open("/nowhere/at all", O_RDONLY, 0)),
    failureOf(() => system.mkdir(dir, 0)).replace(dir, "DIR"),
    failureOf(() => system.close(999)),
    failureOf(() => system.stat("a\0b")).replace("\0", "NUL"),
    carryOut(system, (calls) => calls.call("chdir", [calls.text("/nowhere")], { step: "/nowhere" })).failure,
    failureOf(() => system.writeFile("/proc/sys/kernel/none", "1")),
  ];
}

export function pipes(system: System) {
  const { read, write } = system.pipe();
  system.setNonBlocking(read, true);
  system.setNonBlocking(write, true);
  const before = system.read(read, 10);
  let room = 0;
  for (let taken = -1; taken !== 0; room += taken) taken = system.write(write, new Uint8Array(65536));
  let found = 0;
  for (let bytes = system.read(read, 100_000); bytes; bytes = system.read(read, 100_000)) found += bytes.length;
  system.close(write);
  const atEnd = system.read(read, 10)?.length;
  system.close(read);
  return { before, room, found, atEnd };
}

export function sockets(system: System, dir: string) {
  const [one, other] = system.socketpair();
  const { read, write } = system.pipe();
  system.sendFds(one, system.utf8Encode("first"), [write]);
  system.sendFds(one, system.utf8Encode("second, too long"), [write]);
  system.close(write);
  const message = system.recvFds(other, 100)!;
  system.write(message.fds[0]!, Uint8Array.of(42));
  const tooLong = failureOf(() => system.recvFds(other, 3));
  system.close(message.fds[0]!);
  const through = [...system.read(read, 10)!];
  const pipeEnd = system.read(read, 10)?.length;
  system.setNonBlocking(other, true);
  const nothing = system.recvFds(other, 10);
  system.close(one);
  const gone = system.recvFds(other, 10);
  const listening = system.listenUnix(`${dir}/socket`, 0o600);
  system.setNonBlocking(listening, true);
  return {
    text: system.utf8Decode(message.bytes),
    fds: message.fds.length,
    through,
    pipeEnd,
    tooLong: tooLong.replace(/\d+/g, "N"),
    nothing,
    gone,
    mode: system.stat(`${dir}/socket`).mode & 0o777,
    noOne: failureOf(() => system.accept(listening)).replace(/ \d+/, " N"),
  };
}

export function text(system: System) {
  const words = ["", "plain", "ü€😀", "\ud800!", "nul\0in"];
  return {
    utf8: words.map((word) => [...system.utf8Encode(word)]),
    back: words.map((word) => system.utf8Decode(system.utf8Encode(word))),
    part: system.utf8Decode(system.utf8Encode("abcdef").subarray(2, 4)),
    invalid: system.utf8Decode(Uint8Array.of(0x61, 0xff, 0x62)),
    base64: ["", "a", "ab", "abc", "abcd"].map((word) => system.base64Encode(system.utf8Encode(word))),
  };
}

export function terminal(system: System) {
  const master = system.open("/dev/ptmx", O_RDWR | O_NONBLOCK, 0);
  const slave = openSlave(system, master);
  system.setWindowSize(master, { columns: 111, rows: 22 });
  const exchange = () => {
    system.write(master, system.utf8Encode("a\r"));
    return system.utf8Decode(system.read(slave, 100)!);
  };
  const cooked = exchange();
  const before = system.makeRaw(slave);
  const raw = exchange();
  system.setTermios(slave, before);
  const result = {
    terminals: [master, slave, system.pipe().read].map((fd) => system.isTerminal(fd)),
    size: system.windowSize(slave),
    cooked,
    raw,
    cookedAgain: exchange(),
  };
  system.close(slave);
  return result;
}

/** Names of any bytes: each made, read back and sent through JSON, as hexadecimal digits of what came back. */
export function names(system: System, dir: string) {
  const name = system.decodePath(Uint8Array.from({ length: 255 }, (_, i) => i + 1).filter((byte) => byte !== 0x2f));
  const odd = system.decodePath(Uint8Array.of(0xed, 0xb3, 0xbf, 0xc0, 0xf0, 0x9f, 0x98, 0x80, 0xff));
  const hex = (text: string) => [...encodePath(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  system.mkdir(`${dir}/${name}`, 0o755);
  const at = system.open(`${dir}/${name}`, O_RDONLY | O_DIRECTORY, 0);
  must(system, (calls) => {
    calls.call("symlink", [calls.text(odd), calls.text(`${dir}/${name}/${odd}`)]);
    calls.call("setxattr", [calls.text(`${dir}/${name}`), calls.text("trusted.\udcff"), calls.text("1"), 1, 0]);
  });
  const found = JSON.parse(JSON.stringify([...system.readdir(dir), ...system.readdir(".", at)])) as string[];
  const result = {
    names: found.map(hex),
    target: hex(system.readlink(odd, at)),
    xattrs: system
      .listxattr(`/proc/self/fd/${at}`)
      .concat(system.listxattr(`${dir}/${name}`))
      .map(hex),
    same: system.decodePath(encodePath(name)) === decodePath(encodePath(name)),
    lstat: (system.lstat(odd, at).mode & 0o170000).toString(8),
  };
  system.unlink(odd, at);
  system.close(at);
  system.rmdir(`${dir}/${name}`);
  return result;
}

export function holes(system: System, dir: string) {
  const fd = system.open(`${dir}/holes`, O_CREAT | O_RDWR, 0o600);
  const end = system.seek(fd, 10 * 2 ** 30, SEEK_SET);
  system.write(fd, Uint8Array.of(1));
  const { size, blocks } = system.lstat(`${dir}/holes`);
  const result = {
    end,
    size,
    isSparse: blocks * 512 < 2 ** 20,
    data: system.seek(fd, 0, SEEK_DATA) > 10 * 2 ** 30 - 2 ** 20,
    hole: system.seek(fd, 10 * 2 ** 30, SEEK_HOLE),
    after: failureOf(() => system.seek(fd, size, SEEK_DATA)).replace(/\d+/, "FD"),
  };
  system.close(fd);
  return result;
}
