import { expect, test } from "vitest";
import { directory, file, opaque, symlink, whiteout } from "../fakes/trees.js";
import { LayeredTree, resolvePath } from "./layered-tree.js";

const tree = new LayeredTree([
  {
    root: directory({
      a: directory({ one: file("1"), two: file("2") }),
      b: directory({ gone: file("x") }),
      link: symlink("/a"),
      up: symlink("../../../a/one"),
      loop: symlink("loop"),
      plain: file("plain"),
    }),
  },
  {
    root: directory({
      a: directory({ two: file("second"), one: whiteout() }, { mode: 0o700 }),
      b: opaque({ fresh: file("f") }),
      plain: directory({ now: file("a directory") }),
    }),
  },
]);

const names = (path: string) => tree.children(tree.lookup(path)!).map((child) => child.path);

test("layers merge, whiteouts hide, opaque directories stop the view down", async () => {
  expect(names("/a")).toEqual(["/a/two"]);
  expect(await tree.readText("/a/two")).toBe("second");
  expect(names("/b")).toEqual(["/b/fresh"]);
  expect(names("/plain")).toEqual(["/plain/now"]);
  expect(tree.lookup("/a")?.node.mode).toBe(0o700);
  expect(names("/")).toEqual(["/a", "/b", "/link", "/loop", "/plain", "/up"]);
});

test("symlinks are followed inside the tree", async () => {
  expect(await tree.readText("/link/two")).toBe("second");
  expect(tree.lookup("/link")?.path).toBe("/a");
  expect(tree.lookup("/link", { follow: false })?.node.type).toBe("symlink");
  expect(tree.lookup("/up")).toBeUndefined();
  expect(tree.lookup("/loop")).toBeUndefined();
});

test("nothing where there is nothing", () => {
  expect(tree.lookup("/a/one")).toBeUndefined();
  expect(tree.lookup("/a/two/three")).toBeUndefined();
  expect(new LayeredTree([]).children(new LayeredTree([]).root)).toEqual([]);
});

test.each([
  ["/a/b", "../c", "/a/c"],
  ["/", "../../x/./y//", "/x/y"],
  ["/a", "/b", "/b"],
])("from %s, %s is %s", (from, path, expected) => expect(resolvePath(from, path)).toBe(expected));
