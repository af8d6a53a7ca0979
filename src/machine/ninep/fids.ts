import { FileError } from "./errors.js";
import { type Files, type Place, pathOf } from "./files.js";

/** What a fid was opened for. */
export type Opened =
  | {
      as: "file";
      reads: boolean;
      writes: boolean;
      /**
       * Whoever waited for a read was killed. The guest's kernel reads again before it lets go, and this time cannot be
       * interrupted, so what would take long is refused.
       */
      abandoned?: boolean;
    }
  /** The directory as it was at the last read from its start: cookies are positions in it. */
  | { as: "directory"; entries: Place[] }
  /** The value, or the list, of extended attributes. */
  | { as: "xattr"; value: Uint8Array }
  | { as: "new-xattr"; name: string; value: Uint8Array; filled: number };

/** The guest's handle on a place. */
export interface Fid {
  place: Place;
  uid: number;
  opened: Opened | null;
}

/** Handles by the numbers that the guest chose. */
export class Fids {
  readonly #fids = new Map<number, Fid>();

  get count(): number {
    return this.#fids.size;
  }

  /** @throws {FileError} EBADF, or ESTALE where its files are gone and nothing has taken their place. */
  get(number: number): Fid {
    const fid = this.#fids.get(number);
    if (!fid) throw new FileError("EBADF", `fid ${number}`);
    if (fid.place.files.gone) fid.place = resolveAgain(fid.place);
    return fid;
  }

  add(number: number, place: Place, uid: number): Fid {
    if (this.#fids.has(number)) throw new FileError("EBADF", `fid ${number} is in use`);
    const fid: Fid = { place, uid, opened: null };
    this.#fids.set(number, fid);
    return fid;
  }

  /** See Opened.abandoned. */
  abandon(number: number): void {
    const opened = this.#fids.get(number)?.opened;
    if (opened?.as === "file") opened.abandoned = true;
  }

  /** Takes the fid away, however stale it is. */
  remove(number: number): Fid {
    const fid = this.#fids.get(number);
    if (!fid) throw new FileError("EBADF", `fid ${number}`);
    this.#fids.delete(number);
    return fid;
  }

  /** All that the guest has handles on. */
  nodes(): Set<object> {
    return new Set(Array.from(this.#fids.values(), ({ place }) => place.node).filter((node) => node !== null));
  }

  clear(): void {
    this.#fids.clear();
  }

  /** Forgets the nodes of files that are gone, so that the page's memory is free although the guest holds on. */
  release(files: Files): void {
    for (const { place, opened } of this.#fids.values()) {
      for (let at: Place | null = place; at?.files === files; at = at.parent) at.node = null;
      if (opened?.as === "directory" && place.files === files) opened.entries = [];
    }
  }
}

/** The same path in what was published under the same name since: the guest may have cached the directory. */
function resolveAgain(place: Place): Place {
  if (!place.files.gone) return place;
  if (!place.parent) throw new FileError("ESTALE", pathOf(place));
  const parent = resolveAgain(place.parent);
  const found = parent.files.lookup(parent, place.name);
  if (!found) throw new FileError("ESTALE", pathOf(place));
  return found;
}
