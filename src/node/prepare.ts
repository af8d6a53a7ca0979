/** Makes what is missing: the VM image, the base images and, where asked for, the page. */
import { basename, join } from "node:path";
import { buildBaseImages, installBaseImages } from "../../vm-images/base-images/base-images.js";
import { buildVMImage, installVMImage } from "../../vm-images/image.js";
import { cacheDir, projectDir } from "./paths.js";
import { unsuitablePlatform } from "./platform.js";
import { asStep, type StepListener } from "./steps.js";

export interface Prepared {
  /** Folder of the VM image: vm.json, the state, hello, CONTENTS.md. */
  vmImage: string;
  /** Folder of the static registry, which holds `v2/`. */
  registry: string;
  /** Folder of the built page, when it was asked for. */
  site?: string;
}

/** @throws {Error} whose message says what to do, when this machine cannot. */
export async function prepare(options: { site?: boolean; onStep?: StepListener } = {}): Promise<Prepared> {
  const onStep = options.onStep ?? (() => {});
  const unsuitable = unsuitablePlatform();
  if (unsuitable) throw new Error(unsuitable);
  const vmImage = await buildVMImage({ cacheDir, onStep });
  const baseImages = await buildBaseImages({ cacheDir, onStep });
  const registry = join(baseImages, "registry");
  if (!options.site) return { vmImage, registry };
  await installVMImage(vmImage, join(projectDir, "public"));
  await installBaseImages(baseImages, join(projectDir, "public"));
  const { buildSite } = await import("./site.js");
  const { folder } = await asStep(
    onStep,
    "page",
    () => buildSite(`${basename(vmImage)} ${basename(baseImages)}`),
    ({ cached }) => ({ detail: cached ? "from the cache" : "built" }),
  );
  return { vmImage, registry, site: folder };
}
