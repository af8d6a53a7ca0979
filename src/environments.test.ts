import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
// Inside the clone, so that types resolve as they do for the environment itself.
const scratch = mkdtempSync(join(root, "node_modules/.walls-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The compiler's words on one fixture under one environment's tsconfig. */
function compile(environment: string, fixture: string): string {
  const config = join(scratch, `${environment}-${fixture}.json`);
  const files = [join(root, "src/testfiles/walls", `${fixture}.ts`)];
  writeFileSync(config, JSON.stringify({ extends: join(root, `tsconfig.${environment}.json`), files, include: [] }));
  const tsc = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", config], {
    encoding: "utf8",
    cwd: root,
  });
  return tsc.stdout + tsc.stderr;
}

test.each([
  ["agent", "agent-names-document", "Cannot find name 'document'"],
  ["page", "page-names-process", "Cannot find name 'process'"],
  ["shared", "shared-names-fetch", "Cannot find name 'fetch'"],
])("the %s environment refuses %s", (environment, fixture, message) => {
  expect(compile(environment, fixture)).toContain(message);
});
