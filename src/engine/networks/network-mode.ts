/** `NetworkMode` of a container: one of Docker's own, another container's network, or a network by name or id. */
import { DEFAULT_NETWORK } from "./network.js";

export type NetworkMode =
  | { kind: "none" | "host" }
  | { kind: "container"; reference: string }
  | { kind: "network"; reference: string };

export function parseNetworkMode(mode = "default"): NetworkMode {
  if (mode === "none" || mode === "host") return { kind: mode };
  const [, container] = /^container:(.*)$/.exec(mode) ?? [];
  if (container !== undefined) return { kind: "container", reference: container };
  return { kind: "network", reference: mode === "default" || mode === "" ? DEFAULT_NETWORK : mode };
}
