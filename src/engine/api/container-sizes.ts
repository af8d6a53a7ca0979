import { listDiff, totalBytes } from "../containers/collected.js";
import type { Container } from "../containers/container.js";
import type { EngineServices } from "./services.js";

/** Bytes of what the container wrote, and together with its image. */
export async function sizesOf({ sandbox, image }: Container, { runtime }: Pick<EngineServices, "runtime">) {
  const SizeRw = totalBytes(await listDiff(runtime.machine, sandbox));
  return { SizeRw, SizeRootFs: image.size + SizeRw };
}
