import { HERE } from "../../lessons/lacks.js";
import type { Lesson } from "../../lessons/lesson.js";
import { namedFiles } from "../../lessons/named-files.js";
import { readLesson } from "../../lessons/read-lesson.js";

/**
 * The lesson in the folder `lessons/<name>/` of the site.
 * @throws {Error} naming the lesson, when there is none.
 */
export async function fetchLesson(base: string, name: string, fetcher: typeof fetch = fetch): Promise<Lesson> {
  const folder = new URL(`lessons/${encodeURIComponent(name)}/`, base);
  const read = async (path: string) => {
    const response = await fetcher(new URL(path, folder));
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  };
  const index = await read("index.json").catch(() => undefined);
  if (!index) throw new Error(`There is no lesson named ${name} here.`);
  const files = new Map([["index.json", index]]);
  await Promise.all(
    namedFiles(index).map(async (path) => {
      const bytes = await read(path);
      if (bytes) files.set(path, bytes);
    }),
  );
  return readLesson(files, HERE);
}
