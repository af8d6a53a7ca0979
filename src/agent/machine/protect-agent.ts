/** What keeps the agent going whatever its containers do: it is not seen into, not chosen to be killed, not out of room. */
import { writeFile } from "../../shared/birth/kernel-files.js";
import { CallList } from "../../shared/calls/call-list.js";
import { reportOf, withReport } from "../../shared/calls/list-format.js";
import { failureOf } from "../../shared/calls/report.js";
import { PR_SET_DUMPABLE, RLIMIT_NOFILE } from "../../shared/linux/constants.js";
import { AGENT_CGROUP } from "../cgroups/parts.js";
import { Failure } from "../failure.js";
import type { System } from "../system/system.js";

/** As dockerd's. Containers get theirs of their spec. */
const OOM_SCORE = -999;
/** Containers inherit it, as they do from dockerd. */
const MOST_FILES = 1_048_576;
/** Not taken from the agent however short memory is. */
const MEMORY_BYTES = 32 << 20;
/** Of 1 to 10000, beside 100 for everybody else. */
const CPU_WEIGHT = 10_000;

export function protectAgent(system: System): void {
  const calls = new CallList();
  // Its children share its memory until they exec, in the sight of a container's processes.
  calls.call("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0]);
  calls.call("prlimit64", [0, RLIMIT_NOFILE, calls.words([MOST_FILES, 0, MOST_FILES, 0]), 0]);
  writeFile(calls, "/proc/self/oom_score_adj", String(OOM_SCORE), { close: true });
  // Who has a lease on a file holds up for 45 s whoever opens it, or executes it.
  writeFile(calls, "/proc/sys/fs/leases-enable", "0", { close: true });
  writeFile(calls, `${AGENT_CGROUP}/memory.min`, String(MEMORY_BYTES), { close: true });
  writeFile(calls, `${AGENT_CGROUP}/cpu.weight`, String(CPU_WEIGHT), { close: true });
  const list = withReport(calls.encode());
  system.carryOut(list);
  const failure = failureOf(calls, reportOf(list));
  if (failure) throw new Failure("system", failure.message, failure);
}
