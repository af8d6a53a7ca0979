/**
 * Seccomp filters as the bytes that the kernel loads. When a filter is loaded, Linux 5.11 and later runs it once for
 * each call's number, as long as it does nothing but compare, and mask, the number and the architecture; what it
 * always allows is remembered as one bit, and the filter is not run for it again. So the search compares and jumps only.
 */
import type { LinuxSeccomp } from "../oci/runtime.js";
import { ConfinementError } from "./confinement-error.js";
import { FilterWriter, type Target } from "./filter-writer.js";
import { type Condition, type Rule, resolveRules, SeccompReturn, type SeccompRules } from "./seccomp-rules.js";

const AUDIT_ARCH_I386 = 0x40000003;
const ENOSYS = 38;

/** Offsets in struct seccomp_data. */
const Data = { number: 0, architecture: 4, arguments: 16 } as const;

/** Source: linux/seccomp.h. */
const FLAGS: Record<string, number> = {
  SECCOMP_FILTER_FLAG_TSYNC: 1,
  SECCOMP_FILTER_FLAG_LOG: 2,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 32,
};

/**
 * An array of struct sock_filter. Another architecture than i386 kills the process. A call that is newer than all that
 * the profile names is ENOSYS rather than what the default says, unless that lets calls through: programs fall back to
 * an older call at ENOSYS, and give up at EPERM (runc's patchbpf).
 * @throws {ConfinementError}
 */
export function compileSeccomp(profile: LinuxSeccomp): Uint8Array {
  const writer = new FilterWriter();
  checkArchitectures(profile);
  const rules = resolveRules(profile);
  let start = writeSearch(writer, fuse(runsOf(rules)), rules.otherwise);
  if (!("returns" in start)) {
    writer.goTo(start);
    start = writer.load(Data.number);
  }
  writer.jump("equal", AUDIT_ARCH_I386, start, { returns: SeccompReturn.killProcess });
  writer.load(Data.architecture);
  return writer.finish();
}

/** Names in the profile that Linux 6.1 on i386 does not have. They are left out of the filter, as the OCI says. */
export function ignoredSyscalls(profile: LinuxSeccomp): string[] {
  return resolveRules(profile).ignored;
}

/** What seccomp(2) is called with; SPEC_ALLOW where the profile says nothing, as with runc. @throws {ConfinementError} */
export function seccompFlags({ flags = ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"] }: LinuxSeccomp): number {
  return flags.reduce((sum, name) => {
    const flag = FLAGS[name];
    if (flag === undefined) throw new ConfinementError("linux.seccomp.flags", name, "not a flag");
    return sum | flag;
  }, 0);
}

/** i386 is always meant, so which ones are named makes no difference (runc). */
function checkArchitectures({ architectures = [] }: LinuxSeccomp): void {
  const wrong = architectures.find((name) => !/^SCMP_ARCH_[A-Z0-9_]+$/.test(name));
  if (wrong !== undefined) throw new ConfinementError("linux.seccomp.architectures", wrong, "not an architecture");
}

type Outcome = number | Rule[];

/** Neighbouring numbers with the same outcome, up to the next run's first. */
interface Run {
  first: number;
  outcome: Outcome;
}

function runsOf({ otherwise, calls, largest }: SeccompRules): Run[] {
  const outcomes = Array.from({ length: largest + 1 }, (_, number) => calls.get(number) ?? otherwise);
  const letsThrough =
    otherwise === SeccompReturn.allow || otherwise === SeccompReturn.log || isTrace(otherwise) || largest < 0;
  outcomes.push(letsThrough ? otherwise : SeccompReturn.errno + ENOSYS);
  return outcomes
    .map((outcome, first) => ({ first, outcome }))
    .filter(({ first, outcome }) => first === 0 || outcome !== outcomes[first - 1]);
}

function isTrace(value: number): boolean {
  return value >= SeccompReturn.trace && value < SeccompReturn.log;
}

/** A run, with single numbers in it that are something else. */
interface Segment extends Run {
  except: Run[];
}

/** Exceptions are tried one after another, so there should be few in one segment. */
const MOST_EXCEPTIONS = 3;

/** A number alone between two runs that are alike is one comparison as an exception, and two as a run. */
function fuse(runs: Run[]): Segment[] {
  const segments: Segment[] = [];
  for (let i = 0; i < runs.length; i++) {
    const segment: Segment = { ...runs[i]!, except: [] };
    while (segment.except.length < MOST_EXCEPTIONS && isException(segment, runs[i + 1], runs[i + 2])) {
      segment.except.push(runs[i + 1]!);
      i += 2;
    }
    segments.push(segment);
  }
  return segments;
}

function isException(around: Run, single: Run | undefined, after: Run | undefined): boolean {
  return !!single && !!after && after.first === single.first + 1 && after.outcome === around.outcome;
}

function writeSearch(writer: FilterWriter, segments: Segment[], otherwise: number): Target {
  if (segments.length === 1) return writeSegment(writer, segments[0]!, otherwise);
  const middle = segments.length >> 1;
  const above = writeSearch(writer, segments.slice(middle), otherwise);
  const below = writeSearch(writer, segments.slice(0, middle), otherwise);
  return writer.jump("greater-or-equal", segments[middle]!.first, above, below);
}

function writeSegment(writer: FilterWriter, segment: Segment, otherwise: number): Target {
  return segment.except.reduceRight(
    (next, { first, outcome }) => writer.jump("equal", first, writeOutcome(writer, outcome, otherwise), next),
    writeOutcome(writer, segment.outcome, otherwise),
  );
}

function writeOutcome(writer: FilterWriter, outcome: Outcome, otherwise: number): Target {
  return typeof outcome === "number" ? { returns: outcome } : writeRules(writer, outcome, otherwise);
}

/** The first rule that holds counts. */
function writeRules(writer: FilterWriter, rules: Rule[], otherwise: number): Target {
  return rules.reduceRight<Target>(
    (next, { conditions, returns }, i) => {
      const before = rules[i - 1]?.conditions;
      const loaded = before?.length === 1 ? argumentAfter(before[0]!) : undefined;
      return writeConditions(writer, conditions, loaded, { returns }, next);
    },
    { returns: otherwise },
  );
}

/** `loaded`: the argument that the accumulator holds on the way in. */
function writeConditions(
  writer: FilterWriter,
  conditions: Condition[],
  loaded: number | undefined,
  whenAllHold: Target,
  next: Target,
): Target {
  return conditions.reduceRight((target, condition, i) => {
    const { index, test, value, holds, mask } = condition;
    let start = writer.jump(test, value, holds ? target : next, holds ? next : target);
    if (mask !== undefined) start = writer.and(mask);
    const before = i > 0 ? argumentAfter(conditions[i - 1]!) : loaded;
    return before === index ? start : writer.load(Data.arguments + 8 * index);
  }, whenAllHold);
}

/** The argument that the accumulator still holds after a condition. */
function argumentAfter({ index, mask }: Condition): number | undefined {
  return mask === undefined ? index : undefined;
}
