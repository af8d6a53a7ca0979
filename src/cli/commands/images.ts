import type { ImageSummary } from "../../engine/api/types.js";
import { humanSize } from "../../shared/units/size.js";
import { atMost, type CommandSpec } from "../command-spec.js";
import { flagTable } from "../flag-table.js";
import { filterFlag, filterQuery, formatFlag } from "../flags.js";
import { type Listing, renderListing } from "../listing.js";
import { because } from "../refusals.js";
import { ago, idText, timeText } from "../wording.js";

/** `docker images`: one row for each name of each image. */
export const images: CommandSpec = {
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  summary: "List images",
  aliases: ["image ls", "image list", "images"],
  arity: atMost(1),
  flags: [
    filterFlag(),
    formatFlag(),
    ...flagTable(`
      -a, --all        Show all images (default hides intermediate images)
          --digests    Show digests
          --no-trunc   Don't truncate output
      -q, --quiet      Only show image IDs
          --tree       List multi-platform images as a tree (EXPERIMENTAL)
    `),
  ],
  refusals: because("an image here has one platform, and makes no tree", "tree"),
  async run({ client, context, flags, words: [reference] }) {
    const more: Record<string, string> = reference === undefined ? {} : { reference };
    const found = await client.get<ImageSummary[]>("/images/json", {
      query: { all: flags.on("all"), filters: filterQuery(flags.list("filter"), more) },
    });
    const format = flags.text("format");
    const digests = flags.on("digests") || /\.Digest\b/.test(format ?? "");
    const listing = imageListing(flags.on("no-trunc"), flags.on("digests"));
    const options = { format, quiet: flags.on("quiet") };
    await context.stdout.write(
      renderListing(
        listing,
        found.flatMap((image) => rowsOf(image, digests)),
        options,
      ),
    );
    return 0;
  },
};

export interface ImageRow {
  image: ImageSummary;
  repository: string;
  tag: string;
  digest: string;
}

const NONE = "<none>";

/** A row for each tag, or for each digest of an image without tags; `<none>` where there is neither. */
export function rowsOf(image: ImageSummary, digests: boolean): ImageRow[] {
  const pins = new Map<string, string[]>();
  for (const pin of image.RepoDigests ?? []) {
    const [name = "", digest = ""] = pin.split("@");
    if (name !== NONE) pins.set(name, [...(pins.get(name) ?? []), digest]);
  }
  const tags = (image.RepoTags ?? []).filter((tag) => tag !== `${NONE}:${NONE}`);
  if (tags.length === 0 && pins.size === 0) return [{ image, repository: NONE, tag: NONE, digest: NONE }];
  const tagged = new Set<string>();
  const rows = tags.flatMap((name): ImageRow[] => {
    const colon = name.lastIndexOf(":");
    const repository = name.slice(0, colon);
    tagged.add(repository);
    const each = digests ? (pins.get(repository) ?? [NONE]) : [NONE];
    return each.map((digest) => ({ image, repository, tag: name.slice(colon + 1), digest }));
  });
  const untagged = [...pins].filter(([name]) => !tagged.has(name));
  const pinned = untagged.flatMap(([repository, all]) =>
    (digests ? all : [NONE]).map((digest): ImageRow => ({ image, repository, tag: NONE, digest })),
  );
  return [...rows, ...pinned];
}

export function imageListing(full: boolean, digests: boolean): Listing<ImageRow> {
  const unknown = (count: number, text: (count: number) => string) => (count < 0 ? "N/A" : text(count));
  return {
    typeName: "*formatter.imageContext",
    table: ["Repository", "Tag", ...(digests ? ["Digest"] : []), "ID", "CreatedSince", "Size"],
    quiet: "ID",
    raw: {
      ...{ repository: "Repository", tag: "Tag", ...(digests && { digest: "Digest" }) },
      ...{ image_id: "ID", created_at: "CreatedAt", virtual_size: "Size" },
    },
    columns: {
      ID: { heading: "IMAGE ID", value: ({ image }) => idText(image.Id, full) },
      Repository: { heading: "REPOSITORY", value: ({ repository }) => repository },
      Tag: { heading: "TAG", value: ({ tag }) => tag },
      Digest: { heading: "DIGEST", value: ({ digest }) => digest },
      CreatedSince: { heading: "CREATED", value: ({ image }) => ago(image.Created) },
      CreatedAt: { heading: "CREATED AT", value: ({ image }) => timeText(image.Created) },
      Size: { heading: "SIZE", value: ({ image }) => humanSize(image.Size, 3) },
      Containers: { heading: "CONTAINERS", value: ({ image }) => unknown(image.Containers, String) },
      VirtualSize: { heading: "VIRTUAL SIZE", value: ({ image }) => humanSize(image.Size) },
      SharedSize: { heading: "SHARED SIZE", value: ({ image }) => unknown(image.SharedSize, humanSize) },
      UniqueSize: {
        heading: "UNIQUE SIZE",
        value: ({ image }) => unknown(image.SharedSize, (shared) => humanSize(image.Size - shared)),
      },
    },
  };
}
