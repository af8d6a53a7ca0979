/** The page's composition root: a session in its worker, a model over it, and the one screen. */
import "../ui/theme/tokens.css";
import { connectSession, keepFiles } from "../session/connect.js";
import { fetchProjectFiles, fetchProjectManifest } from "../session/project.js";
import type { ProjectFile } from "../session/wire.js";
import sessionWorker from "../session/worker.ts?worker&url";
import { AppModel } from "../ui/stores/app-model.js";
import { startTheme } from "../ui/theme/theme.js";
import { startWorker } from "../ui/workers/page-worker.js";

/** Size of the guest's terminal until the page has measured its own. */
const COLUMNS = 80;
const ROWS = 24;
/** A machine that hangs may not give its files back; the restart does not wait longer. */
const KEEP_FILES_MS = 1500;

const base = new URL("./", document.baseURI).href;
const project = "bigfile";
/** A lesson begins with an empty workspace. */
const lesson = new URLSearchParams(location.search).get("lesson");

function startModel(files?: ProjectFile[]): AppModel {
  const session = connectSession(startWorker(sessionWorker), { base, project, files, columns: COLUMNS, rows: ROWS });
  const model: AppModel = new AppModel(session, () => void restart(model));
  if (lesson) return model;
  // A project that cannot be read is told by the session, which needs it too.
  void openProject(model, files).catch(() => {});
  return model;
}

/** What the page shows of the project while the machine is on its way. */
async function openProject({ project: info, workspace }: AppModel, files?: ProjectFile[]): Promise<void> {
  if (files) workspace.expect(files);
  const manifest = await fetchProjectManifest(base, project);
  info.set(manifest);
  if (!files) workspace.expect(await fetchProjectFiles(base, project, manifest));
}

async function restart(old: AppModel): Promise<void> {
  const timeout = new Promise<undefined>((resolve) => setTimeout(resolve, KEEP_FILES_MS));
  const files = await Promise.race([keepFiles(old.session), timeout]).catch(() => undefined);
  old.dispose();
  show(startModel(files?.length ? files : undefined));
}

function show(model: AppModel): void {
  const app = document.createElement("drydock-app");
  Object.assign(app, { model });
  document.querySelector("drydock-app")?.remove();
  document.body.append(app);
  if (lesson) void showLesson(lesson, model);
}

async function showLesson(name: string, model: AppModel): Promise<void> {
  const { openLesson } = await import("../ui/lesson/open-lesson.js");
  await openLesson(base, name, model);
}

startTheme();
// The worker is under way before the page's own components are.
const model = startModel(lesson ? [] : undefined);
await import("../ui/shell/drydock-app.js");
show(model);
