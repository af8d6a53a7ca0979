/** The project that a session opens with: a folder of static files, listed by its `project.json`. */
import { SessionStartError } from "./client.js";
import type { ProjectFile } from "./wire.js";

export interface ProjectManifest {
  /** Shown as the page's title. */
  title: string;
  /** The Build button's `docker build -t`. */
  tag: string;
  files: {
    /** Path in the workspace. */
    path: string;
    /** Relative to project.json; `path` when left out. */
    url?: string;
    /** Permission bits in octal, such as "755". Default "644". */
    mode?: string;
  }[];
}

/**
 * @param base URL of the folder that holds `projects/`.
 * @throws {SessionStartError} `project-unreadable`, naming the URL.
 */
export async function fetchProject(base: string, name: string, fetcher: typeof fetch = fetch): Promise<ProjectFile[]> {
  return fetchProjectFiles(base, name, await fetchProjectManifest(base, name, fetcher), fetcher);
}

/** @throws {SessionStartError} `project-unreadable`, naming the URL. */
export function fetchProjectFiles(
  base: string,
  name: string,
  { files }: ProjectManifest,
  fetcher: typeof fetch = fetch,
): Promise<ProjectFile[]> {
  const manifestURL = urlOf(base, name);
  return Promise.all(
    files.map(async ({ path, url, mode = "644" }) => ({
      type: "file" as const,
      path,
      bytes: new Uint8Array(await (await fetchOrThrow(new URL(url ?? path, manifestURL), fetcher)).arrayBuffer()),
      mode: Number.parseInt(mode, 8),
    })),
  );
}

/** @throws {SessionStartError} `project-unreadable`, naming the URL. */
export async function fetchProjectManifest(
  base: string,
  name: string,
  fetcher: typeof fetch = fetch,
): Promise<ProjectManifest> {
  const url = urlOf(base, name);
  try {
    return (await (await fetchOrThrow(url, fetcher)).json()) as ProjectManifest;
  } catch (error) {
    if (error instanceof SessionStartError) throw error;
    throw new SessionStartError("project-unreadable", `${url} is not a project`);
  }
}

function urlOf(base: string, name: string): URL {
  return new URL(`projects/${name}/project.json`, base);
}

async function fetchOrThrow(url: URL, fetcher: typeof fetch): Promise<Response> {
  const response = await fetcher(url).catch((error: Error) => {
    throw new SessionStartError("project-unreadable", `${url}: ${error.message}`);
  });
  if (!response.ok) throw new SessionStartError("project-unreadable", `${url}: status ${response.status}`);
  return response;
}
