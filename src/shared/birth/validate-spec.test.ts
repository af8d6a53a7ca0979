import { expect, test } from "vitest";
import type { RuntimeSpec } from "../oci/runtime.js";
import { exampleSpec } from "./testfiles/example-spec.js";
import { validateSpec } from "./validate-spec.js";

test("a whole spec is accepted", () => {
  expect(() => validateSpec(exampleSpec())).not.toThrow();
});

test.each<[string, (spec: RuntimeSpec) => void]>([
  ["root.path rootfs is not an absolute path", (spec) => (spec.root.path = "rootfs")],
  ["root.path /a/../b is not an absolute path", (spec) => (spec.root.path = "/a/../b")],
  ["linux.cgroupsPath is missing", (spec) => (spec.linux.cgroupsPath = "")],
  ["linux.namespaces: unknown type user", (spec) => spec.linux.namespaces.push({ type: "user" as never })],
  ["linux.namespaces: a type is named twice", (spec) => spec.linux.namespaces.push({ type: "pid" })],
  ["linux.namespaces: mount is missing", (spec) => (spec.linux.namespaces = [])],
  ["hostname needs a uts namespace", (spec) => (spec.linux.namespaces = [{ type: "mount" }])],
  ["mount cannot be joined by path", (spec) => (spec.linux.namespaces[0] = { type: "mount", path: "/proc/1/ns/mnt" })],
  ["mounts.destination ../x", (spec) => (spec.mounts[0]!.destination = "../x")],
  ["mounts.destination / is the root", (spec) => (spec.mounts[0]!.destination = "/")],
  ["maskedPaths, linux.readonlyPaths kcore", (spec) => (spec.linux.maskedPaths = ["kcore"])],
  ['linux.sysctl "../x"', (spec) => (spec.linux.sysctl = { "../x": "1" })],
  ["process.args is empty", (spec) => (spec.process.args = [])],
  ["process.cwd undefined", (spec) => (spec.process.cwd = undefined as never)],
  ["process: a NUL byte", (spec) => spec.process.env.push("A=\0")],
  ["unknown type RLIMIT_X", (spec) => (spec.process.rlimits = [{ type: "RLIMIT_X", soft: 1, hard: 1 }])],
  ["unknown capability CAP_X", (spec) => spec.process.capabilities!.ambient.push("CAP_X")],
])("%s", (message, change) => {
  const spec = exampleSpec();
  change(spec);
  expect(() => validateSpec(spec)).toThrow(message);
});
