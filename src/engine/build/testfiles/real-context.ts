/** The context that real-builds.txt was built with: everything is root's, but what is in the archives. */
import type { TarEntry } from "../../../shared/tar/entry.js";
import { tarOf } from "../../fakes/fake-build.js";

type Files = Record<string, string | Partial<TarEntry>>;

const link = (linkname: string): Partial<TarEntry> => ({ type: "symlink", linkname, contents: undefined });
const directory = (mode: number): Partial<TarEntry> => ({ type: "directory", mode, contents: undefined });
const archive = (files: Files): Partial<TarEntry> => ({ contents: tarOf(files) });

const files: Files = {
  d: directory(0o700),
  "d/in": directory(0o700),
  "d/f": "f",
  "d/in/g.md": "g",
  "my-a.txt": "a",
  "my-b.txt": "bb",
  "a.sh": { contents: new TextEncoder().encode("x"), mode: 0o755 },
  link: link("d/f"),
  dlink: link("d"),
  base: directory(0o755),
  "base/real": directory(0o755),
  "base/l": link("real"),
  "base/lib": link("usr/lib"),
  "base/usr/lib": directory(0o755),
  "base/bin": directory(0o750),
  "base/file": "file",
  "base/etc": directory(0o755),
  "base/etc/passwd": "root:x:0:0::/:/x\napp:x:500:501::/:/x\n",
  "base/etc/group": "g:x:50:\n",
  "two/l/x": "x",
  "three/l": "text",
  "deep/a/b/c.txt": "c",
  "deep/a/e/c.txt": "e",
  "t.tar": archive({ "usr/lib/": {}, lib: link("usr/lib"), "lib/x.so": "x" }),
  "u.tar": archive({
    "lib/y.so": "y",
    "n/m": "m",
    h1: "hh",
    h2: { type: "hardlink", linkname: "h1", contents: undefined },
  }),
  "v.tar": archive({ bin: directory(0o711), lib: directory(0o755), "lib/z": "z", etc: "none" }),
  "w.tar": archive({ up: link("../../bin"), root: link("/bin"), "up/x": "x", "root/y": "y" }),
};

export function realContext(dockerfile: string): Uint8Array {
  const owned = Object.entries(files).map(([path, file]): [string, Partial<TarEntry>] => {
    const entry = typeof file === "string" ? { contents: new TextEncoder().encode(file) } : file;
    return [path, { ...entry, uid: 0, gid: 0 }];
  });
  const Dockerfile = { contents: new TextEncoder().encode(dockerfile), uid: 0, gid: 0 };
  return tarOf({ ...Object.fromEntries(owned), Dockerfile });
}
