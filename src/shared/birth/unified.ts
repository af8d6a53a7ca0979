/** Files of cgroup v2 that a spec names itself. */
import type { Resources } from "../oci/runtime.js";
import { SpecError } from "../oci/spec-error.js";
import type { ControllerFile } from "./controller-file.js";

/** A controller's file, such as `memory.high`; not the hierarchy's own, such as `cgroup.procs`. */
const NAME = /^(?!cgroup\.)[a-z0-9_]+(\.[A-Za-z0-9_]+)+$/;

export function unifiedFiles({ unified = {} }: Resources): ControllerFile[] {
  return Object.entries(unified).map(([name, value]) => {
    if (!NAME.test(name)) throw new SpecError(`linux.resources.unified: ${name} is no controller's file`);
    return [name, value];
  });
}
