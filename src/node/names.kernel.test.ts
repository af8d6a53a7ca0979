/**
 * Names of any bytes, long names and paths, xattrs, nanoseconds and holes, by every way that files go. The same program
 * makes the files and lists them: here, in the guest, in containers, and of what other tools unpack.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findToolchain } from "../../vm-images/native/toolchain.js";
import type { WorkspaceSeed } from "../machine/machine.js";
import { Capture } from "./capture.js";
import { runInGuest } from "./guest-script.js";
import { type Headless, openHeadless } from "./headless.js";
import { readDirectory, writeBack } from "./mounted-directory.js";
import { cacheDir } from "./paths.js";

const RUN = "FROM busybox\nCOPY odd-files /odd-files\nRUN /odd-files make /made\n";
const COPY = "FROM odd\nCOPY --from=odd /made /copied/\nCOPY given /given/\n";
const SAME = "FROM busybox\nCOPY given /\n";

// Not below tmpdir(): what is unpacked has a path of 4,000 bytes, and the kernel takes 4,095.
const folder = mkdtempSync("/tmp/n");
const program = join(folder, "odd-files");
const mounted = join(folder, "w");
/** A line for each file, sorted, as odd-files.c describes them. */
let expected: string[];
let headless: Headless;

beforeAll(async () => {
  const { flags } = await findToolchain(join(cacheDir, "native"));
  const source = join(import.meta.dirname, "testfiles/odd-files.c");
  const defines = ["-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64"];
  execFileSync("gcc", [...flags, ...defines, "-O1", "-static", source, "-o", program]);
  mkdirSync(mounted);
  execFileSync(program, ["make", join(mounted, "given")]);
  expected = listedHere(join(mounted, "given"));
  headless = await openHeadless({ workspace: workspace() });
  await sh(headless, "docker build -q -t odd -f run . && docker build -q -t copied -f copy .");
});
afterAll(() => {
  headless?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** What the caller's folder holds, the program, and Dockerfiles. */
function workspace(): WorkspaceSeed[] {
  const text = (path: string, content: string) =>
    ({ type: "file", path, bytes: new TextEncoder().encode(content) }) as const;
  return [
    ...readDirectory(mounted),
    { type: "file", path: "odd-files", bytes: readFileSync(program), mode: 0o755 },
    ...[text("run", RUN), text("copy", COPY), text("same", SAME)],
  ];
}

async function sh({ machine }: Headless, script: string): Promise<string> {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const status = await runInGuest(machine, ["/bin/sh", "-c", script], { stdout, stderr });
  expect([status, stderr.text]).toEqual([0, ""]);
  return stdout.text;
}

const sorted = (text: string) => text.trim().split("\n").sort();
const listed = async (image: string, path: string) =>
  sorted(await sh(headless, `docker run --rm ${image} /odd-files list ${path}`));

function listedHere(path: string): string[] {
  return sorted(execFileSync(program, ["list", path], { encoding: "utf8", maxBuffer: 1 << 26 }));
}

/** The lines with some of their fields changed. */
function but(lines: readonly string[], change: (fields: string[]) => void): string[] {
  return lines.map((line) => {
    const fields = line.split(" ");
    change(fields);
    return fields.join(" ");
  });
}

const Field = { path: 0, uid: 3, gid: 4, size: 5, mtime: 6, xattrs: 8 } as const;
const ownedByRoot = (fields: string[]) => fields.fill("0", Field.uid, Field.gid + 1);
/** Node has no calls for them. */
const withoutXattrs = (fields: string[]) => fields.fill("-", Field.xattrs, Field.xattrs + 1);
const cutTime = (decimals: number) => (fields: string[]) => {
  fields[Field.mtime] = fields[Field.mtime]!.slice(0, decimals - 9).padEnd(20, "0");
};

test("the files are what they are meant to be", () => {
  const lengths = expected.map((line) => line.split(" ")[Field.path]!.length / 2);
  expect(lengths.sort((a, b) => a - b).slice(-1)).toEqual([4000]);
  expect(lengths).toEqual(expect.arrayContaining([254, 255]));
  expect(expected.map((line) => line.split(" ")[Field.size])).toContain("10737418240");
});

test("in the caller's folder, as the guest sees it", async () => {
  const seen = sorted(await sh(headless, "./odd-files list given"));
  expect(seen).toEqual(but(but(expected, ownedByRoot), withoutXattrs));
});

test("made in the workspace: the guest's kernel cuts times there to seconds", async () => {
  const made = sorted(await sh(headless, "./odd-files make other && ./odd-files list other"));
  expect(made).toEqual(but(expected, cutTime(0)));
});

test("through RUN", async () => {
  expect(await listed("odd", "/made")).toEqual(expected);
});

test("through COPY, of another image and of the context", async () => {
  expect(await listed("copied", "/copied")).toEqual(expected);
  expect(await listed("copied", "/given")).toEqual(but(but(expected, ownedByRoot), withoutXattrs));
});

test("through COPY, of a folder on the guest's disk", async () => {
  const context = "/var/lib/drydock/context";
  await sh(headless, `mkdir ${context} && ./odd-files make ${context}/given && cp copy ${context}/Dockerfile`);
  await sh(headless, `docker build -q -t disk ${context} && rm -r ${context}`);
  expect(await listed("disk", "/given")).toEqual(but(expected, ownedByRoot));
});

test("through a volume, which can be removed", async () => {
  await sh(headless, "docker run --rm -v odd:/v odd /odd-files make /v/made");
  const seen = sorted(await sh(headless, "docker run --rm -v odd:/v odd /odd-files list /v/made"));
  expect(seen).toEqual(expected);
  expect(await sh(headless, "docker volume rm odd; ls /var/lib/drydock/volumes")).toBe("odd\n");
});

test("deeper than the kernel takes a path: removed with its container and its volume", async () => {
  await sh(headless, "docker run --rm -v deep:/v odd sh -c '/odd-files sink /v; /odd-files sink /tmp'");
  await sh(headless, "docker volume rm deep");
  // Snapshots go in the background.
  await sh(headless, 'until [ -z "$(ls /var/lib/drydock/snapshots/.trash)" ]; do sleep 1; done');
  expect(await sh(headless, "ls /var/lib/drydock/volumes")).toBe("");
});

test("arguments and variables", async () => {
  const script = `docker run --rm -e "ODD=$(printf 'v\\377')" busybox sh -c 'printf "$ODD$1"' - "$(printf 'a\\376')" | od -An -tx1`;
  expect((await sh(headless, script)).trim()).toBe("76 ff 61 fe");
});

test("beside a lower layer: changed, removed, told by diff, and removed by a RUN", async () => {
  const longest = expected.filter((line) => [254, 255].includes(line.split(" ")[Field.path]!.length / 2));
  const script = "/odd-files forget /made; echo more >> /made/capable; /odd-files list /made";
  const after = sorted(await sh(headless, `docker run --name changed odd sh -c '${script}'`));
  expect(after).toHaveLength(expected.length - longest.length);
  const diff = await sh(headless, "docker diff changed | od -An -v -tx1 | tr -d ' \\n'; docker rm changed >/dev/null");
  const told = longest.map((line) => `${Buffer.from("D /made/").toString("hex")}${line.split(" ")[Field.path]}0a`);
  for (const line of told) expect(diff).toContain(line);
  await sh(headless, "printf 'FROM odd\\nRUN /odd-files forget /made\\n' | docker build -q -t less -");
  expect(await listed("less", "/made")).toEqual(expected.filter((line) => !longest.includes(line)));
});

describe("saved", () => {
  const archive = join(folder, "image.tar");
  beforeAll(async () => {
    await sh(headless, "docker save -o image.tar odd copied");
    await headless.machine.agent.call("file.sync", {});
    const input = headless.machine.workspace.read("image.tar");
    // The holes take no room: 10 GB thrice, and a megabyte of each.
    expect(input.length).toBeLessThan(1 << 24);
    execFileSync("tee", [archive], { input, stdio: ["pipe", "ignore", "inherit"] });
  });

  test("and loaded again", async () => {
    await sh(headless, "docker rmi -f $(docker images -q) && docker load -q -i image.tar");
    expect(await listed("odd", "/made")).toEqual(expected);
    expect(await listed("copied", "/copied")).toEqual(expected);
  });

  const missing = ["skopeo", "umoci"].filter((tool) => spawnSync(tool, ["--version"]).status !== 0);
  // Oracles: the product does not need them, so they are not installed for it.
  test.skipIf(missing.length > 0 || process.getuid?.() !== 0)(
    `and unpacked by umoci, as root${missing.length > 0 ? ` (no ${missing.join(", ")} on this machine)` : ""}`,
    () => {
      const image = join(folder, "i");
      execFileSync("skopeo", ["copy", "-q", `docker-archive:${archive}:odd:latest`, `oci:${image}:it`]);
      execFileSync("umoci", ["raw", "unpack", "--image", `${image}:it`, join(folder, "u")], { stdio: "ignore" });
      expect(listedHere(join(folder, "u/made"))).toEqual(expected);
    },
  );
});

test("a folder given twice makes the same layer, and is written back with its times to the microsecond", async () => {
  const again = await openHeadless({ workspace: workspace() });
  try {
    const layer = "docker build -q -t same -f same . >/dev/null && docker inspect -f '{{index .RootFS.Layers 1}}' same";
    expect(await sh(again, layer)).toBe(await sh(headless, layer));
    await again.machine.agent.call("file.sync", {});
    const back = join(folder, "b");
    mkdirSync(back);
    writeBack(back, [], again.machine.workspace);
    const written = but(but(expected, ownedByRoot), withoutXattrs);
    expect(but(listedHere(join(back, "given")), cutTime(6))).toEqual(but(written, cutTime(6)));
  } finally {
    again.dispose();
  }
});
