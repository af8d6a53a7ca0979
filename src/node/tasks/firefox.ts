/**
 * `npm run firefox`: the page's figures in Firefox, beside Chromium's. `-- --runs 3`. Firefox is `$FIREFOX` or Debian's;
 * nothing installs it.
 */
import { parseArgs } from "node:util";
import { printFigures } from "../bench/figure.js";
import { findFirefox } from "../bench/firefox.js";
import { pageFigures } from "../bench/page-figures.js";
import { serveTree } from "../bench/served-tree.js";
import { visit } from "../bench/visit.js";
import { visitInFirefox } from "../bench/visit-firefox.js";
import { Wire } from "../bench/wire.js";
import { projectDir } from "../paths.js";

const { values } = parseArgs({ options: { runs: { type: "string", default: "3" } } });

async function figures(firefox: string): Promise<void> {
  const served = await serveTree(projectDir);
  const wire = await Wire.open(served.port);
  try {
    const visitors = new Map([
      ["Firefox", (profile: string) => visitInFirefox(firefox, profile, wire)],
      ["Chromium", (profile: string) => visit(profile, wire)],
    ]);
    for (const line of printFigures(await pageFigures(visitors, Number(values.runs)))) console.log(line);
  } finally {
    wire.dispose();
    served.dispose();
  }
}

const firefox = findFirefox();
if (firefox) await figures(firefox);
else console.log("no Firefox here: install Debian's firefox-esr, or set FIREFOX to its path");
