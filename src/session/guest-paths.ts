/** Where the guest sees the workspace. */
export const WORKSPACE_ROOT = "/root/work";

/** `path` taken from `cwd`, without `.`, `..`, doubled or trailing slashes. Symlinks are not followed. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith("/") ? "" : `${cwd}/`}${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The path within the workspace ("" for its root), or undefined for a guest path outside of it. */
export function workspacePath(path: string): string | undefined {
  if (path === WORKSPACE_ROOT) return "";
  return path.startsWith(`${WORKSPACE_ROOT}/`) ? path.slice(WORKSPACE_ROOT.length + 1) : undefined;
}
