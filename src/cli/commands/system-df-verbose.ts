/** `docker system df -v`: each image, container, volume and entry of the build cache. */
import type { ContainerSummary, ImageSummary, Volume } from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { CommandFailure } from "../errors.js";
import { type Listing, ListingRow, renderListing } from "../listing.js";
import { compileTemplate } from "../template/template.js";
import { TemplateError } from "../template/template-error.js";
import { rowJson } from "../template/values.js";
import { ago } from "../wording.js";
import { type ImageRow, imageListing, rowsOf } from "./images.js";
import { containerListing } from "./ps.js";
import { volumeListing } from "./volume.js";

/** What GET /system/df tells. */
export interface UsageDetails {
  Images: ImageSummary[] | null;
  Containers: ContainerSummary[] | null;
  Volumes: MeasuredVolume[] | null;
  BuildCache: CacheEntry[] | null;
}

type MeasuredVolume = Volume & { UsageData?: { Size: number; RefCount?: number } };

interface CacheEntry {
  ID: string;
  Type: string;
  Size: number;
  InUse: boolean;
  Shared: boolean;
  Description?: string;
  Parent?: string;
  /** RFC 3339, as the next. */
  CreatedAt?: string;
  LastUsedAt?: string | null;
  UsageCount?: number;
}

/** Without a line's end for a template, as Docker has it. @param format as `--format` has it. @throws {CommandFailure} for a template that cannot be carried out. */
export function verboseText(usage: UsageDetails, format = "table"): string {
  if (format !== "table") return throughFormat(format, documentOf(usage));
  const { Images, Containers, Volumes, BuildCache } = sectionsOf(usage, false);
  const unshared = (usage.BuildCache ?? []).reduce((sum, { Size, Shared }) => sum + (Shared ? 0 : Size), 0);
  return [
    `Images space usage:\n\n${Images.table}`,
    `Containers space usage:\n\n${Containers.table}`,
    `Local Volumes space usage:\n\n${Volumes.table}`,
    `Build cache usage: ${humanSize(unshared)}\n\n${BuildCache.table}`,
  ].join("\n");
}

function throughFormat(format: string, document: Record<string, readonly ListingRow<unknown>[]>): string {
  if (format === "json") return jsonText(document);
  try {
    return compileTemplate(format.replace(/^table /, "")).execute(document);
  } catch (error) {
    throw error instanceof TemplateError ? new CommandFailure(error.message) : error;
  }
}

function jsonText(document: Record<string, readonly ListingRow<unknown>[]>): string {
  const members = Object.entries(document).map(([name, rows]) => `${JSON.stringify(name)}:[${rows.map(rowJson)}]`);
  return `{${members}}`;
}

function documentOf(usage: UsageDetails): Record<string, readonly ListingRow<unknown>[]> {
  return Object.fromEntries(Object.entries(sectionsOf(usage, true)).map(([name, { rows }]) => [name, rows]));
}

/** An image of several names is shown once. */
const firstName = (image: ImageSummary): ImageRow => rowsOf(image, false)[0]!;

/** One kind of thing, as a table and as rows for templates. */
interface Section {
  readonly table: string;
  readonly rows: readonly ListingRow<unknown>[];
}

function sectionsOf({ Images, Containers, Volumes, BuildCache }: UsageDetails, full: boolean) {
  return {
    Images: section(usedImages(full), (Images ?? []).map(firstName)),
    Containers: section(usedContainers(full), Containers ?? []),
    Volumes: section(usedVolumes, Volumes ?? []),
    BuildCache: section(cacheListing(full), [...(BuildCache ?? [])].sort(compareEntries)),
  };
}

function section<T>(listing: Listing<T>, items: readonly T[]): Section {
  return {
    get table() {
      return renderListing(listing, items, {});
    },
    get rows() {
      return items.map((item) => new ListingRow(listing, item)) as ListingRow<unknown>[];
    },
  };
}

function usedImages(full: boolean): Listing<ImageRow> {
  const listing = imageListing(full, false);
  return {
    ...listing,
    table: ["Repository", "Tag", "ID", "CreatedSince", "Size", "SharedSize", "UniqueSize", "Containers"],
    columns: { ...listing.columns, Digest: { heading: "DIGEST", value: () => "" } },
  };
}

function usedContainers(full: boolean): Listing<ContainerSummary> {
  const listing = containerListing(full, true);
  return {
    ...listing,
    table: ["ID", "Image", "Command", "LocalVolumes", "Size", "RunningFor", "Status", "Names"],
    columns: { ...listing.columns, Size: { heading: "SIZE", value: ({ SizeRw = 0 }) => humanSize(SizeRw, 3) } },
  };
}

const usedVolumes: Listing<MeasuredVolume> = {
  ...volumeListing,
  table: ["Name", "Links", "Size"],
  columns: {
    ...volumeListing.columns,
    Links: { heading: "LINKS", value: ({ UsageData }) => String(UsageData?.RefCount ?? "N/A") },
    Size: { heading: "SIZE", value: ({ UsageData }) => (UsageData ? humanSize(UsageData.Size) : "N/A") },
  },
};

/** Used longest ago first, and before those what was never used. */
function compareEntries(a: CacheEntry, b: CacheEntry): number {
  const time = ({ LastUsedAt }: CacheEntry) => (LastUsedAt ? Date.parse(LastUsedAt) : 0);
  return time(a) - time(b) || (a.ID < b.ID ? -1 : 1);
}

/** As Go prints a time, with what it has of a fraction. */
function timeOf(time: string | null | undefined): string {
  return (time ?? "").replace("T", " ").replace(/(?:(\.\d*[1-9])0*|\.0*)?Z$/, "$1 +0000 UTC");
}

function cacheListing(full: boolean): Listing<CacheEntry> {
  const since = (time: string | null | undefined) => (time ? ago(Date.parse(time) / 1000) : "");
  return {
    typeName: "*formatter.buildCacheContext",
    table: ["ID", "CacheType", "Size", "CreatedSince", "LastUsedSince", "UsageCount", "Shared"],
    columns: {
      ID: { heading: "CACHE ID", value: ({ ID, InUse }) => `${full ? ID : ID.slice(0, 12)}${InUse ? "*" : ""}` },
      Parent: { heading: "PARENT", value: ({ Parent = "" }) => Parent },
      CacheType: { heading: "CACHE TYPE", value: ({ Type }) => Type },
      Size: { heading: "SIZE", value: ({ Size }) => humanSize(Size, 3) },
      CreatedAt: { heading: "CREATED AT", value: ({ CreatedAt }) => timeOf(CreatedAt) },
      CreatedSince: { heading: "CREATED", value: ({ CreatedAt }) => since(CreatedAt) },
      LastUsedAt: { heading: "LAST USED AT", value: ({ LastUsedAt }) => timeOf(LastUsedAt) },
      LastUsedSince: { heading: "LAST USED", value: ({ LastUsedAt }) => since(LastUsedAt) },
      UsageCount: { heading: "USAGE", value: ({ UsageCount = 0 }) => String(UsageCount) },
      InUse: { heading: "IN USE", value: ({ InUse }) => String(InUse) },
      Shared: { heading: "SHARED", value: ({ Shared }) => String(Shared) },
      Description: { heading: "DESCRIPTION", value: ({ Description = "" }) => Description },
    },
  };
}
