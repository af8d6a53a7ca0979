import { expect, test } from "vitest";
import type { DiffID } from "../../shared/oci/digest.js";
import type { ImageConfig } from "../../shared/oci/image.js";
import { reportLayers } from "./layer-report.js";
import type { Layer, LayerChange } from "./layer-store.js";

/** `+ /path size`, `+ /path/` (a directory), `- /path` (whiteout), `o /path` (opaque). */
function layer(lines: string): Layer {
  const changes = lines
    .trim()
    .split("\n")
    .map((line): LayerChange => {
      const [mark, path = "", size = "0"] = line.trim().split(/\s+/);
      if (mark === "-") return { path, action: "whiteout", size: 0 };
      if (mark === "o") return { path, action: "opaque", size: 0 };
      if (path.endsWith("/")) return { path: path.slice(0, -1), action: "set", type: "directory", size: 0 };
      return { path, action: "set", type: "file", size: Number(size) };
    });
  const size = changes.reduce((sum, change) => sum + change.size, 0);
  return { name: "l", size, tarBytes: size + 1024, changes } as unknown as Layer;
}

/** Reports on the layers as `<mark> <path> <size>` lines; `!n` marks what layer n hides. */
function report(...layers: string[]): { lines: string[]; hiddenBytes: number }[] {
  const ids = layers.map((_, index) => `sha256:${index}` as DiffID);
  const config = { rootfs: { type: "layers", diff_ids: ids } } as ImageConfig;
  return reportLayers(config, (id) => layer(layers[ids.indexOf(id)] ?? "")).map(({ changes, hiddenBytes }) => ({
    hiddenBytes,
    lines: changes.map(
      ({ action, path, size, hidden, hiddenBy }) => `${action} ${path} ${size}${hidden ? ` !${hiddenBy}` : ""}`,
    ),
  }));
}

test("a file removed by the next layer is hidden and still shipped", () => {
  expect(report("+ /bin/\n+ /bin/sh 100", "+ /BigFile 20000000", "- /BigFile", "+ /hello 700")).toEqual([
    { lines: ["added /bin 0", "added /bin/sh 100"], hiddenBytes: 0 },
    { lines: ["added /BigFile 20000000 !2"], hiddenBytes: 20_000_000 },
    { lines: ["deleted /BigFile 20000000"], hiddenBytes: 0 },
    { lines: ["added /hello 700"], hiddenBytes: 0 },
  ]);
});

test("a file written again is changed, and its first bytes hidden", () => {
  expect(report("+ /a 5", "+ /a 7")).toEqual([
    { lines: ["added /a 5 !1"], hiddenBytes: 5 },
    { lines: ["changed /a 7"], hiddenBytes: 0 },
  ]);
});

test("a directory listed again keeps what is in it; its removal hides all of it", () => {
  expect(report("+ /d/\n+ /d/x 1\n+ /d/e/\n+ /d/e/y 2", "+ /d/\n+ /d/z 4", "- /d")).toEqual([
    { lines: ["added /d 0", "added /d/e 0 !2", "added /d/e/y 2 !2", "added /d/x 1 !2"], hiddenBytes: 3 },
    { lines: ["changed /d 0 !2", "added /d/z 4 !2"], hiddenBytes: 4 },
    { lines: ["deleted /d 7"], hiddenBytes: 0 },
  ]);
});

test("an opaque directory hides what layers below put there, not what its own layer does", () => {
  expect(report("+ /d/\n+ /d/x 1\n+ /d/y 2", "+ /d/\n+ /d/x 9\no /d")).toEqual([
    { lines: ["added /d 0", "added /d/x 1 !1", "added /d/y 2 !1"], hiddenBytes: 3 },
    { lines: ["changed /d 0", "opaque /d 3", "added /d/x 9"], hiddenBytes: 0 },
  ]);
});

test("a directory replaced by a file hides what was in it", () => {
  expect(report("+ /d/\n+ /d/x 1", "- /d\n+ /d 3")).toEqual([
    { lines: ["added /d 0 !1", "added /d/x 1 !1"], hiddenBytes: 1 },
    { lines: ["changed /d 3"], hiddenBytes: 0 },
  ]);
});

test("a whiteout of nothing hides nothing", () => {
  expect(report("+ /a 1", "- /b\n- /a/b")).toEqual([
    { lines: ["added /a 1"], hiddenBytes: 0 },
    { lines: ["deleted /a/b 0", "deleted /b 0"], hiddenBytes: 0 },
  ]);
});

test("history names the layers, and instructions without one are listed in their place", () => {
  const ids = ["sha256:a", "sha256:b"] as DiffID[];
  const config = {
    rootfs: { type: "layers", diff_ids: ids },
    history: [
      { created_by: "ADD file", created: "2024-01-01T00:00:00Z" },
      { created_by: "ENV a=b", empty_layer: true },
      { created_by: "RUN x" },
    ],
  } as ImageConfig;
  const reports = reportLayers(config, () => layer("+ /a 5"));
  expect(reports.map(({ instruction, empty, diffID, size }) => [instruction, empty, diffID, size])).toEqual([
    ["ADD file", false, "sha256:a", 5],
    ["ENV a=b", true, null, 0],
    ["RUN x", false, "sha256:b", 5],
  ]);
});

test("a layer that is not there is named", () => {
  const config = { rootfs: { type: "layers", diff_ids: ["sha256:gone"] } } as unknown as ImageConfig;
  expect(() => reportLayers(config, () => undefined)).toThrow("no layer sha256:gone");
});
