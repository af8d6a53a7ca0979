/** The images that the page's static registry offers from the start. */
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { asStep, type StepListener } from "../../src/node/steps.js";
import { timeOfMs } from "../../src/shared/files/file-attributes.js";
import { isThere, publishFolder } from "../cache-folder.js";
import { install } from "../install.js";
import { findToolchain, type Toolchain } from "../native/toolchain.js";
import { fetchPackages, packagesFolder, unpack } from "../packages.js";
import { baseImagesHash } from "../recipe-hash.js";
import { busyboxRootfs } from "./busybox-rootfs.js";
import { COLOURS, KUARD_HOST, KUARD_NAME, kuardImage } from "./kuard-image.js";
import { makeImage } from "./oci-image.js";
import { type TaggedImage, writeLayout, writeRegistry } from "./write-registry.js";

export interface BuildOptions {
  /** Drydock's folder in the XDG cache. */
  cacheDir: string;
  onStep: StepListener;
}

/**
 * Builds what is not in the cache. @returns the folder: `registry/v2/…` the static registry, `oci/<name>` layouts.
 */
export async function buildBaseImages({ cacheDir, onStep }: BuildOptions): Promise<string> {
  const folder = join(cacheDir, "base-images", await baseImagesHash());
  if (await isThere(folder)) return folder;
  const { all } = await fetchPackages(await packagesFolder(cacheDir), onStep);
  const busybox = all.find((each) => each.name === "busybox-static")!;
  const toolchain = await findToolchain(join(cacheDir, "native"));
  await asStep(
    onStep,
    "base images",
    () =>
      publishFolder(folder, async (partial) => {
        await buildBusybox(partial, busybox);
        await buildKuard(partial, toolchain);
      }),
    () => ({ detail: `busybox ${busybox.version}, kuard` }),
  );
  return folder;
}

async function buildBusybox(folder: string, debian: { name: string; version: string; file: string }): Promise<void> {
  const scratch = join(folder, "unpacked");
  const unpacked = await unpack([debian], scratch);
  const program = join(unpacked(debian.name), "bin/busybox");
  // The package's own time: the same package gives the same image.
  const { mtimeMs } = await stat(program);
  const version = /^(?:\d+:)?(\d+\.\d+)(\.\d+)/.exec(debian.version);
  if (!version) throw new Error(`no version of busybox in "${debian.version}"`);
  const image = makeImage({
    rootfs: busyboxRootfs(await readFile(program), timeOfMs(mtimeMs)),
    config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], Cmd: ["sh"] },
    created: new Date(mtimeMs).toISOString(),
    createdBy: `BusyBox ${version[1]}${version[2]} (static), Debian ${debian.version}`,
  });
  await rm(scratch, { recursive: true });
  const tags = ["latest", version[1]!, `${version[1]}${version[2]}`];
  await writeRegistry(join(folder, "registry"), "busybox", [{ tags, image }]);
  await writeLayout(join(folder, "oci/busybox"), [{ tags, image }]);
}

async function buildKuard(folder: string, toolchain: Toolchain): Promise<void> {
  const images: TaggedImage[] = [];
  for (const colour of COLOURS) images.push({ tags: [colour], image: await kuardImage(colour, toolchain) });
  await writeRegistry(join(folder, "registry", KUARD_HOST), KUARD_NAME, images);
  await writeLayout(join(folder, "oci/kuard"), images);
}

/** Puts the static registry at `publicDir`/registry. */
export async function installBaseImages(folder: string, publicDir: string): Promise<void> {
  await install(join(folder, "registry"), join(publicDir, "registry"));
}
