/**
 * Documents of images, from registries and archives, as they must be: image-spec's config, manifest and index, and the
 * manifest.json of a docker-archive. What Go's writers leave empty they may write as null; other members are kept.
 */
import * as v from "valibot";
import { type Digest, isDigest } from "../../shared/oci/digest.js";
import type { Descriptor, ImageConfig, ImageIndex, ImageManifest } from "../../shared/oci/image.js";
import { PLATFORM } from "../../shared/oci/image.js";
import { decodeUtf8 } from "../../shared/text/utf8.js";
import { problemOf } from "../json-problem.js";

const optional = <S extends v.GenericSchema>(schema: S) =>
  v.optional(
    v.pipe(
      v.nullable(schema),
      v.transform((value) => value ?? undefined),
    ),
  );
const listOf = <S extends v.GenericSchema>(schema: S) =>
  v.pipe(
    v.nullable(v.array(schema)),
    v.transform((list) => list ?? []),
  );
const text = optional(v.string());
const flag = optional(v.boolean());
const number = optional(v.number());
const texts = optional(v.array(v.string()));
const map = optional(v.record(v.string(), v.string()));
/** Go's map of empty structs. */
const set = optional(
  v.record(
    v.string(),
    v.pipe(
      v.unknown(),
      v.transform((): Record<string, never> => ({})),
    ),
  ),
);
/** A command of one word was written as a text once. */
const command = optional(
  v.union([
    v.array(v.string()),
    v.pipe(
      v.string(),
      v.transform((word) => [word]),
    ),
  ]),
);
const digest = v.custom<Digest>((input) => typeof input === "string" && isDigest(input), "a digest");
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const healthcheck = v.looseObject({
  Test: texts,
  Interval: number,
  Timeout: number,
  StartPeriod: number,
  StartInterval: number,
  Retries: number,
});

const containerConfig = v.looseObject({
  User: text,
  ExposedPorts: set,
  Env: texts,
  Entrypoint: command,
  Cmd: command,
  Volumes: set,
  WorkingDir: text,
  Labels: map,
  StopSignal: text,
  Shell: texts,
  OnBuild: texts,
  Healthcheck: optional(healthcheck),
  ArgsEscaped: flag,
});

const history = v.looseObject({
  created: text,
  created_by: text,
  author: text,
  comment: text,
  empty_layer: flag,
});

export const imageConfig = v.looseObject({
  rootfs: v.looseObject({ type: v.optional(v.literal("layers"), "layers"), diff_ids: listOf(digest) }),
  architecture: v.optional(v.string(), ""),
  os: v.optional(v.string(), ""),
  variant: text,
  created: text,
  author: text,
  config: optional(containerConfig),
  history: optional(v.array(history)),
}) satisfies v.GenericSchema<unknown, ImageConfig>;

const descriptor = v.looseObject({
  mediaType: v.optional(v.string(), ""),
  digest,
  size,
  platform: optional(v.looseObject({ os: v.string(), architecture: v.string(), variant: text })),
  annotations: map,
});

export const imageManifest = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: text,
  config: descriptor,
  layers: listOf(descriptor),
  annotations: map,
}) satisfies v.GenericSchema<unknown, ImageManifest>;

export const imageIndex = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: text,
  manifests: listOf(descriptor),
  annotations: map,
}) satisfies v.GenericSchema<unknown, ImageIndex>;

/** manifest.json of a docker-archive. */
export const archiveManifest = v.array(
  v.looseObject({ Config: v.string(), RepoTags: listOf(v.string()), Layers: listOf(v.string()) }),
);

/** Makes an error of a problem, in the words and of the kind of whoever reads the document. */
export type Fail = (problem: string) => Error;

/** @throws what `fail` makes: not JSON, or the member that is not as it must be. */
export function readDocument<S extends v.GenericSchema>(schema: S, bytes: Uint8Array, fail: Fail): v.InferOutput<S> {
  return check(schema, parse(bytes, fail), fail);
}

/** Told apart by what is in them: static hosts send no media type that could be trusted. */
export function readManifestOrIndex(bytes: Uint8Array, fail: Fail): ImageManifest | ImageIndex {
  const document = parse(bytes, fail);
  const has = (name: string) => typeof document === "object" && document !== null && Object.hasOwn(document, name);
  // Whoever reads it one way must not be made to read it the other way by somebody else (OCI, CVE-2021-41190).
  if (has("manifests") && (has("layers") || has("config"))) throw fail("is an image manifest and an index at once");
  if (has("manifests")) return check(imageIndex, document, fail);
  if (has("layers") || has("config")) return check(imageManifest, document, fail);
  throw fail("is neither an image manifest nor an index");
}

/** The entry for this machine; else one that does not say what it is for. */
export function entryForThisMachine({ manifests }: ImageIndex): Descriptor | undefined {
  const { os, architecture } = PLATFORM;
  return (
    manifests.find(({ platform }) => platform?.os === os && platform.architecture === architecture) ??
    manifests.find(({ platform }) => platform === undefined)
  );
}

function parse(bytes: Uint8Array, fail: Fail): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    throw fail(`is not JSON: ${(error as Error).message}`);
  }
}

function check<S extends v.GenericSchema>(schema: S, document: unknown, fail: Fail): v.InferOutput<S> {
  const result = v.safeParse(schema, document);
  if (!result.success) throw fail(`is not as it must be: ${problemOf(result.issues[0])}`);
  return result.output;
}
