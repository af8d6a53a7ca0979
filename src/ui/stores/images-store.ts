/** The images there are, and the layers of the one being looked at. */
import type { ImageSummary, LayerReport, Session } from "../../session/client.js";
import { askEngine } from "./ask-engine.js";
import { Store } from "./store.js";

export interface ImagesState {
  /** Newest first. */
  images: ImageSummary[];
  selected?: string;
  /** Of `selected`; undefined until they are known. */
  layers?: LayerReport[];
  error?: string;
}

export class ImagesStore extends Store<ImagesState> {
  readonly #session: Session;
  #refreshing: Promise<void> | undefined;
  #again = false;

  constructor(session: Session) {
    super({ images: [] });
    this.#session = session;
    session.onTrace((event) => {
      if (event.type !== "image") return;
      // What was just built is what its author wants to see.
      if (event.action === "build") void this.select(event.imageID);
      void this.refresh();
    });
    session.ready.then(
      () => this.refresh(),
      () => {},
    );
  }

  /** Lists the images anew. Calls that come while one runs are gathered into one more. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#refreshing ??= this.#refreshAll().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refreshAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        const images = await askEngine<ImageSummary[]>(this.#session, "/images/json");
        this.update((now) => ({ ...now, images, error: undefined }));
        const { selected } = this.value;
        if (!images.some((image) => image.Id === selected)) await this.select(images[0]?.Id);
      } catch (error) {
        this.update((now) => ({ ...now, error: messageOf(error) }));
      }
    }
  }

  async select(id: string | undefined): Promise<void> {
    if (id === this.value.selected && this.value.layers) return;
    this.update((now) => ({ ...now, selected: id, layers: undefined, error: undefined }));
    if (id === undefined) return;
    try {
      const layers = await askEngine<LayerReport[]>(this.#session, `/drydock/images/${id}/layers`);
      if (this.value.selected === id) this.update((now) => ({ ...now, layers }));
    } catch (error) {
      if (this.value.selected === id) this.update((now) => ({ ...now, error: messageOf(error) }));
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
