/**
 * The guest's daemon.
 *
 *     agent [CHANNEL]
 *
 * CHANNEL is the device of the channel to the page, CHANNEL_DEVICE where none is named, or the number of an open
 * descriptor. The only place that constructs; ends with status 1 when the channel cannot be used any more.
 */
import { CHANNEL_DEVICE } from "../protocol/channel.js";
import type { AgentEventName, AgentEvents, CommandName, Commands } from "../protocol/commands.js";
import { createPeer } from "../protocol/create-peer.js";
import { packStep } from "../protocol/packed-steps.js";
import { LAYERS_DIRECTORY, WORK_DIRECTORY } from "../protocol/page-files.js";
import type { None, TextCodec } from "../protocol/peer.js";
import { CgroupTree } from "./cgroups/cgroup.js";
import { Guest } from "./machine/guest.js";
import { Shell } from "./machine/shell.js";
import { makeDirectories } from "./make-directories.js";
import { Containers } from "./runtime/containers.js";
import { Processes } from "./runtime/processes.js";
import { DescriptorTransport } from "./server/descriptor-transport.js";
import { handlersOf } from "./server/handlers.js";
import { Sessions } from "./sessions/sessions.js";
import { OverlaySnapshots } from "./snapshots/overlay-snapshots.js";
import type { IoContext } from "./stdio/process-io.js";
import { O_CLOEXEC, O_NOCTTY, O_RDWR } from "./system/constants.js";
import { createQuickJSSystem, programArguments } from "./system/quickjs-system.js";
import type { Fd, System } from "./system/system.js";
import { createTracingSystem } from "./system/tracing-system.js";

const STATE_DIRECTORY = "/var/lib/drydock";
const RUN_DIRECTORY = "/run/drydock";
const CONTAINERS_CGROUPS = ["docker", "buildkit"];

const system = createQuickJSSystem();
const text: TextCodec = { encode: system.utf8Encode, decode: system.utf8Decode };

function openChannel(name = CHANNEL_DEVICE): Fd {
  const fd = /^\d+$/.test(name) ? Number(name) : system.open(name, O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
  system.setCloseOnExec(fd, true);
  if (system.isTerminal(fd)) system.makeRaw(fd);
  system.setNonBlocking(fd, true);
  return fd;
}

const peer = createPeer<None, None, Commands, AgentEvents>({
  name: "drydock-agent",
  transport: new DescriptorTransport(system, openChannel(programArguments[0])),
  codec: text,
  opens: false,
});
peer.onClose(() => system.exit(1));

/** One traced system for all: whoever asks for it uses it at once, and the steps are its own until the next one asks. */
let currentSteps: string[] = [];
const traced = createTracingSystem(system, (step) => currentSteps.push(packStep(step)));
function trace(steps: string[]): System {
  currentSteps = steps;
  return traced;
}

function tell<E extends AgentEventName>(event: E, value: AgentEvents[E]): void {
  peer.tell(event, value);
}

function report(subject: string, steps: string[]): void {
  if (steps.length > 0) tell("trace.steps", { subject, steps: steps.join("\n") });
}

for (const path of [STATE_DIRECTORY, RUN_DIRECTORY]) makeDirectories(system, path);

const cgroups = new CgroupTree(system);
for (const name of CONTAINERS_CGROUPS) cgroups.clear(name);

const sessions = new Sessions({ system, tell });
sessions.listen();
peer.onRestart(() => sessions.abandon(1));

const io: IoContext = {
  system,
  streams: peer,
  session: (id) => sessions.get(id),
  nullFd: system.open("/dev/null", O_RDWR | O_CLOEXEC, 0),
};
const containers = new Containers({
  system,
  trace,
  report,
  io,
  cgroups,
  filesDirectory: `${STATE_DIRECTORY}/containers`,
  exited: (event) => tell("container.exited", event),
});
const processes = new Processes({ system, trace, io, exited: (event) => tell("process.exited", event) });
const snapshots = new OverlaySnapshots({
  system,
  trace,
  report,
  directory: `${STATE_DIRECTORY}/snapshots`,
  layersDirectory: LAYERS_DIRECTORY,
});

function busy(): string | undefined {
  if (containers.size > 0) return `${containers.size} containers are there`;
  if (snapshots.mounted > 0) return `${snapshots.mounted} snapshots are mounted`;
  if (processes.size > 0) return `${processes.size} processes run`;
  if (sessions.size > 0) return `${sessions.size} docker commands wait`;
  return undefined;
}

const guest = new Guest({ system, trace, report, shell: new Shell(system, WORK_DIRECTORY), busy });
const handlers = handlersOf({ system, streams: peer, guest, processes, snapshots, containers, sessions });
for (const command of Object.keys(handlers) as CommandName[]) serve(command);

function serve<C extends CommandName>(command: C): void {
  peer.serve(command, handlers[command] as Parameters<typeof peer.serve<C>>[1]);
}
