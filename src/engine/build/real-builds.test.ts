/**
 * Dockerfiles that a real BuildKit has built (that of dockerd 20.10, through POST /build?version=2), with the tree, the
 * configuration and the history that it made of them: `= path type mode owner size`, `> config`, `~ + history` of a
 * layer, `~ -` without one, `! fails`. Left out is where today's BuildKit differs from that one: --chown of archives,
 * --chmod, `--chown` and `--chmod` in history, `COPY f /dir/.`, the fourth duration of a health check; and where ours
 * differs from both: a name that --chown does not find is refused here, and root there.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ImageConfig } from "../../shared/oci/image.js";
import { LayeredTree } from "../containers/layered-tree.js";
import { fakeBuilder } from "../fakes/fake-build.js";
import { realContext } from "./testfiles/real-context.js";

const MARKED = /^[=>~!] /;

const cases = readFileSync(new URL("testfiles/real-builds.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n\n")
  .map((paragraph) => paragraph.split("\n"))
  .map((lines) => ({
    dockerfile: lines.filter((line) => !MARKED.test(line)).join("\n"),
    facts: lines.filter((line) => MARKED.test(line)),
  }));

async function factsOf(dockerfile: string): Promise<string[]> {
  const { build, layers } = await fakeBuilder();
  const image = await build(realContext(`${dockerfile}\n`)).then(
    (made) => made.image,
    () => undefined,
  );
  if (!image) return ["! fails"];
  const { config } = image;
  const tree = new LayeredTree(config.rootfs.diff_ids.map((diffID) => layers.get(diffID)!.tree));
  const history = config.history!.map((entry) => `~ ${entry.empty_layer ? "-" : "+"} ${entry.created_by}`);
  return [...treeLines(tree), `> ${configLine(config)}`, ...history];
}

function treeLines(tree: LayeredTree): string[] {
  const [, ...all] = tree.walk(tree.root);
  return all.map(({ path, node }) => {
    const what = node.type === "symlink" ? node.target : node.mode.toString(8);
    const size = node.type === "file" ? ` ${node.size}` : "";
    return `= ${path} ${node.type} ${what} ${node.uid}:${node.gid}${size}`;
  });
}

function configLine({ config = {} }: ImageConfig): string {
  const set = Object.entries(config).filter(([, value]) => value !== undefined && value !== "");
  return JSON.stringify(Object.fromEntries(set.sort(([a], [b]) => (a < b ? -1 : 1))));
}

describe("as a real BuildKit built it", () => {
  test.each(cases)("$dockerfile", async ({ dockerfile, facts }) => {
    expect(await factsOf(dockerfile)).toEqual(facts);
  });

  test("there are enough of them", () => expect(cases.length).toBeGreaterThanOrEqual(120));
});
