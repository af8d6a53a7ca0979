import type { FileTime } from "../../src/shared/files/file-attributes.js";
import type { TarEntry } from "../../src/shared/tar/entry.js";
import { appletsOf } from "./applets.js";

const text = (value: string) => new TextEncoder().encode(value);

const files: Record<string, string> = {
  "etc/group":
    "root:x:0:\ndaemon:x:1:\nbin:x:2:\ntty:x:5:\nmail:x:8:\nwww-data:x:33:\nusers:x:100:\nnogroup:x:65534:\n",
  "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
  "etc/passwd": [
    "root:x:0:0:root:/root:/bin/sh",
    "daemon:x:1:1:daemon:/usr/sbin:/bin/false",
    "bin:x:2:2:bin:/bin:/bin/false",
    "mail:x:8:8:mail:/var/spool/mail:/bin/false",
    "www-data:x:33:33:www-data:/var/www:/bin/false",
    "nobody:x:65534:65534:nobody:/home:/bin/false",
    "",
  ].join("\n"),
};

const directories: Record<string, number> = {
  bin: 0o755,
  dev: 0o755,
  etc: 0o755,
  home: 0o755,
  lib: 0o755,
  proc: 0o755,
  root: 0o700,
  sys: 0o755,
  tmp: 0o1777,
  usr: 0o755,
  "usr/bin": 0o755,
  "usr/sbin": 0o755,
  var: 0o755,
  "var/spool": 0o755,
  "var/spool/mail": 0o755,
  "var/www": 0o755,
};

/** What the image of that name holds: one program under the names of its applets, and a few files it reads. */
export function busyboxRootfs(busybox: Buffer, mtime: FileTime): TarEntry[] {
  const attributes = { uid: 0, gid: 0, mtime };
  const program: TarEntry = { ...attributes, path: "bin/busybox", type: "file", mode: 0o755, contents: busybox };
  const links = appletsOf(busybox)
    .filter((applet) => applet !== "busybox")
    .map((applet): TarEntry => {
      return { ...attributes, path: `bin/${applet}`, type: "hardlink", mode: 0o755, linkname: "bin/busybox" };
    });
  const entries: TarEntry[] = [
    ...Object.entries(directories).map(([path, mode]): TarEntry => ({ ...attributes, path, type: "directory", mode })),
    ...Object.entries(files).map(([path, contents]): TarEntry => {
      return { ...attributes, path, type: "file", mode: 0o644, contents: text(contents) };
    }),
    { ...attributes, path: "usr/bin/env", type: "symlink", mode: 0o777, linkname: "../../bin/env" },
  ];
  // A hard link comes after what it names; otherwise by path, so that parents come first.
  const sorted = entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const afterBin = sorted.findIndex((entry) => entry.path === "bin") + 1;
  return [...sorted.slice(0, afterBin), program, ...links, ...sorted.slice(afterBin)];
}
