import { expect, test } from "vitest";
import {
  canonicalString,
  familiarName,
  familiarString,
  InvalidReference,
  isTag,
  parseReference,
  withDefaultTag,
} from "./reference.js";

const a64 = "a".repeat(64);

test.each([
  ["busybox", "busybox:latest", "docker.io/library/busybox:latest"],
  ["busybox:1.35", "busybox:1.35", "docker.io/library/busybox:1.35"],
  ["user/app", "user/app:latest", "docker.io/user/app:latest"],
  ["docker.io/busybox", "busybox:latest", "docker.io/library/busybox:latest"],
  ["docker.io/library/busybox", "busybox:latest", "docker.io/library/busybox:latest"],
  ["index.docker.io/library/busybox", "busybox:latest", "docker.io/library/busybox:latest"],
  ["library/a/b", "library/a/b:latest", "docker.io/library/a/b:latest"],
  ["localhost/app", "localhost/app:latest", "localhost/app:latest"],
  ["localhost:5000/app:v1", "localhost:5000/app:v1", "localhost:5000/app:v1"],
  ["[::1]:5000/a/b", "[::1]:5000/a/b:latest", "[::1]:5000/a/b:latest"],
  ["HOST/path", "HOST/path:latest", "HOST/path:latest"],
  ["ghcr.io/Org.x".toLowerCase(), "ghcr.io/org.x:latest", "ghcr.io/org.x:latest"],
  [`a@sha256:${a64}`, `a@sha256:${a64}`, `docker.io/library/a@sha256:${a64}`],
  [`a:t@sha256:${a64}`, `a:t@sha256:${a64}`, `docker.io/library/a:t@sha256:${a64}`],
  ["a__b-c--d.e", "a__b-c--d.e:latest", "docker.io/library/a__b-c--d.e:latest"],
])("%s is familiarly %s", (text, familiar, canonical) => {
  const reference = withDefaultTag(parseReference(text));
  expect(familiarString(reference)).toBe(familiar);
  expect(canonicalString(reference)).toBe(canonical);
  expect(canonicalString(parseReference(canonical))).toBe(canonical);
});

test.each([
  ["", "invalid reference format"],
  ["-a", "invalid reference format"],
  ["foo:", "invalid reference format"],
  ["foo:.x", "invalid reference format"],
  ["foo:a b", "invalid reference format"],
  ["a//b", "invalid reference format"],
  ["a_-b", "invalid reference format"],
  ["foo@sha256:abc", "invalid reference format"],
  [`foo:${"t".repeat(129)}`, "invalid reference format"],
  ["FOO", "invalid reference format: repository name (library/FOO) must be lowercase"],
  ["host/Path", "invalid reference format: repository name (host/Path) must be lowercase"],
  ["localhost/X", "invalid reference format: repository name (X) must be lowercase"],
  [a64, `invalid repository name (${a64}), cannot specify 64-byte hexadecimal strings`],
  ["b".repeat(300), "repository name must not be more than 255 characters"],
  [`foo@md5:${"a".repeat(32)}`, "unsupported digest algorithm"],
  [`foo@sha256:${"A".repeat(64)}`, "invalid checksum digest format"],
  [`foo@sha256:${"a".repeat(63)}`, "invalid checksum digest length"],
  [`foo@sha512:${a64}`, "invalid checksum digest length"],
])("%.30s is refused as Docker 28.2 does", (text, message) => {
  expect(() => parseReference(text)).toThrow(new InvalidReference(message));
});

test("parts", () => {
  expect(parseReference("localhost:5000/a/b:t")).toEqual({ domain: "localhost:5000", path: "a/b", tag: "t" });
  expect(familiarName(parseReference("docker.io/library/x:1"))).toBe("x");
  expect([isTag("v1.0_x-y"), isTag(""), isTag("-a"), isTag("a b")]).toEqual([true, false, false, false]);
});
