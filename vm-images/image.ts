/**
 * The VM image: a machine booted once, here, until its agent is ready, and saved. The page only ever restores it.
 * The folder holds `vm.json` (VMImageManifest), the compressed state, CONTENTS.md, licences/ and `hello`, the
 * program of the project that the page opens with.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nameTargetsByPlace } from "../src/machine/call-filter.js";
import type { VMImageManifest } from "../src/machine/images.js";
import { asStep, type StepListener } from "../src/node/steps.js";
import { PROTOCOL_VERSION } from "../src/protocol/version.js";
import { bootAndSave } from "./boot.js";
import { isThere, publishFolder } from "./cache-folder.js";
import { compress } from "./compress.js";
import { describeContents } from "./contents.js";
import { buildInitrd, readKernel } from "./initrd.js";
import { install } from "./install.js";
import { copyLicences } from "./licences.js";
import { describeDrift, type LockedPackage, readLock, writeLock } from "./lock.js";
import { buildNative, type NativeArtifacts } from "./native/build.js";
import { compileAgent } from "./native/compile-agent.js";
import { fetchQuickJS, type QuickJSSource } from "./native/quickjs-source.js";
import { type FetchedPackages, fetchPackages, packagesFolder, unpack } from "./packages.js";
import { listParts } from "./parts.js";
import { preflight } from "./preflight.js";
import { COMPRESSION_LEVEL, KERNEL_COMMAND_LINE, MEMORY_BYTES } from "./recipe.js";
import { recipeHash, v86Version } from "./recipe-hash.js";

export interface ImageOptions {
  /** Drydock's folder in the XDG cache. */
  cacheDir: string;
  onStep: StepListener;
  /** Write packages.lock.json from what was used. */
  updateLock?: boolean;
}

/** Builds the image unless the cache has it. @returns its folder. */
export async function buildVMImage({ cacheDir, onStep, updateLock = false }: ImageOptions): Promise<string> {
  const recipe = await recipeHash();
  const folder = join(cacheDir, "vm", recipe);
  if (!updateLock && (await isThere(folder))) return folder;
  await preflight(onStep);
  const [packages, programs] = await Promise.all([
    packagesFolder(cacheDir).then((dir) => fetchPackages(dir, onStep)),
    buildPrograms(join(cacheDir, "native"), onStep),
  ]);
  const drift = await checkLock(packages, programs.native, updateLock, onStep);
  // The lock is part of the recipe.
  if (updateLock) return buildVMImage({ cacheDir, onStep });
  await publishFolder(folder, (partial) => fill(partial, { recipe, packages, ...programs, drift, onStep }));
  return folder;
}

interface Programs {
  native: NativeArtifacts;
  quickjsSource: QuickJSSource;
}

async function buildPrograms(dir: string, onStep: StepListener): Promise<Programs> {
  const quickjsSource = await asStep(
    onStep,
    "QuickJS source",
    () => fetchQuickJS(dir),
    ({ package: { version } }) => ({ detail: version }),
  );
  const native = await asStep(
    onStep,
    "guest programs",
    () => buildNative({ outputDir: join(dir, "programs"), cacheDir: dir, quickjsSource }),
    ({ quickjs, toolchain }) => ({ detail: `QuickJS ${quickjs.version} with ${toolchain}` }),
  );
  return { native, quickjsSource };
}

/** Puts the image at `publicDir`/vm. */
export async function installVMImage(folder: string, publicDir: string): Promise<void> {
  await install(folder, join(publicDir, "vm"));
}

async function checkLock(packages: FetchedPackages, native: NativeArtifacts, update: boolean, onStep: StepListener) {
  const used: LockedPackage[] = [...packages.all, lockedSource(native)];
  if (update) await writeLock(used);
  const drift = describeDrift(await readLock(), used);
  if (drift) onStep({ name: drift, ms: 0 });
  return drift;
}

function lockedSource({ quickjs }: NativeArtifacts): LockedPackage {
  const { sha256 } = quickjs.files.find(({ file }) => file.endsWith(".dsc"))!;
  return { name: `${quickjs.name} (source)`, version: quickjs.version, sha256 };
}

interface Ingredients extends Programs {
  recipe: string;
  packages: FetchedPackages;
  drift?: string;
  onStep: StepListener;
}

async function fill(folder: string, ingredients: Ingredients): Promise<void> {
  const { packages, native, onStep } = ingredients;
  const scratch = join(folder, "scratch");
  await mkdir(scratch);
  const agentFile = join(scratch, "agent.qjsc");
  await asStep(onStep, "agent", () => compileAgent({ agentHost: native.agentHost, outFile: agentFile }));
  const programs = {
    "usr/lib/drydock/agent-host": await readFile(native.agentHost),
    "usr/lib/drydock/agent.qjsc": await readFile(agentFile),
    "usr/bin/docker": await readFile(native.docker),
  };
  const unpacked = await unpack(packages.all, join(scratch, "packages"));
  const kernel = readKernel(unpacked(packages.kernel.name));
  const initrd = buildInitrd(kernel, { unpacked, programs });
  const state = await asStep(
    onStep,
    "boot",
    () => bootAndSave({ kernel, initrd, firmware: join(unpacked("seabios"), "usr/share/seabios") }),
    (saved) => ({ detail: `Linux ${kernel.release}, state`, bytes: saved.byteLength }),
  );
  const described = await asStep(
    onStep,
    "compress",
    () => writeState(folder, scratch, state),
    ({ bytes }) => ({ detail: `zstd -${COMPRESSION_LEVEL}`, bytes }),
  );
  const manifest: VMImageManifest = {
    recipe: ingredients.recipe,
    v86: await v86Version(),
    memoryBytes: MEMORY_BYTES,
    protocol: PROTOCOL_VERSION,
    state: described,
    kernel: kernel.release,
  };
  await writeFile(join(folder, "vm.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await copyFile(native.hello, join(folder, "hello"));
  await copyLicences(packages.all, unpacked, ingredients.quickjsSource, join(folder, "licences"));
  const parts = await listParts({ packages, native, kernel, programs, unpacked });
  const contents = { ...manifest, parts, modules: kernel.modules.map(({ name }) => name), drift: ingredients.drift };
  await writeFile(join(folder, "CONTENTS.md"), describeContents({ ...contents, commandLine: KERNEL_COMMAND_LINE }));
  await rm(scratch, { recursive: true });
}

/** Named by its contents, so that it may be cached for ever. */
async function writeState(folder: string, scratch: string, state: ArrayBuffer): Promise<VMImageManifest["state"]> {
  const raw = join(scratch, "state");
  const packed = join(scratch, "state.zst");
  const bytes = new Uint8Array(state);
  nameTargetsByPlace(bytes);
  await writeFile(raw, bytes);
  await compress(raw, packed, COMPRESSION_LEVEL);
  const sha256 = createHash("sha256")
    .update(await readFile(packed))
    .digest("hex");
  const file = `state-${sha256.slice(0, 12)}.zst`;
  await copyFile(packed, join(folder, file));
  return { file, bytes: (await stat(packed)).size, rawBytes: state.byteLength, sha256 };
}
