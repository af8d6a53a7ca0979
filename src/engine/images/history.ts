import type { DiffID } from "../../shared/oci/digest.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { Image } from "./image-store.js";

/** One line of `docker history`. */
export interface HistoryLine {
  /** The image's id on the newest line, else `<missing>`. */
  id: string;
  /** Seconds since 1970; 0 where the image does not say. */
  createdSeconds: number;
  createdBy: string;
  /** References of that image; empty below the newest line. */
  tags: readonly string[];
  /** Bytes of the layer's files; 0 for an instruction that made no layer. */
  size: number;
  comment: string;
  /** The layer that the instruction made. */
  diffID?: DiffID;
}

/** Newest first, as `docker history` and GET /images/{name}/history have it. */
export function imageHistory({ id, config, tags }: Image, layers: Pick<LayerStore, "get">): HistoryLine[] {
  const diffIDs = [...config.rootfs.diff_ids];
  const lines = (config.history ?? []).map(({ created, created_by, comment, empty_layer }): HistoryLine => {
    const diffID = empty_layer ? undefined : diffIDs.shift();
    return {
      id: "<missing>",
      createdSeconds: secondsOf(created),
      createdBy: created_by ?? "",
      tags: [],
      size: diffID === undefined ? 0 : (layers.get(diffID)?.size ?? 0),
      comment: comment ?? "",
      diffID,
    };
  });
  const newest = lines.at(-1);
  if (newest) Object.assign(newest, { id, tags });
  return lines.reverse();
}

/** Of an RFC 3339 time; 0 without one. */
export function secondsOf(time: string | undefined): number {
  const milliseconds = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}
