/** Monaco's insides, which it declares no types for: loaded for what they do, not for what they export. */
declare module "monaco-editor/base/common/uri.js";
declare module "monaco-editor/platform/instantiation/common/instantiation.js";
declare module "monaco-editor/editor/common/core/range.js";
declare module "monaco-editor/editor/browser/coreCommands.js";
