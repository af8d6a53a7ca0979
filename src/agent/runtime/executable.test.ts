import { expect, test } from "vitest";
import { S_IFDIR } from "../system/constants.js";
import { FakeSystem } from "../system/fake-system.js";
import { findExecutable } from "./executable.js";

function guest(): FakeSystem {
  const system = new FakeSystem();
  system.put("/bin/sh", "", 0o755);
  system.put("/usr/bin/sh", "", 0o755);
  system.put("/bin/plain", "", 0o644);
  system.put("/usr/bin/plain", "", 0o755);
  system.mkdir("/bin/directory", S_IFDIR | 0o755);
  return system;
}

test.each([
  ["/bin/sh", undefined, "/bin/sh"],
  ["sh", "PATH=/usr/bin:/bin", "/usr/bin/sh"],
  ["sh", undefined, "/usr/bin/sh"],
  ["plain", "PATH=/bin:/usr/bin", "/usr/bin/plain"],
])("%s with %s is %s", (name, path, found) => {
  expect(findExecutable(guest(), name, path ? ["A=b", path] : [])).toBe(found);
});

test.each([
  ["foo", "no-such-executable", 'exec: "foo": executable file not found in $PATH'],
  ["", "no-such-executable", 'exec: "": executable file not found in $PATH'],
  ["directory", "no-such-executable", 'exec: "directory": executable file not found in $PATH'],
  ["/foo", "no-such-executable", 'exec: "/foo": stat /foo: no such file or directory'],
  ["/bin/plain", "not-executable", 'exec: "/bin/plain": permission denied'],
  ["/bin", "not-executable", 'exec: "/bin": is a directory'],
])("%s: %s", (name, code, message) => {
  expect(() => findExecutable(guest(), name, [])).toThrow(
    expect.objectContaining({ failure: { code, message }, message }),
  );
});
