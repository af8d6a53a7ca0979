/**
 * Builds the VM image and the base images, and puts them below public/.
 *
 *     npx tsx vm-images/cli.ts [--lock]
 *
 * `--lock` writes packages.lock.json from what the mirrors have now.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cacheDir, projectDir } from "../src/node/paths.js";
import { printSteps } from "../src/node/steps.js";
import { buildBaseImages, installBaseImages } from "./base-images/base-images.js";
import { buildVMImage, installVMImage } from "./image.js";

const { values } = parseArgs({ options: { lock: { type: "boolean", default: false } } });
const onStep = printSteps((line) => console.error(line));
const publicDir = join(projectDir, "public");
try {
  const image = await buildVMImage({ cacheDir, onStep, updateLock: values.lock });
  const baseImages = await buildBaseImages({ cacheDir, onStep });
  await installVMImage(image, publicDir);
  await installBaseImages(baseImages, publicDir);
  console.log(image);
} catch (error) {
  console.error(`drydock: ${(error as Error).message}`);
  process.exitCode = 1;
}
