/** What of FakeSystem is its record of calls: those that are made one by one, and those that lists make. */
import {
  CALL_BYTES,
  HEADER_WORDS,
  NOT_REACHED,
  REPORT_HEAD_BYTES,
  RESULT_BYTES,
  reportOf,
  Slot,
  slotsOf,
} from "../../shared/calls/list-format.js";
import { callText, childFailureOf, type ReadCall, readList, wordsAt } from "../../shared/calls/testfiles/read-list.js";
import { errnoNumber } from "../../shared/linux/errno.js";
import { FakeDescriptors } from "./fake-descriptors.js";
import { type ExitStatus, type Fd, type Pid, SystemError } from "./system.js";

/** In struct clone_args. */
const PIDFD_OFFSET = 8;

/** A list that is being carried out. */
interface Run {
  list: Uint8Array;
  calls: ReadCall[];
  report: DataView;
}

export class FakeCalls {
  /** Calls made, such as `mkdir /x 493`, in order. */
  readonly calls: string[] = [];
  readonly descriptors = new FakeDescriptors();
  /** How the children that ended did so, for waitpid. */
  readonly ended = new Map<Pid, ExitStatus>();
  readonly #failures: { call: string; errno: string }[] = [];
  /** Processes that lists have made: what is open of their links, and of them. */
  readonly #links = new Map<Pid, Fd>();
  readonly #lives = new Map<Pid, Fd>();
  #nextPid = 100;

  // what tests do

  /** The next call whose text starts with `call` fails. */
  failNext(call: string, errno: string): void {
    this.#failures.push({ call, errno });
  }

  /** Names of the calls so far, which are forgotten. */
  takeCalls(): string[] {
    return this.calls.splice(0).map((call) => call.replace(/ .*/s, ""));
  }

  /** Ends a child: waitpid answers it, and its pidfd and its link tell. */
  end(pid: Pid, status: ExitStatus): void {
    this.ended.set(pid, status);
    this.execs(pid);
    this.descriptors.close(this.#lives.get(pid)!);
  }

  /** A child that waited has gone on to its program. */
  execs(pid: Pid): void {
    const link = this.#links.get(pid);
    if (link !== undefined) this.descriptors.close(link);
    this.#links.delete(pid);
  }

  /** A child that waits sends this by its link. */
  send(pid: Pid, bytes: Uint8Array, fds: readonly Fd[] = []): void {
    this.descriptors.send("write", this.#links.get(pid)!, bytes, fds);
  }

  /** What a child that waits has been sent. */
  received(pid: Pid): Uint8Array | undefined {
    return this.descriptors.receive("read", this.#links.get(pid)!, 99)?.bytes;
  }

  protected record(call: string, detail: string | number = ""): void {
    const errno = this.#recorded(`${call} ${detail}`.trim());
    if (errno) throw new SystemError(errno, call, String(detail));
  }

  /** Returns the error that it is to fail with. */
  #recorded(line: string): string | undefined {
    this.calls.push(line);
    const at = this.#failures.findIndex((failure) => line.startsWith(failure.call));
    return at < 0 ? undefined : this.#failures.splice(at, 1)[0]!.errno;
  }

  // lists of calls

  /**
   * Follows the list as if every call did its work. A child ends with execve's success, or stays where it reads from
   * its link.
   */
  carryOut(list: Uint8Array): void {
    const calls = readList(list);
    const bytes = reportOf(list);
    const report = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    report.setInt32(0, -1, true);
    for (const { index } of calls) report.setUint32(resultAt(index) + 4, NOT_REACHED, true);
    this.#follow({ list, calls, report }, 0, undefined);
  }

  /** `child`: the process that makes the calls, where it is not the agent. */
  #follow(run: Run, from: number, child: Pid | undefined): void {
    let failure = child === undefined ? undefined : childFailureOf(run.list);
    for (let call = run.calls[from]; call; ) {
      const result = this.#carryOutOne(run, call, child);
      run.report.setInt32(resultAt(call.index), result, true);
      run.report.setUint32(resultAt(call.index) + 4, call.index, true);
      if (result >= 0) {
        if (call.slot !== undefined) slotsOf(run.list)[call.slot] = result;
        if (child !== undefined && this.#leaves(run, call, child)) return;
        call = run.calls[call.name === "spawn" ? Number(call.args[1]) : call.next];
      } else if (call.allowed.some((errno) => errno === "any" || errnoNumber(errno) === -result))
        call = run.calls[call.otherwise];
      else {
        run.report.setInt32(0, call.index, true);
        call = failure === undefined ? undefined : run.calls[failure];
        failure = undefined;
      }
    }
    if (child !== undefined) this.end(child, { exitCode: 127 });
  }

  /** The child makes no further call of the list, or none before it is told to. */
  #leaves(run: Run, { name, args, needsSomething }: ReadCall, child: Pid): boolean {
    if (name === "execve") this.execs(child);
    if (name === "exit_group") this.end(child, { exitCode: Number(args[0]) });
    const waits = name === "read" && needsSomething && slotsOf(run.list)[Slot.link]! >= 0;
    return waits || name === "execve" || name === "exit_group";
  }

  #carryOutOne(run: Run, call: ReadCall, child: Pid | undefined): number {
    const errno = this.#recorded(callText(call));
    if (errno) return -errnoNumber(errno);
    if (call.name === "spawn") return this.#spawn(run, call);
    // What a child closes stays open here.
    if (call.name === "close" && child === undefined) this.#close(run, call);
    if (call.name === "write" && call.args[1] === "report") this.send(child!, reportOf(run.list));
    if (call.name === "close") return 0;
    return call.slot === undefined ? 0 : this.descriptors.add({ file: String(call.args[1] ?? call.name) });
  }

  #spawn(run: Run, call: ReadCall): number {
    const pid = this.#nextPid++;
    const [alive, pidfd] = this.descriptors.pair(true);
    this.#lives.set(pid, alive);
    slotsOf(run.list)[this.#pidfdSlot(run.list, call)] = pidfd;
    const link = slotsOf(run.list)[Slot.link]!;
    if (link >= 0) this.#links.set(pid, this.descriptors.duplicate(link));
    this.#follow(run, call.index + 1, pid);
    return pid;
  }

  /** Where its clone_args want the pidfd. */
  #pidfdSlot(list: Uint8Array, { offset }: ReadCall): number {
    const [args] = wordsAt(list, offset + CALL_BYTES, 1);
    return wordsAt(list, args! + PIDFD_OFFSET, 1)[0]! / 4 - HEADER_WORDS;
  }

  #close({ list }: Run, { args: [fd] }: ReadCall): void {
    const number = typeof fd === "string" ? slotsOf(list)[slotNumber(fd)]! : Number(fd);
    if (this.descriptors.open.has(number)) this.descriptors.close(number);
  }
}

function slotNumber(text: string): number {
  const name = text.slice(1);
  return Slot[name as keyof typeof Slot] ?? Number(name);
}

function resultAt(index: number): number {
  return REPORT_HEAD_BYTES + RESULT_BYTES * index;
}
