/** `npm run bench`: figures with their spread. `-- --runs N`, `-- --no-peer`, `-- --no-page`. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Figure, printFigures } from "../bench/figure.js";
import { machineFigures } from "../bench/machine-figures.js";
import { pageFigures } from "../bench/page-figures.js";
import { startPeer } from "../bench/peer.js";
import { readDirectory } from "../mounted-directory.js";
import { projectDir } from "../paths.js";
import { prepare } from "../prepare.js";
import { printSteps } from "../steps.js";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "7" },
    "no-peer": { type: "boolean", default: false },
    "no-page": { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);

const { site, registry, vmImage } = await prepare({ site: true, onStep: printSteps((line) => console.log(line)) });

const context = mkdtempSync(join(tmpdir(), "drydock-bench-"));
cpSync(join(projectDir, "public/projects/bigfile/Dockerfile"), join(context, "Dockerfile"));
cpSync(join(vmImage, "hello"), join(context, "hello"));

const peer = values["no-peer"] ? "not asked for" : await startPeer(registry);
if (typeof peer === "string") console.log(`no dockerd beside: ${peer}`);

const figures: Figure[] = [];
try {
  if (!values["no-page"]) figures.push(...(await pageFigures(site!, runs)));
  const workspace = readDirectory(context);
  figures.push(
    ...(await machineFigures({ workspace, context, runs, peer: typeof peer === "string" ? undefined : peer })),
  );
} finally {
  if (typeof peer !== "string") peer.dispose();
  rmSync(context, { recursive: true });
}

console.log(`\nNode ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}\n`);
for (const line of printFigures(figures)) console.log(line);
