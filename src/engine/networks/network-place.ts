import type { PublishedPort } from "../../protocol/commands.js";
import type { Attachment } from "../../shared/network/link-calls.js";

/** What a container's birth needs to know. */
export interface NetworkPlace {
  attachments: readonly Attachment[];
  ports: readonly PublishedPort[];
  /** Of another's network namespace, or `host` for the guest's own. */
  namespace?: { path: string } | "host";
}
