import type { editor } from "monaco-editor/editor/editor.api.js";

/** Monaco takes concrete colours only: those of tokens.css, once for each scheme. */
export function defineThemes(monaco: typeof editor): void {
  monaco.defineTheme("drydock-light", {
    base: "vs",
    inherit: true,
    rules: [
      { token: "keyword", foreground: "09636e", fontStyle: "bold" },
      { token: "comment", foreground: "566b78" },
      { token: "string", foreground: "8f4700" },
      { token: "variable", foreground: "6a3fa0" },
      { token: "number", foreground: "1a6b41" },
    ],
    colors: {
      "editor.background": "#ffffff",
      "editor.foreground": "#0d1f2b",
      "editorLineNumber.foreground": "#6b7f8c",
      "editorLineNumber.activeForeground": "#0d1f2b",
      "editor.lineHighlightBackground": "#f1f5f6",
      "editor.lineHighlightBorder": "#00000000",
      "editor.selectionBackground": "#bfe0e4",
      "editorCursor.foreground": "#09636e",
      focusBorder: "#09636e",
    },
  });
  monaco.defineTheme("drydock-dark", {
    base: "vs-dark",
    inherit: true,
    rules: [
      { token: "keyword", foreground: "5fc9d3", fontStyle: "bold" },
      { token: "comment", foreground: "8ba2b0" },
      { token: "string", foreground: "f0b06a" },
      { token: "variable", foreground: "c3a6f0" },
      { token: "number", foreground: "6ccb97" },
    ],
    colors: {
      "editor.background": "#0f1a22",
      "editor.foreground": "#e4edf2",
      "editorLineNumber.foreground": "#738a98",
      "editorLineNumber.activeForeground": "#e4edf2",
      "editor.lineHighlightBackground": "#14222c",
      "editor.lineHighlightBorder": "#00000000",
      "editor.selectionBackground": "#1f4a55",
      "editorCursor.foreground": "#5fc9d3",
      focusBorder: "#5fc9d3",
    },
  });
}
