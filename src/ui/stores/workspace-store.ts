/** The workspace's files as the editor lists them, and as it holds those that are open. */
import type { Session } from "../../session/client.js";
import { Emitter } from "../../shared/disposable.js";
import { describeFile, type FileContents } from "../editor/file-contents.js";
import { Store } from "./store.js";

export interface WorkspaceState {
  /** Files only, the Dockerfile first. Undefined until they are known. */
  files?: readonly { path: string }[];
  selected?: string;
}

/** What Build reads. */
export const DOCKERFILE = "Dockerfile";

/** Edits are written once the typing has stopped for this long. */
const WRITE_DELAY_MS = 250;

export class WorkspaceStore extends Store<WorkspaceState> {
  readonly #session: Session;
  readonly #pending = new Map<string, { text: string; timer: ReturnType<typeof setTimeout> }>();
  readonly #changed = new Emitter<{ path: string; contents: FileContents }>();
  /** What the workspace will begin with; null once the machine tells what it holds. */
  #expected: ReadonlyMap<string, Uint8Array> | null = new Map();
  /** The Dockerfile as it is being edited; undefined while there is none that can be read. */
  readonly dockerfile = new Store<string | undefined>(undefined);
  /** A file was changed from outside of the editor, and has no edits waiting. */
  readonly onContents = this.#changed.event;

  constructor(session: Session) {
    super({});
    this.#session = session;
    session.workspace.onChange((paths) => void this.#changedOutside(paths));
    session.ready.then(
      () => this.refresh(),
      () => {},
    );
  }

  /** Shows the files that the machine will start with, until it has. */
  expect(files: readonly { path: string; bytes: Uint8Array }[]): void {
    if (!this.#expected) return;
    this.#expected = new Map(files.map(({ path, bytes }) => [path, bytes]));
    this.#list(files);
  }

  async refresh(): Promise<void> {
    const entries = await this.#session.workspace.list();
    this.#expected = null;
    this.#list(entries.filter((entry) => entry.type === "file"));
  }

  #list(unsorted: readonly { path: string }[]): void {
    const files = [...unsorted].sort(byImportance);
    const { selected } = this.value;
    const kept = files.some(({ path }) => path === selected) ? selected : files[0]?.path;
    this.set({ files, selected: kept });
    if (files[0]?.path === DOCKERFILE) void this.read(DOCKERFILE).catch(() => {});
    else this.dockerfile.set(undefined);
  }

  select(path: string): void {
    this.update((now) => ({ ...now, selected: path }));
  }

  async read(path: string): Promise<FileContents> {
    const contents = describeFile(this.#expected?.get(path) ?? (await this.#session.workspace.read(path)));
    if (path === DOCKERFILE && !this.isDirty(path)) this.dockerfile.set("text" in contents ? contents.text : undefined);
    return contents;
  }

  isDirty(path: string): boolean {
    return this.#pending.has(path);
  }

  /** Takes an edit; it is written after a short while, or by `flush`. */
  edit(path: string, text: string): void {
    clearTimeout(this.#pending.get(path)?.timer);
    const timer = setTimeout(() => void this.#write(path), WRITE_DELAY_MS);
    this.#pending.set(path, { text, timer });
    if (path === DOCKERFILE) this.dockerfile.set(text);
  }

  /** Writes all edits that wait. */
  async flush(): Promise<void> {
    await Promise.all([...this.#pending.keys()].map((path) => this.#write(path)));
  }

  async #write(path: string): Promise<void> {
    const pending = this.#pending.get(path);
    if (!pending) return;
    clearTimeout(pending.timer);
    await this.#session.workspace.write(path, new TextEncoder().encode(pending.text));
    // A newer edit may have come while this one was written.
    if (this.#pending.get(path) === pending) this.#pending.delete(path);
  }

  async #changedOutside(paths: string[]): Promise<void> {
    await this.refresh();
    const known = new Set(this.value.files?.map(({ path }) => path));
    for (const path of paths) {
      if (!known.has(path) || this.isDirty(path)) continue;
      const contents = await this.read(path);
      if (!this.isDirty(path)) this.#changed.fire({ path, contents });
    }
  }

  dispose(): void {
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
  }
}

function byImportance(a: { path: string }, b: { path: string }): number {
  const rank = ({ path }: { path: string }) => (path === DOCKERFILE ? 0 : path.includes("/") ? 2 : 1);
  return rank(a) - rank(b) || (a.path < b.path ? -1 : 1);
}
