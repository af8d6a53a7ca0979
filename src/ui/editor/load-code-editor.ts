/// <reference path="./monaco-layers.d.ts" />
/**
 * Monaco is evaluated layer by layer, and the page's own work goes on in between: in one piece it would keep the page
 * from answering for longer than goes unnoticed. A module of each layer stands for its chunk (vite.config.ts).
 */
const LAYERS = [
  () => import("monaco-editor/base/common/uri.js"),
  () => import("monaco-editor/platform/instantiation/common/instantiation.js"),
  () => import("monaco-editor/editor/common/core/range.js"),
  () => import("monaco-editor/editor/browser/coreCommands.js"),
  () => import("monaco-editor/editor/editor.api.js"),
];

export async function loadCodeEditor(): Promise<typeof import("./monaco.js").CodeEditor> {
  for (const load of LAYERS) {
    await load();
    await pause();
  }
  const { CodeEditor } = await import("./monaco.js");
  await pause();
  return CodeEditor;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
