/**
 * The guest's daemon.
 *
 *     agent [CHANNEL]
 *
 * CHANNEL is the device of the channel to the page, CHANNEL_DEVICE where none is named, or the number of an open
 * descriptor. The only place that constructs; ends with status 1 when the channel cannot be used any more.
 */
import { CHANNEL_DEVICE } from "../protocol/channel.js";
import type { AgentEventName, AgentEvents, CommandName, Commands, KernelStep } from "../protocol/commands.js";
import { createPeer } from "../protocol/create-peer.js";
import { CONTAINER_FILES_DIRECTORY, SNAPSHOTS_DIRECTORY } from "../protocol/guest-paths.js";
import { WORK_DIRECTORY } from "../protocol/page-files.js";
import type { None, TextCodec } from "../protocol/peer.js";
import { NO_LAYERS } from "../shared/birth/overlay.js";
import { ROOT_MOUNT_POINT } from "../shared/birth/root-calls.js";
import { O_CLOEXEC, O_DIRECTORY, O_NOCTTY, O_RDONLY, O_RDWR } from "../shared/linux/constants.js";
import { SHELL_CGROUP } from "./cgroups/parts.js";
import { prepareCgroups } from "./cgroups/prepare-cgroups.js";
import { watchProcessLimits } from "./cgroups/process-limits.js";
import { Guest } from "./machine/guest.js";
import { openNull } from "./machine/open-null.js";
import { protectAgent } from "./machine/protect-agent.js";
import { Shell } from "./machine/shell.js";
import { makeDirectories } from "./make-directories.js";
import { makeDefaultBridge } from "./network/configure.js";
import { Dialer } from "./network/dialer.js";
import { NameServers } from "./network/name-servers.js";
import { Ports } from "./network/ports.js";
import { Containers } from "./runtime/containers.js";
import { NetworkNamespaces } from "./runtime/network-namespaces.js";
import { Processes } from "./runtime/processes.js";
import { DescriptorTransport } from "./server/descriptor-transport.js";
import { handlersOf } from "./server/handlers.js";
import { Sessions } from "./sessions/sessions.js";
import { Snapshots } from "./snapshots/snapshots.js";
import type { IoContext } from "./stdio/process-io.js";
import { createQuickJSSystem, programArguments } from "./system/quickjs-system.js";
import type { Fd } from "./system/system.js";

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

function tell<E extends AgentEventName>(event: E, value: AgentEvents[E]): void {
  peer.tell(event, value);
}

function report(subject: string, steps: KernelStep[]): void {
  if (steps.length > 0) tell("trace.steps", { subject, steps });
}

protectAgent(system);
for (const path of [CONTAINER_FILES_DIRECTORY, ROOT_MOUNT_POINT, NO_LAYERS]) makeDirectories(system, path);
prepareCgroups(system);

const sessions = new Sessions({ system, tell });
sessions.listen();
peer.onRestart(() => sessions.abandon(1));

const io: IoContext = {
  system,
  streams: peer,
  session: (id) => sessions.get(id),
  nullFd: openNull(system),
};
const openNamespace = (type: string) => system.open(`/proc/self/ns/${type}`, O_RDONLY | O_CLOEXEC, 0);
const ownNetwork = openNamespace("net");
const birth = { system, io, ownPidNamespace: openNamespace("pid"), ownNetwork };
makeDefaultBridge({ system, ownNetwork });
const networks = new NetworkNamespaces(system, ownNetwork);
networks.prepareSoon();
const dialer = new Dialer(system);
const names = new NameServers(system, (question) => tell("network.question", question));
peer.onRestart(() => names.abandon());
const snapshots = new Snapshots(system, SNAPSHOTS_DIRECTORY);
const containers = new Containers({
  ...birth,
  networks,
  ports: new Ports(system, dialer),
  names,
  snapshots,
  exited: (event) => tell("container.exited", event),
});
const processes = new Processes({
  ...birth,
  cgroup: system.open(SHELL_CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0),
  exited: (event) => tell("process.exited", event),
});

watchProcessLimits(
  system,
  (event) => tell("machine.processLimit", event),
  () => containers.size > 0,
);

function busy(): string | undefined {
  if (containers.size > 0) return `${containers.size} containers are there`;
  if (processes.size > 0) return `${processes.size} processes run`;
  if (sessions.size > 0) return `${sessions.size} docker commands wait`;
  return undefined;
}

const guest = new Guest({ system, report, shell: new Shell(system, processes, WORK_DIRECTORY), busy });
const handlers = handlersOf({
  system,
  streams: peer,
  guest,
  processes,
  snapshots,
  containers,
  sessions,
  names,
  dialer,
  ownNetwork,
});
for (const command of Object.keys(handlers) as CommandName[]) serve(command);

function serve<C extends CommandName>(command: C): void {
  peer.serve(command, handlers[command] as Parameters<typeof peer.serve<C>>[1]);
}
