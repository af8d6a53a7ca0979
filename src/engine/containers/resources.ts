/** Limits of a container, checked as dockerd checks them and in its words (moby, verifyPlatformContainerResources). */
import type { Resources, Rlimit } from "../../shared/oci/runtime.js";
import type { HostConfigJSON } from "../api/types.js";
import { EngineError } from "../engine-error.js";

/** CPUs of the machine. */
export const CPU_COUNT = 1;
const MIN_MEMORY_BYTES = 6 << 20;
const MIN_SHARES = 2;
const MAX_SHARES = 262144;
/** Microseconds; what `--cpus` is a part of. */
const PERIOD_MICROS = 100_000;

/** @throws {EngineError} `invalid` in dockerd's words. @returns warnings for what is accepted without effect. */
export function checkResources(host: HostConfigJSON): string[] {
  checkMemory(host);
  checkCPU(host);
  const warnings: string[] = [];
  if (host.OomKillDisable) warnings.push("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
  if (host.MemorySwappiness != null && host.MemorySwappiness !== -1)
    warnings.push(
      "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.",
    );
  return warnings;
}

/**
 * What the limits mean once Docker's defaults are filled in: swap twice the memory unless given, shares within what
 * the kernel takes. Changes `host`, so that inspect shows the limits in force.
 */
export function settleResources(host: HostConfigJSON): void {
  if ((host.Memory ?? 0) > 0 && !host.MemorySwap) host.MemorySwap = host.Memory! * 2;
  if (host.CpuShares) host.CpuShares = Math.min(Math.max(host.CpuShares, MIN_SHARES), MAX_SHARES);
  if ((host.PidsLimit ?? 0) <= 0) host.PidsLimit = null;
}

/** Of a settled HostConfig. */
export function resourcesOf(host: HostConfigJSON): Resources {
  const resources: Resources = {};
  const memory: Resources["memory"] = {};
  if (host.Memory) memory.limit = host.Memory;
  if (host.MemorySwap) memory.swap = host.MemorySwap;
  if (host.MemoryReservation) memory.reservation = host.MemoryReservation;
  if (Object.keys(memory).length > 0) resources.memory = memory;
  const cpu: Resources["cpu"] = {};
  if (host.CpuShares) cpu.shares = host.CpuShares;
  if (host.NanoCpus) {
    cpu.period = PERIOD_MICROS;
    cpu.quota = Math.floor((host.NanoCpus * PERIOD_MICROS) / 1e9);
  }
  if (host.CpuPeriod) cpu.period = host.CpuPeriod;
  if (host.CpuQuota) cpu.quota = host.CpuQuota;
  if (Object.keys(cpu).length > 0) resources.cpu = cpu;
  if (host.PidsLimit) resources.pids = { limit: host.PidsLimit };
  return resources;
}

const RLIMITS = new Set(
  "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(" "),
);

/** @throws {EngineError} `invalid` naming the limit. */
export function rlimitsOf(host: HostConfigJSON): Rlimit[] {
  return (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => {
    const name = Name.replace(/^RLIMIT_/i, "").toLowerCase();
    if (!RLIMITS.has(name)) throw new EngineError("invalid", `invalid ulimit type: ${Name}`);
    if (Hard !== -1 && (Soft > Hard || Soft === -1))
      throw new EngineError("invalid", `ulimit soft limit must be less than or equal to hard limit: ${Soft} > ${Hard}`);
    return { type: `RLIMIT_${name.toUpperCase()}`, soft: Soft, hard: Hard };
  });
}

function checkMemory({ Memory = 0, MemorySwap = 0, MemoryReservation = 0, ShmSize = 0 }: HostConfigJSON): void {
  if (Memory !== 0 && Memory < MIN_MEMORY_BYTES) refuse("Minimum memory limit allowed is 6MB");
  if (Memory > 0 && MemorySwap > 0 && MemorySwap < Memory)
    refuse("Minimum memoryswap limit should be larger than memory limit, see usage");
  if (Memory === 0 && MemorySwap > 0)
    refuse("You should always set the Memory limit when using Memoryswap limit, see usage");
  if (MemorySwap < -1) refuse(`Invalid memoryswap limit ${MemorySwap}: the least is -1, for no limit`);
  if (MemoryReservation !== 0 && MemoryReservation < MIN_MEMORY_BYTES)
    refuse("Minimum memory reservation allowed is 6MB");
  if (Memory > 0 && MemoryReservation > 0 && Memory < MemoryReservation)
    refuse("Minimum memory limit can not be less than memory reservation limit, see usage");
  if (ShmSize < 0) refuse("SHM size can not be less than 0");
}

function checkCPU(host: HostConfigJSON): void {
  const { NanoCpus = 0, CpuPeriod = 0, CpuQuota = 0, CpusetCpus = "", CpusetMems = "" } = host;
  if (NanoCpus !== 0 && CpuPeriod !== 0) refuse("Conflicting options: Nano CPUs and CPU Period cannot both be set.");
  if (NanoCpus !== 0 && CpuQuota !== 0) refuse("Conflicting options: Nano CPUs and CPU Quota cannot both be set.");
  if (NanoCpus < 0 || NanoCpus > CPU_COUNT * 1e9)
    refuse(`range of CPUs is from 0.01 to ${CPU_COUNT}.00, as there are only ${CPU_COUNT} CPUs available`);
  if (CpuPeriod !== 0 && (CpuPeriod < 1000 || CpuPeriod > 1_000_000))
    refuse("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  if (CpuQuota > 0 && CpuQuota < 1000) refuse("CPU cfs quota can not be less than 1ms (i.e. 1000)");
  if (!isSetOfZero(CpusetCpus)) refuse(`Requested CPUs are not available - requested ${CpusetCpus}, available: 0`);
  if (!isSetOfZero(CpusetMems))
    refuse(`Requested memory nodes are not available - requested ${CpusetMems}, available: 0`);
}

/** The machine has one CPU and one memory node, both number 0. */
const isSetOfZero = (set: string) => set === "" || /^0(-0)?(,0(-0)?)*$/.test(set);

function refuse(message: string): never {
  throw new EngineError("invalid", message);
}
