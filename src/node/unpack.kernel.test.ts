/** A layer of ours, with a whiteout and an opaque directory, in the hands of other tools. */
import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Capture } from "./capture.js";
import { runInGuest } from "./guest-script.js";
import { type Headless, openHeadless } from "./headless.js";

const DOCKERFILE = `FROM busybox
RUN mkdir -p /data/deep && echo one > /data/one && echo two > /data/deep/two && ln -s one /data/link
RUN rm /etc/group && rm -r /data && mkdir /data && echo three > /data/three && chmod 4755 /data/three && chown 7:8 /data
`;

const tools = ["skopeo", "umoci"].filter((tool) => spawnSync(tool, ["--version"]).status !== 0);
// Oracles: the product does not need them, so they are not installed for it.
describe.skipIf(tools.length > 0)(
  `an image saved here${tools.length > 0 ? ` (no ${tools.join(", ")} on this machine)` : ""}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "drydock-unpack-"));
    const archive = join(folder, "image.tar");
    let headless: Headless;
    let ours: string[];

    beforeAll(async () => {
      const workspace = [{ type: "file" as const, path: "Dockerfile", bytes: new TextEncoder().encode(DOCKERFILE) }];
      headless = await openHeadless({ workspace });
      await sh("docker build -q -t layers . && docker save -o image.tar layers");
      await headless.machine.agent.call("file.sync", {});
      execFileSync("tee", [archive], {
        input: headless.machine.workspace.read("image.tar"),
        stdio: ["pipe", "ignore", "inherit"],
      });
      ours = await containerTree();
    });
    afterAll(() => {
      headless?.dispose();
      rmSync(folder, { recursive: true });
    });

    async function sh(script: string): Promise<string> {
      const [stdout, stderr] = [new Capture(), new Capture()];
      const status = await runInGuest(headless.machine, ["/bin/sh", "-c", script], { stdout, stderr });
      expect([status, stderr.text]).toEqual([0, expect.any(String)]);
      return stdout.text;
    }

    /** What a container sees, less what the engine puts there: `mode uid gid path [→ target]`. */
    async function containerTree(): Promise<string[]> {
      const list = "find / -xdev ! -path '/proc/*' ! -path '/dev/*' ! -path '/sys/*' -exec stat -c '%f %u %g %n' {} +";
      const lines = (await sh(`docker run --rm layers sh -c "${list}"`)).trim().split("\n");
      return lines.filter((line) => !OWN.has(pathOf(line))).sort();
    }

    function unpackedTree(root: string): string[] {
      const visit = (path: string): string[] => {
        const stat = lstatSync(root + path);
        const line = `${stat.mode.toString(16)} ${stat.uid} ${stat.gid} ${path || "/"}`;
        const inside = stat.isDirectory() ? readdirSync(root + path).flatMap((name) => visit(`${path}/${name}`)) : [];
        return [line, ...inside];
      };
      return visit("")
        .filter((line) => !OWN.has(pathOf(line)))
        .sort();
    }

    /** Made in each container by the engine, or standing in for a mount. */
    const OWN = new Set([
      "/",
      "/.dockerenv",
      "/dev",
      "/proc",
      "/sys",
      "/etc/hosts",
      "/etc/hostname",
      "/etc/resolv.conf",
      "/etc/mtab",
    ]);
    const pathOf = (line: string) => line.split(" ").slice(3).join(" ");

    test.each(["docker-archive", "oci-archive"])("skopeo reads it as %s, digests and all", (form) => {
      const inspected = JSON.parse(execFileSync("skopeo", ["inspect", `${form}:${archive}`], { encoding: "utf8" }));
      expect(inspected).toMatchObject({ Architecture: "386", Os: "linux" });
      expect(inspected.Layers).toHaveLength(3);
      // Copying checks each blob against its digest.
      const to = join(folder, form);
      execFileSync("skopeo", ["copy", "-q", `${form}:${archive}`, `oci:${to}:it`]);
    });

    test("umoci unpacks it to the tree that a container shows", () => {
      const bundle = join(folder, "bundle");
      const rootless = process.getuid?.() === 0 ? [] : ["--rootless"];
      execFileSync("umoci", ["unpack", ...rootless, "--image", `${join(folder, "oci-archive")}:it`, bundle], {
        stdio: "ignore",
      });
      const root = join(bundle, "rootfs");
      expect(unpackedTree(root)).toEqual(ours);
      expect(readFileSync(join(root, "data/three"), "utf8")).toBe("three\n");
      expect(ours.some((line) => line.endsWith(" /data/one") || line.endsWith(" /etc/group"))).toBe(false);
    });
  },
);
