/** What the Hull shows: layers of all images, running containers, and the latest kernel steps. */
import type {
  ContainerInspect,
  ContainerSummary,
  ImageSummary,
  LayerReport,
  Session,
  StepEvent,
  TraceEvent,
} from "../../session/client.js";
import { type ImageLayers, imageName, type Slab, shelfOf, type Vessel, vesselOf } from "../hull/hull-model.js";
import { lessonOf, meaningOf, type Part } from "../hull/narrator.js";
import { askEngine } from "./ask-engine.js";
import { Store } from "./store.js";

export interface LitStep {
  /** Counts up, so that the same step twice is two. */
  number: number;
  call: string;
  detail: string;
  part: Part;
  /** The container or build step that it was made for. */
  subject: string;
  durationMicros: number;
}

export interface HullState {
  slabs: Slab[];
  /** Of each image by its id. */
  layers: ReadonlyMap<string, ImageLayers>;
  vessels: Vessel[];
  /** The instruction that is being carried out, of each build. */
  building: { span: string; title: string }[];
  /** The latest, oldest first. */
  steps: LitStep[];
  narration: string;
}

const STEPS_KEPT = 24;
const REFRESH_MS = 3000;
/** Events come in bursts, a container's start and its steps for example. */
const GATHER_MS = 120;

const START = "Nothing has happened yet. Build the project, or run a container: what the kernel does is told here.";

export class HullStore extends Store<HullState> {
  readonly #session: Session;
  readonly #titles = new Map<string, string>();
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #refreshing = false;
  #steps = 0;
  #shown = false;

  constructor(session: Session) {
    super({ slabs: [], layers: new Map(), vessels: [], building: [], steps: [], narration: START });
    this.#session = session;
    session.onTrace((event) => this.#hear(event));
    session.ready.then(
      () => this.#refreshSoon(),
      () => {},
    );
  }

  /** While the picture is looked at, what grows is asked for again and again. */
  show(shown: boolean): void {
    if (shown === this.#shown) return;
    this.#shown = shown;
    clearInterval(this.#timer);
    this.#timer = shown ? setInterval(() => void this.#refresh(), REFRESH_MS) : undefined;
    if (shown) this.#refreshSoon();
  }

  dispose(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#gathering);
  }

  #hear(event: TraceEvent): void {
    if (event.type === "span-start") {
      this.#titles.set(event.span, event.title);
      if (event.kind === "instruction") this.#startBuilding(event.span, event.title);
    } else if (event.type === "span-end") {
      this.#titles.delete(event.span);
      this.#endBuilding(event.span);
    } else if (event.type === "step") this.#light(event);
    else if (event.type === "container") {
      this.#tellContainer(event);
      this.#refreshSoon();
    } else if (event.type === "image") {
      if (event.action === "build") void this.#tellBuild(event.imageID);
      this.#refreshSoon();
    }
  }

  #startBuilding(span: string, title: string): void {
    this.update((now) => ({ ...now, building: [...now.building, { span, title }] }));
  }

  #endBuilding(span: string): void {
    if (!this.value.building.some((one) => one.span === span)) return;
    this.update((now) => ({ ...now, building: now.building.filter((one) => one.span !== span) }));
  }

  #light({ span, call, detail, error, durationMicros }: StepEvent): void {
    const meaning = meaningOf({ call, detail, error });
    if (!meaning) return;
    const subject = this.#titles.get(span) ?? "";
    const step = { number: ++this.#steps, call, detail, part: meaning.part, subject, durationMicros };
    const narration = `${subject ? `${subject}: ` : ""}${meaning.sentence}`;
    this.update((now) => ({ ...now, steps: [...now.steps, step].slice(-STEPS_KEPT), narration }));
  }

  #tellContainer({ action, name, exitCode }: Extract<TraceEvent, { type: "container" }>): void {
    if (action === "die")
      this.#narrate(`${name} ended with status ${exitCode ?? 0}. Its own layer stays until the container is removed.`);
    else if (action === "oom")
      this.#narrate(`${name} wanted more memory than its cgroup may have: the kernel killed it.`);
    else if (action === "destroy")
      this.#narrate(`${name} was removed, and its own layer with it. The image's layers stay.`);
  }

  async #tellBuild(imageID: string): Promise<void> {
    const reports = await this.#reports(imageID).catch(() => []);
    const lesson = lessonOf(reports);
    if (lesson) this.#narrate(lesson);
  }

  #narrate(narration: string): void {
    this.update((now) => ({ ...now, narration }));
  }

  #refreshSoon(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.#refresh();
    }, GATHER_MS);
  }

  /** One at a time: a busy machine is not asked faster than it answers. */
  async #refresh(): Promise<void> {
    if (!this.#shown || this.#refreshing || document.hidden) return;
    this.#refreshing = true;
    try {
      const layers = await this.#imageLayers();
      const vessels = await this.#vessels(layers);
      this.update((now) => ({ ...now, layers, vessels, slabs: shelfOf(layers.values()) }));
    } catch {
      // The machine is gone or busy: what is shown stays.
    } finally {
      this.#refreshing = false;
    }
  }

  async #imageLayers(): Promise<Map<string, ImageLayers>> {
    const images = await askEngine<ImageSummary[]>(this.#session, "/images/json");
    const entries = images.map(async (image): Promise<[string, ImageLayers]> => {
      const reports = this.value.layers.get(image.Id)?.reports ?? (await this.#reports(image.Id));
      return [image.Id, { name: imageName(image), reports }];
    });
    return new Map(await Promise.all(entries));
  }

  #reports(image: string): Promise<LayerReport[]> {
    return askEngine<LayerReport[]>(this.#session, `/drydock/images/${image}/layers`);
  }

  async #vessels(layers: ReadonlyMap<string, ImageLayers>): Promise<Vessel[]> {
    const running = await askEngine<ContainerSummary[]>(this.#session, "/containers/json?size=1");
    const vessels = running.map(async ({ Id, SizeRw }) => {
      const inspect = await askEngine<ContainerInspect>(this.#session, `/containers/${Id}/json`);
      return vesselOf(inspect, layers.get(inspect.Image)?.reports ?? [], SizeRw);
    });
    const settled = await Promise.allSettled(vessels);
    // One that ended meanwhile is not there any more.
    return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }
}
