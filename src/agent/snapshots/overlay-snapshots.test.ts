import { expect, test } from "vitest";
import { FakeSystem } from "../system/fake-system.js";
import { overlayOptions } from "./overlay-options.js";
import { OverlaySnapshots } from "./overlay-snapshots.js";

const LAYERS = "/page/layers";

function guest() {
  const system = new FakeSystem();
  for (const path of [`${LAYERS}/base`, `${LAYERS}/top`, "/disk"]) system.files.putDirectory(path);
  const told: string[] = [];
  const snapshots = new OverlaySnapshots({
    system,
    trace: () => system,
    report: (subject) => told.push(subject),
    directory: "/disk/snapshots",
    layersDirectory: LAYERS,
  });
  const mounts = () => system.calls.filter((call) => /^u?mount /.test(call));
  return { system, snapshots, mounts, told };
}

test("a snapshot is an overlay with the topmost layer first", () => {
  const { snapshots, mounts, told } = guest();
  expect(snapshots.prepare("one", ["base", "top"])).toBe("/disk/snapshots/one/merged");
  expect(mounts()).toEqual([
    "mount overlay on /disk/snapshots/one/merged lowerdir=/page/layers/top:/page/layers/base," +
      "upperdir=/disk/snapshots/one/upper,workdir=/disk/snapshots/one/work,volatile",
  ]);
  expect(told).toEqual(["one"]);
  expect(snapshots.upper("one")).toBe("/disk/snapshots/one/upper");
  expect(() => snapshots.prepare("one", [])).toThrow("snapshot one exists");
});

test("without layers the lower directory is empty", () => {
  const { snapshots, mounts } = guest();
  snapshots.prepare("one", []);
  expect(mounts()[0]).toContain("lowerdir=/disk/snapshots/.empty,");
});

test("the root has the mode and owner of the topmost layer's", () => {
  const { system, snapshots } = guest();
  system.chmod(`${LAYERS}/top`, 0o1777);
  system.lchown(`${LAYERS}/top`, 5, 6);
  snapshots.prepare("one", ["base", "top"]);
  expect(system.lstat("/disk/snapshots/one/upper")).toMatchObject({ mode: 0o041777, uid: 5, gid: 6 });
});

test("unmounted and mounted again with a new work directory; then removed in the background", async () => {
  const { system, snapshots } = guest();
  snapshots.prepare("one", ["base"]);
  system.put("/disk/snapshots/one/upper/file", "kept");
  system.put("/disk/snapshots/one/work/work/incompat/volatile/x", "");
  snapshots.unmount("one");
  snapshots.unmount("one");
  expect(snapshots.mounted).toBe(0);
  snapshots.mount("one");
  expect(system.readdir("/disk/snapshots/one/work")).toEqual([]);
  expect(system.contentOf("/disk/snapshots/one/upper/file")).toBe("kept");
  snapshots.remove("one");
  expect(system.files.has("/disk/snapshots/one")).toBe(false);
  expect(() => snapshots.mount("one")).toThrow("snapshot one is not there");
  system.advance(1000);
  await new Promise((resolve) => setTimeout(resolve));
  expect(system.readdir("/disk/snapshots/.trash")).toEqual([]);
});

test("a mount that is held is taken out of sight", () => {
  const { system, snapshots, mounts } = guest();
  snapshots.prepare("one", ["base"]);
  system.failNext("umount", "EBUSY");
  snapshots.unmount("one");
  expect(mounts().slice(1)).toEqual([
    "umount /disk/snapshots/one/merged",
    "umount /disk/snapshots/one/merged MNT_DETACH",
  ]);
});

test("what an agent before this one left is cleared", async () => {
  const { system, snapshots } = guest();
  system.put("/disk/snapshots/old/upper/x", "");
  system.put("/disk/snapshots/.trash/older/x", "");
  snapshots.prepare("old", ["base"]);
  system.advance(1000);
  await new Promise((resolve) => setTimeout(resolve));
  expect(system.readdir("/disk/snapshots/.trash")).toEqual([]);
  expect(system.readdir("/disk/snapshots/old/upper")).toEqual([]);
});

test.each(["", "../x", "a/b", ".init"])("key and layer %j are refused", (name) => {
  const { snapshots } = guest();
  expect(() => snapshots.prepare(name, [])).toThrow("snapshot key");
  expect(() => snapshots.prepare("one", [name])).toThrow("layer name");
});

test("many layers are named relative to their directory", () => {
  const layers = Array.from({ length: 200 }, (_, index) => `layer-${index}`);
  const { data, directory } = overlayOptions(LAYERS, layers, "/u", "/w");
  expect(directory).toBe(LAYERS);
  expect(data.startsWith("lowerdir=layer-199:layer-198:")).toBe(true);
  expect(data.length).toBeLessThan(4096);
});
