import type { ContainerEvent } from "../trace/events.js";
import type { Trace } from "../trace/span.js";
import type { Container } from "./container.js";

export function tellContainer(
  trace: Trace,
  { id, name, config }: Container,
  action: ContainerEvent["action"],
  exitCode?: number,
): void {
  trace.sink({
    type: "container",
    at: trace.clock.now(),
    action,
    container: id,
    name,
    image: config.Image ?? "",
    ...(exitCode !== undefined && { exitCode }),
  });
}
