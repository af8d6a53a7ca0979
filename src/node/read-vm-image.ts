import { createRequire } from "node:module";
import { fetchVMImage, type VMImage } from "../session/vm-image.js";
import { fetchFrom } from "./static-registry.js";

/** Any address does, since `fetchFrom` answers. */
const ADDRESS = "http://image.drydock.invalid/";

/** Where v86 has its program, for Node. */
export const V86_WASM = createRequire(import.meta.url).resolve("v86/build/v86.wasm");

/** The VM image in `folder`, read as the page does. */
export function readVMImage(folder: string): Promise<VMImage> {
  return fetchVMImage(ADDRESS, () => {}, fetchFrom(folder));
}
