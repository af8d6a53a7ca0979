/**
 * What a build tells its asker: the classic builder's lines for the stock client, the image's id for one that wants
 * to hear nothing else, and the build's trace for Drydock's own command line, which draws it as BuildKit does.
 */
import { shortID } from "../../shared/oci/digest.js";
import type { BuildResult } from "../build/build-request.js";
import type { TraceEvent } from "../trace/events.js";
import { type ProgressMessage, TRACE_ID } from "./types.js";

type Say = (message: ProgressMessage) => void;

export interface BuildAnswer {
  /** An event of this build. */
  tell(event: TraceEvent): void;
  made(result: BuildResult, tags: readonly string[]): void;
}

export class TraceAnswer implements BuildAnswer {
  constructor(readonly say: Say) {}

  tell(aux: TraceEvent): void {
    this.say({ id: TRACE_ID, aux });
  }

  made({ id, warnings }: BuildResult): void {
    for (const warning of warnings) this.say({ stream: `${warning}\n` });
    this.say({ aux: { ID: id } });
  }
}

export class ClassicAnswer implements BuildAnswer {
  readonly #steps = new Set<string>();

  constructor(readonly say: Say) {}

  tell(event: TraceEvent): void {
    if (event.type === "span-start" && event.step) {
      const { number, total } = event.step;
      this.#steps.add(event.span);
      this.say({ stream: `Step ${number}/${total} : ${event.title}\n` });
    }
    if (event.type === "output") this.say({ stream: event.text });
    if (event.type === "span-end" && event.outcome === "cached" && this.#steps.has(event.span))
      this.say({ stream: " ---> Using cache\n" });
  }

  made({ id, warnings }: BuildResult, tags: readonly string[]): void {
    for (const warning of warnings) this.say({ stream: `[Warning] ${warning}\n` });
    this.say({ aux: { ID: id } });
    this.say({ stream: `Successfully built ${shortID(id)}\n` });
    for (const tag of tags) this.say({ stream: `Successfully tagged ${tag}\n` });
  }
}

export class QuietAnswer implements BuildAnswer {
  constructor(readonly say: Say) {}

  tell(): void {}

  made({ id }: BuildResult): void {
    this.say({ stream: `${id}\n` });
  }
}

/** Of one build and of no other: the events of its spans. */
export class BuildEvents {
  readonly #tell: (event: TraceEvent) => void;
  readonly #spans = new Set<string>();

  constructor(tell: (event: TraceEvent) => void) {
    this.#tell = tell;
  }

  receive(event: TraceEvent): void {
    if (this.#isOfBuild(event)) this.#tell(event);
  }

  #isOfBuild(event: TraceEvent): boolean {
    if (event.type === "span-start") {
      if (event.kind !== "build" && !(event.parent && this.#spans.has(event.parent))) return false;
      this.#spans.add(event.span);
      return true;
    }
    return "span" in event && event.span !== undefined && this.#spans.has(event.span);
  }
}
