import { expect, test } from "vitest";
import type { LayerReport } from "../../session/client.js";
import { layersModel, partInstruction } from "./layer-model.js";

const report = (instruction: string, size: number, rest: Partial<LayerReport> = {}): LayerReport => ({
  diffID: "sha256:1",
  name: "l",
  instruction,
  size,
  tarBytes: size + 1024,
  empty: false,
  changes: [],
  hiddenBytes: 0,
  ...rest,
});

test("newest first, and the hidden bytes counted as shipped", () => {
  const model = layersModel([
    report("ADD rootfs.tar /", 2_000_000),
    report("RUN /bin/sh -c dd # buildkit", 20_000_000, {
      hiddenBytes: 20_000_000,
      changes: [{ path: "/BigFile", action: "added", type: "file", size: 20_000_000, hidden: true, hiddenBy: 2 }],
    }),
    report("RUN /bin/sh -c rm /BigFile # buildkit", 0, {
      changes: [{ path: "/BigFile", action: "deleted", size: 20_000_000, hidden: false }],
    }),
    report('CMD ["/hello"]', 0, { empty: true, diffID: null }),
  ]);
  expect(model).toMatchObject({ shippedBytes: 22_000_000, hiddenBytes: 20_000_000, visibleBytes: 2_000_000 });
  expect(model.layers.map(({ number, keyword, rest }) => [number, keyword, rest])).toEqual([
    [4, "CMD", '["/hello"]'],
    [3, "RUN", "rm /BigFile"],
    [2, "RUN", "dd"],
    [1, "ADD", "rootfs.tar /"],
  ]);
  expect(model.layers[2]).toMatchObject({ hiddenShare: 20 / 22, visibleShare: 0, counts: { added: 1 } });
  expect(model.layers[2]!.changes[0]!.note).toBe("shipped, hidden by layer 3");
  expect(model.layers[1]!.changes[0]).toMatchObject({ mark: "D", note: "its bytes stay in the layer below" });
});

test("directories on the way are not changes", () => {
  const [row] = layersModel([
    report("RUN x", 1, {
      changes: [
        { path: "/etc", action: "changed", type: "directory", size: 0, hidden: false },
        { path: "/etc/x", action: "added", type: "file", size: 1, hidden: false },
      ],
    }),
  ]).layers;
  expect(row!.changes.map(({ path }) => path)).toEqual(["/etc/x"]);
  expect(row!.counts).toEqual({ added: 1, changed: 0, deleted: 0 });
});

test("an image without bytes has no shares", () => {
  expect(layersModel([report("RUN true", 0)]).layers[0]).toMatchObject({ visibleShare: 0, hiddenShare: 0 });
});

test.each([
  ["RUN /bin/sh -c rm /x # buildkit", "RUN", "rm /x"],
  ['/bin/sh -c #(nop)  CMD ["sh"]', "CMD", '["sh"]'],
  ["/bin/sh -c apk add x", "RUN", "apk add x"],
  ["COPY hello / # buildkit", "COPY", "hello /"],
  ["busybox from Debian", "", "busybox from Debian"],
  ["", "", ""],
])("%s", (createdBy, keyword, rest) => expect(partInstruction(createdBy)).toEqual({ keyword, rest }));
