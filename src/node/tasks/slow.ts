/**
 * `npm run slow`: what the page's user sees, second by second, with a slow processor and a slow wire. Build is pressed
 * at once. `-- --processor 4` (times slower), `-- --mbit 10`, `-- --seconds 90`, `-- --width 1440`.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "@playwright/test";
import { serveTree } from "../bench/served-tree.js";
import { slowDown } from "../bench/slow-processor.js";
import { Wire } from "../bench/wire.js";
import { ensureChromium } from "../chromium.js";
import { projectDir } from "../paths.js";

const { values } = parseArgs({
  options: {
    processor: { type: "string", default: "4" },
    mbit: { type: "string", default: "10" },
    seconds: { type: "string", default: "90" },
    width: { type: "string", default: "1440" },
  },
});
/** Name, component, and selector within it. */
const PARTS: [string, string, string][] = [
  ["status", "drydock-header", "[role=status]"],
  ["read only", "drydock-editor", ".plain-text > div"],
  ["editor", "drydock-editor", ".view-line"],
  ["button", "drydock-build", "button"],
  ["build", "drydock-build", "[role=status]"],
  ["notice", "drydock-start-notice", "ol, .problem"],
  ["layers", "drydock-layers", "h3, .totals"],
  ["terminal", "drydock-terminal", ".xterm-rows"],
];
const TEXT_SHOWN = 120;
const LATENCY_MS = 40;
const BUILD_AT_SECOND = 3;
const RENDERERS_EVERY_MS = 500;

const pictures = mkdtempSync(join(tmpdir(), "drydock-slow-"));
const served = await serveTree(projectDir);
const wire = await Wire.open(served.port, { bytesPerSecond: (Number(values.mbit) * 1e6) / 8, latencyMs: LATENCY_MS });
const browser = await chromium.launch({ executablePath: ensureChromium(), args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: Number(values.width), height: 900 } });
const renderers = await renderersOf(browser);
const slow = slowDown(Number(values.processor), () => renderers.ids);
try {
  await watch(page);
  console.log(`pictures: ${pictures}`);
} finally {
  slow.dispose();
  renderers.dispose();
  await browser.close();
  wire.dispose();
  served.dispose();
}

/** Their ids, kept up to date: the address decides in which process a page is. */
async function renderersOf(browser: Browser) {
  const devtools = await browser.newBrowserCDPSession();
  const found = { ids: [] as number[], dispose: () => clearInterval(timer) };
  const refresh = async () => {
    const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
    found.ids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  };
  const timer = setInterval(() => void refresh().catch(() => {}), RENDERERS_EVERY_MS);
  await refresh();
  return found;
}

async function watch(page: Page): Promise<void> {
  const started = performance.now();
  await page.goto(wire.address, { waitUntil: "commit" });
  for (let second = 1; second <= Number(values.seconds); second++) {
    await page.waitForTimeout(Math.max(0, started + second * 1000 - performance.now()));
    if (second === BUILD_AT_SECOND) void page.locator("drydock-build button").first().click();
    const seen = await whatIsSeen(page);
    await page.screenshot({ path: join(pictures, `${String(second).padStart(3, "0")}.png`) });
    console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${seen.join(" | ")}`);
    if (seen.some((text) => /^build: (Built|Failed)/.test(text))) return;
  }
}

/** What each part of the page says, the parts that say nothing left out. */
async function whatIsSeen(page: Page): Promise<string[]> {
  const texts = await page.evaluate(
    (parts) =>
      parts.map(([, host, selector]) => {
        const root = document.querySelector(host!);
        const element = (root?.shadowRoot ?? root)?.querySelector(selector!);
        return element?.matches(":disabled") ? `(off) ${element.textContent}` : element?.textContent;
      }),
    PARTS,
  );
  return texts
    .map((text = "", part) => `${PARTS[part]![0]}: ${text?.replace(/\s+/g, " ").trim().slice(-TEXT_SHOWN)}`)
    .filter((text) => !text.endsWith(": "));
}
