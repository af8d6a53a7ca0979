import { expect, test } from "vitest";
import { CLONE_NEWPID, O_CREAT, O_RDONLY, O_WRONLY, S_IFDIR, S_IFMT } from "./constants.js";
import { FakeSystem } from "./fake-system.js";
import { SystemError } from "./system.js";

function errnoOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof SystemError) return error.errno;
    throw error;
  }
  return undefined;
}

test("files, directories and links", () => {
  const system = new FakeSystem();
  system.mkdir("/a", 0o755);
  expect(errnoOf(() => system.mkdir("/a", 0o755))).toBe("EEXIST");
  expect(errnoOf(() => system.mkdir("/b/c", 0o755))).toBe("ENOENT");
  const fd = system.open("/a/f", O_WRONLY | O_CREAT, 0o644);
  system.write(fd, system.utf8Encode("häl"));
  system.write(fd, system.utf8Encode("lo"));
  system.close(fd);
  system.symlink("f", "/a/l");
  system.link("/a/f", "/a/g");
  expect(system.contentOf("/a/l")).toBe("hällo");
  expect(system.readlink("/a/l")).toBe("f");
  expect(system.stat("/a/g").nlink).toBe(2);
  expect(system.readdir("/a").sort()).toEqual(["f", "g", "l"]);
  expect(errnoOf(() => system.rmdir("/a"))).toBe("ENOTEMPTY");
  system.rename("/a", "/z");
  expect(system.contentOf("/z/f")).toBe("hällo");
  expect(system.lstat("/z").mode & S_IFMT).toBe(S_IFDIR);
  expect(errnoOf(() => system.close(fd))).toBe("EBADF");
});

test("reads in parts", () => {
  const system = new FakeSystem();
  system.put("/deep/file", "abcde");
  const fd = system.open("/deep/file", O_RDONLY, 0);
  expect(system.utf8Decode(system.read(fd, 3)!)).toBe("abc");
  expect(system.utf8Decode(system.read(fd, 3)!)).toBe("de");
  expect(system.read(fd, 3)).toHaveLength(0);
});

test("pipes: nothing yet, then bytes, then the end", () => {
  const system = new FakeSystem();
  const { read, write } = system.pipe();
  expect(system.read(read, 10)).toBeNull();
  system.write(write, Uint8Array.of(1, 2, 3));
  expect([...system.read(read, 2)!]).toEqual([1, 2]);
  expect([...system.read(read, 2)!]).toEqual([3]);
  system.close(write);
  expect(system.read(read, 2)).toHaveLength(0);
});

test("sockets pass descriptors", () => {
  const system = new FakeSystem();
  const [one, other] = system.socketpair();
  system.sendFds(one, Uint8Array.of(7), [1, 2]);
  expect(system.recvFds(other, 10)).toEqual({ bytes: Uint8Array.of(7), fds: [1, 2] });
  system.close(other);
  expect(errnoOf(() => system.sendFds(one, Uint8Array.of(7), []))).toBe("EPIPE");
});

test("callbacks of ready descriptors, of ended children and of timers", () => {
  const system = new FakeSystem();
  const heard: string[] = [];
  const { read, write } = system.pipe();
  system.onReadable(read, () => heard.push("pipe"));
  const pid = system.clone(CLONE_NEWPID);
  system.onReadable(system.pidfdOpen(pid), () => heard.push(`ended ${system.waitpid(pid)?.exitCode}`));
  const cancel = system.setTimer(10, () => heard.push("never"));
  system.setTimer(10, () => heard.push("timer"));
  cancel();
  expect(system.turn()).toBe(0);
  system.write(write, Uint8Array.of(1));
  system.end(pid, { exitCode: 3 });
  system.turn();
  system.advance(10);
  expect(heard).toEqual(["pipe", "ended 3", "timer"]);
});

test("calls are recorded and can be made to fail", () => {
  const system = new FakeSystem();
  system.failNext("sethostname", "EPERM");
  expect(errnoOf(() => system.sethostname("x"))).toBe("EPERM");
  system.sethostname("x");
  expect(system.calls).toEqual(["sethostname x", "sethostname x"]);
});

test("base64", () => {
  const system = new FakeSystem();
  for (const word of ["", "a", "ab", "abc", "abcd"])
    expect(system.base64Encode(system.utf8Encode(word))).toBe(Buffer.from(word).toString("base64"));
});
