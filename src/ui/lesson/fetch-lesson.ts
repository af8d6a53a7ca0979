import { HERE } from "../../lessons/lacks.js";
import type { Lesson } from "../../lessons/lesson.js";
import { namedFiles, namedPictures } from "../../lessons/named-files.js";
import { readLesson } from "../../lessons/read-lesson.js";

export interface FetchedLesson {
  lesson: Lesson;
  /** URL of its folder, with a trailing slash. */
  folder: string;
}

/**
 * The lesson in the folder `lessons/<name>/` of the site.
 * @throws {Error} naming the lesson, when there is none.
 */
export async function fetchLesson(base: string, name: string, fetcher: typeof fetch = fetch): Promise<FetchedLesson> {
  const folder = new URL(`lessons/${encodeURIComponent(name)}/`, base).href;
  const files = new Map<string, Uint8Array>();
  const fetchAll = (paths: readonly string[]) =>
    Promise.all(
      paths.map(async (path) => {
        const response = await fetcher(new URL(path, folder));
        if (response.ok) files.set(path, new Uint8Array(await response.arrayBuffer()));
      }),
    );
  await fetchAll(["index.json"]).catch(() => {});
  const index = files.get("index.json");
  if (!index) throw new Error(`There is no lesson named ${name} here.`);
  await fetchAll(namedFiles(index));
  const pages = [...files].filter(([path]) => path.toLowerCase().endsWith(".md"));
  await fetchAll(pages.flatMap(([path, bytes]) => namedPictures(path, bytes)));
  return { lesson: readLesson(files, HERE), folder };
}
