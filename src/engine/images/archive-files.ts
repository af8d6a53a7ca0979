import { wholeOf } from "../../shared/files/sparse-bytes.js";
import type { Digest } from "../../shared/oci/digest.js";
import { digestHex } from "../../shared/oci/digest.js";
import { cleanPath } from "../../shared/patternmatcher/pattern.js";
import { type TarEntry, TarError } from "../../shared/tar/entry.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { digestOf } from "../content/digest-of.js";
import { ImageError } from "./image-store.js";

const MAX_LINKS = 10;

/** The files of an image archive by path. Older archives name one layer at several places with links. */
export class ArchiveFiles {
  readonly #entries = new Map<string, TarEntry>();

  /** @throws {ImageError} `invalid` for a tar that cannot be read. */
  constructor(tar: Uint8Array) {
    try {
      for (const entry of readTar(tar)) this.#entries.set(cleanPath(entry.path), entry);
    } catch (error) {
      throw error instanceof TarError ? new ImageError("invalid", `archive: ${error.message}`) : error;
    }
  }

  find(path: string): Uint8Array | undefined {
    let at = cleanPath(path);
    for (let links = 0; links < MAX_LINKS; links++) {
      const entry = this.#entries.get(at);
      if (entry?.type === "file") return wholeOf(entry.contents ?? new Uint8Array());
      if (entry?.type === "hardlink") at = cleanPath(entry.linkname!);
      else if (entry?.type === "symlink") at = cleanPath(`${at}/../${entry.linkname}`);
      else return undefined;
    }
    return undefined;
  }

  read(path: string): Uint8Array {
    const bytes = this.find(path);
    if (!bytes) throw new ImageError("invalid", `archive: no file ${path}`);
    return bytes;
  }

  /** A blob of the OCI layout, whose digest is checked. */
  async readBlob(digest: Digest): Promise<Uint8Array> {
    const bytes = this.read(`blobs/sha256/${digestHex(digest)}`);
    const actual = await digestOf(bytes);
    if (actual !== digest) throw new ImageError("invalid", `archive: blob ${digest} has digest ${actual}`);
    return bytes;
  }
}
