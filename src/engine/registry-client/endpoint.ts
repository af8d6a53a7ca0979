import { DEFAULT_DOMAIN, type ImageReference } from "../../shared/reference/reference.js";

/** Where requests for a registry go instead of to its host, by host: static copies, the page's own registry. */
export type Mirrors = Readonly<Record<string, string>>;

/**
 * The address of a repository in the distribution API, without a slash at its end: `https://host/v2/name`.
 * A mirror of docker.io has its official images without `library/`.
 */
export function repositoryURL({ domain, path }: ImageReference, mirrors: Mirrors): string {
  const mirror = Object.hasOwn(mirrors, domain) ? mirrors[domain] : undefined;
  if (mirror !== undefined) {
    const name = domain === DEFAULT_DOMAIN ? path.replace(/^library\//, "") : path;
    return `${mirror.replace(/\/$/, "")}/v2/${name}`;
  }
  if (domain === DEFAULT_DOMAIN) return `https://registry-1.docker.io/v2/${path}`;
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(domain);
  return `${isLocal ? "http" : "https"}://${domain}/v2/${path}`;
}
