/** Getting an image from a registry, for `pull` and for `run` of an image that is not here. */
import type { ProgressMessage } from "../engine/api/types.js";
import {
  canonicalString,
  DEFAULT_TAG,
  type ImageReference,
  parseReference,
  withDefaultTag,
} from "../shared/reference/reference.js";
import type { CommandContext, TextSink } from "./command.js";
import { documentsOf, type EngineClient } from "./engine-client.js";
import { ApiError, CommandFailure } from "./errors.js";
import { showProgress } from "./progress-display.js";

export interface PullOptions {
  /** Where progress goes; undefined: nowhere. */
  out?: TextSink;
  /** Whether `out` is a terminal. */
  terminal?: boolean;
  platform?: string;
  signal: AbortSignal;
}

/** Errors that come in the middle of the stream are worded like those that come before it. */
export async function pullImage(
  client: EngineClient,
  context: CommandContext,
  reference: ImageReference,
  { out, terminal = false, platform, signal }: PullOptions,
): Promise<void> {
  const { domain, path, tag, digest } = withDefaultTag(reference);
  const response = await client.send("POST", "/images/create", {
    query: { fromImage: `${domain}/${path}`, tag: digest ?? tag ?? DEFAULT_TAG, platform },
    signal,
  });
  const quiet = { write: async () => {} };
  try {
    await showProgress(documentsOf<ProgressMessage>(response), {
      out: out ?? quiet,
      terminal,
      columns: context.size().columns,
    });
  } catch (error) {
    if (error instanceof CommandFailure) throw new ApiError(500, error.message);
    throw error;
  }
}

/** An image's name as a command takes it: a reference, or an id. @throws {InvalidReference}. */
export function checkImageName(name: string): void {
  if (!/^(sha256:)?[0-9a-f]{64}$/.test(name)) parseReference(name);
}

/** `docker.io/library/busybox:latest` */
export function fullName(reference: ImageReference): string {
  return canonicalString(withDefaultTag(reference));
}
