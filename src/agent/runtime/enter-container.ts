/** The two ways into a container, as its process walks them: making it, and joining one that is there. */
import type { RuntimeSpec } from "../../shared/oci/runtime.js";
import { CLONE_NEWCGROUP, CLONE_NEWNET, PR_SET_DUMPABLE } from "../system/constants.js";
import type { Fd, Pid } from "../system/system.js";
import type { ChildSystem } from "./child-system.js";
import { hasNamespace, joinByPath, joinFlags, makesNamespace } from "./namespaces.js";
import { enterRoot } from "./root-filesystem.js";

/** `network` is a namespace made ahead, with its loopback interface up. */
export function makeContainer(child: ChildSystem, spec: RuntimeSpec, network?: Fd): void {
  const { traced, quiet } = child;
  if (spec.process.oomScoreAdj !== undefined)
    traced.writeFile("/proc/self/oom_score_adj", String(spec.process.oomScoreAdj));
  joinByPath(traced, quiet, spec.linux);
  if (makesNamespace(spec.linux, "cgroup")) traced.unshare(CLONE_NEWCGROUP);
  if (network !== undefined) {
    traced.setns(network, CLONE_NEWNET);
    quiet.close(network);
  } else if (makesNamespace(spec.linux, "network")) traced.linkUp("lo");
  if (spec.hostname !== undefined) traced.sethostname(spec.hostname);
  enterRoot(child, spec);
  for (const [key, value] of Object.entries(spec.linux.sysctl ?? {}))
    traced.writeFile(`/proc/sys/${key.replaceAll(".", "/")}`, value);
}

/** `init` as the agent sees it. A process born in the container's pid namespace knows it as 1. */
export function joinContainer(child: ChildSystem, spec: RuntimeSpec, init: Pid): void {
  const { traced, quiet } = child;
  // Until it execs this is a copy of the agent, which the container's processes must not look into.
  quiet.prctl(PR_SET_DUMPABLE, 0);
  const pidfd = quiet.pidfdOpen(hasNamespace(spec.linux, "pid") ? 1 : init);
  traced.setns(pidfd, joinFlags(spec.linux));
  quiet.close(pidfd);
  quiet.chdir("/");
}
