/**
 * Image references as the distribution project's reference grammar has them, with Docker's defaults: `busybox` is
 * `docker.io/library/busybox`. The *familiar* form leaves those defaults out.
 */
export interface ImageReference {
  /** Registry host, with its port: `docker.io`, `localhost:5000`. */
  domain: string;
  /** Repository path below the host: `library/busybox`. */
  path: string;
  tag?: string;
  digest?: string;
}

/** Text that is no reference; the message is Docker's. */
export class InvalidReference extends Error {
  override name = "InvalidReference";
}

export const DEFAULT_DOMAIN = "docker.io";
export const DEFAULT_TAG = "latest";
const LEGACY_DOMAIN = "index.docker.io";
const OFFICIAL = "library/";
const MAX_PATH_LENGTH = 255;

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const hostLabel = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domain = `(?:${hostLabel}(?:\\.${hostLabel})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const PATTERN = new RegExp(`^(?:(${domain})/)?(${component}(?:/${component})*)(?::(${tag}))?(?:@(${digest}))?$`);
const IDENTIFIER = /^[a-f0-9]{64}$/;
const TAG = new RegExp(`^${tag}$`);
const digestLengths: Record<string, number> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * Reads `[domain/]path[:tag][@digest]`, filling in Docker's defaults for domain and `library/`, not for the tag.
 * @throws {InvalidReference} with Docker's words, such as `invalid reference format`.
 */
export function parseReference(text: string): ImageReference {
  if (IDENTIFIER.test(text))
    throw new InvalidReference(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const [host, remainder] = splitDomain(text);
  const remote = remainder.split(":")[0]!;
  if (remote.toLowerCase() !== remote)
    throw new InvalidReference(`invalid reference format: repository name (${remote}) must be lowercase`);
  const match = PATTERN.exec(`${host}/${remainder}`);
  if (!match) throw new InvalidReference("invalid reference format");
  const [, parsedDomain, path, parsedTag, parsedDigest] = match;
  if (path!.length > MAX_PATH_LENGTH)
    throw new InvalidReference(`repository name must not be more than ${MAX_PATH_LENGTH} characters`);
  if (parsedDigest) checkDigest(parsedDigest);
  const reference: ImageReference = { domain: parsedDomain!, path: path! };
  if (parsedTag) reference.tag = parsedTag;
  if (parsedDigest) reference.digest = parsedDigest;
  return reference;
}

/** The first component is a host if it looks like one: a dot, a port, `localhost`, or letters no path may have. */
function splitDomain(text: string): [string, string] {
  const slash = text.indexOf("/");
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = slash > 0 && (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first);
  const host = !isHost || first === LEGACY_DOMAIN ? DEFAULT_DOMAIN : first;
  const remainder = isHost ? text.slice(slash + 1) : text;
  return [host, host === DEFAULT_DOMAIN && !remainder.includes("/") ? OFFICIAL + remainder : remainder];
}

function checkDigest(text: string): void {
  const [algorithm, hex] = text.split(":") as [string, string];
  const length = digestLengths[algorithm];
  if (length === undefined) throw new InvalidReference("unsupported digest algorithm");
  if (hex.length !== length) throw new InvalidReference("invalid checksum digest length");
  if (!/^[a-f0-9]+$/.test(hex)) throw new InvalidReference("invalid checksum digest format");
}

/** With `latest` where there is neither tag nor digest. */
export function withDefaultTag(reference: ImageReference): ImageReference {
  return reference.tag || reference.digest ? reference : { ...reference, tag: DEFAULT_TAG };
}

/** `busybox`, `user/app`, `ghcr.io/org/app`: without tag and digest. */
export function familiarName({ domain, path }: ImageReference): string {
  if (domain !== DEFAULT_DOMAIN) return `${domain}/${path}`;
  const short = path.startsWith(OFFICIAL) ? path.slice(OFFICIAL.length) : path;
  // `library/a/b` must keep its first part: `a/b` would be another repository.
  return short.includes("/") ? path : short;
}

/** `busybox:latest`, `busybox@sha256:…`; nothing is filled in. */
export function familiarString(reference: ImageReference): string {
  return familiarName(reference) + suffix(reference);
}

/** `docker.io/library/busybox:latest`; nothing is filled in. */
export function canonicalString(reference: ImageReference): string {
  return `${reference.domain}/${reference.path}${suffix(reference)}`;
}

function suffix({ tag, digest }: ImageReference): string {
  return (tag ? `:${tag}` : "") + (digest ? `@${digest}` : "");
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}
