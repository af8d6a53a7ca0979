/**
 * Monaco is evaluated in two pieces and constructed in a third, with the page's own work between them: in one it would
 * keep the page from answering for longer than goes unnoticed.
 */
export async function loadCodeEditor(): Promise<typeof import("./monaco.js").CodeEditor> {
  await import("monaco-editor/editor/editor.api.js");
  await pause();
  const { CodeEditor } = await import("./monaco.js");
  await pause();
  return CodeEditor;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
