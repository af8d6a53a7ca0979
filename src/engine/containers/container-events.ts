/** What happens to a container, told twice: to those who watch the engine's objects, and on the trace. */
import type { ContainerEvent } from "../trace/events.js";
import type { Container } from "./container.js";
import type { PlannedMount } from "./mount-points.js";
import type { Runtime } from "./runtime.js";

type Teller = Pick<Runtime, "events" | "trace">;

/** @param more attributes of this action, over the container's own. */
export function tellContainer(
  { events, trace }: Teller,
  container: Container,
  action: ContainerEvent["action"],
  more: Readonly<Record<string, string>> = {},
): void {
  const { id, name, config, state } = container;
  tellAction({ events }, container, action, more);
  const exitCode = action === "die" ? { exitCode: state.exitCode } : {};
  const image = config.Image ?? "";
  trace.sink({ type: "container", at: trace.clock.now(), action, container: id, name, image, ...exitCode });
}

/** To those who watch the engine's objects alone: `exec_create: sh -c true`, `health_status: healthy`. */
export function tellAction(
  { events }: Pick<Teller, "events">,
  { id, name, config }: Container,
  action: string,
  more: Readonly<Record<string, string>> = {},
): void {
  events.tell("container", action, id, { ...config.Labels, image: config.Image ?? "", name, ...more });
}

export function tellMounts({ events }: Teller, { id, mounts }: Container, action: "mount" | "unmount"): void {
  for (const mount of mounts) {
    if (mount.Type !== "volume" || !mount.Name) continue;
    const where = action === "mount" ? placeOf(mount) : {};
    events.tell("volume", action, mount.Name, { container: id, driver: "local", ...where });
  }
}

function placeOf({ Destination, Propagation, RW }: PlannedMount): Record<string, string> {
  return { destination: Destination, propagation: Propagation, "read/write": String(RW) };
}

/** Of each network that it is in while it runs. */
export function tellNetworks(
  { events }: Teller,
  { id, memberships }: Container,
  action: "connect" | "disconnect",
): void {
  for (const { network } of memberships)
    if (network)
      events.tell("network", action, network.id, { container: id, name: network.name, type: network.driver });
}
