import { expect, test } from "vitest";
import { Owned } from "./owned.js";

function around() {
  const owned = new Owned();
  const released: string[] = [];
  const hold = (name: string) => owned.add(() => void released.push(name));
  return { owned, released, hold };
}

test("last taken, first returned; not twice", async () => {
  const { owned, released, hold } = around();
  for (const name of ["a", "b", "c"]) hold(name);
  await owned.release();
  await owned.release();
  expect(released).toEqual(["c", "b", "a"]);
});

test("two who ask at once wait for the same release", async () => {
  const { owned, released, hold } = around();
  hold("a");
  let done = () => {};
  owned.add(() => new Promise<void>((resolve) => (done = resolve)));
  const both = Promise.all([owned.release(), owned.release()]);
  await null;
  expect(released).toEqual([]);
  done();
  await both;
  expect(released).toEqual(["a"]);
});

test("a release that fails stays, with all before it, and is tried again", async () => {
  const { owned, released, hold } = around();
  let fails = true;
  hold("a");
  owned.add(() => {
    if (fails) throw new Error("busy");
    released.push("b");
  });
  hold("c");
  await expect(owned.release()).rejects.toThrow("busy");
  expect(released).toEqual(["c"]);
  fails = false;
  await owned.release();
  expect(released).toEqual(["c", "b", "a"]);
});

test("what is added while it is released is released too", async () => {
  const { owned, released, hold } = around();
  hold("a");
  owned.add(async () => {
    hold("late");
    await null;
    released.push("b");
  });
  await owned.release();
  expect(released).toEqual(["b", "late", "a"]);
});
