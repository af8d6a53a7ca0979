import type { AppModel } from "../stores/app-model.js";
import { fetchLesson } from "./fetch-lesson.js";
import type { LessonPanel } from "./lesson-panel.js";
import "./lesson-panel.js";
import { LessonStore } from "./lesson-store.js";

/** Puts the lesson `name` before the page's screen; on a machine that was restarted, at the page where it was. */
export async function openLesson(base: string, name: string, model: AppModel): Promise<void> {
  const fetched = await fetchLesson(base, name).catch((error: Error) => {
    model.messages.update((now) => [...now, error.message]);
    return undefined;
  });
  if (!fetched) return;
  const old = document.querySelector<LessonPanel>("drydock-lesson");
  const store = new LessonStore(fetched, model.session, old?.store.value.at);
  model.project.set({ title: fetched.lesson.title, tag: "work" });
  const panel = document.createElement("drydock-lesson");
  Object.assign(panel, { store });
  old?.remove();
  document.body.prepend(panel);
  // A machine that does not start is told by the page.
  await model.session.ready.then(
    () => store.begin(),
    () => {},
  );
}
