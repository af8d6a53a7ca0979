/** One visit of the page in Chromium: the prompt comes, BigFile is looked at, then built, then nothing is done. */
import { chromium, type Page } from "@playwright/test";
import { ensureChromium } from "../chromium.js";
import type { Wire } from "./wire.js";

export interface Visit {
  /** From the navigation. */
  promptMs: number;
  promptBytes: number;
  /** Of the main thread before the prompt: 0 when none was over 50 ms; undefined where the browser does not tell. */
  longestTaskMs?: number;
  /** From the click to the image. */
  buildMs: number;
  /** Until nothing more is asked for: the editor's and the base image's included. */
  allBytes: number;
}

/** Between the prompt and the click on Build. */
export const LOOK_MS = 3000;
/** After the last thing that is done. */
export const REST_MS = 2000;
const TIMEOUT_MS = 180_000;

/** @param profile folder of the browser's profile: one that is not new has the cache of the visits before. */
export async function visit(profile: string, wire: Wire): Promise<Visit> {
  const options = { executablePath: ensureChromium(), args: ["--no-sandbox"], viewport: { width: 1440, height: 900 } };
  const context = await chromium.launchPersistentContext(profile, options);
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.addInitScript(gatherLongTasks);
    const bytesBefore = wire.bytes;
    const started = performance.now();
    await page.goto(wire.address, { waitUntil: "commit" });
    await page.locator(".xterm-rows", { hasText: "#" }).waitFor();
    const promptMs = performance.now() - started;
    const promptBytes = wire.bytes - bytesBefore;
    const longestTaskMs = await page.evaluate(() => Math.max(0, ...(globalThis as never as Gathered).longTasks));
    await page.waitForTimeout(LOOK_MS);
    const buildMs = await build(page);
    await page.locator(".view-lines").waitFor();
    await page.waitForTimeout(REST_MS);
    return { promptMs, promptBytes, longestTaskMs, buildMs, allBytes: wire.bytes - bytesBefore };
  } finally {
    await context.close();
  }
}

interface Gathered {
  longTasks: number[];
}

/** Runs in the page, before its own scripts. */
function gatherLongTasks(): void {
  const longTasks: number[] = [];
  Object.assign(globalThis, { longTasks });
  const observer = new PerformanceObserver((list) =>
    longTasks.push(...list.getEntries().map(({ duration }) => duration)),
  );
  observer.observe({ type: "longtask", buffered: true });
}

async function build(page: Page): Promise<number> {
  await page.getByRole("button", { name: "Build", exact: true }).click();
  const clicked = performance.now();
  const outcome = page.locator("drydock-build").getByRole("status");
  await outcome.filter({ hasText: /^(Built|Failed)/ }).waitFor();
  const buildMs = performance.now() - clicked;
  const text = await outcome.textContent();
  if (!text?.startsWith("Built")) throw new Error(`the page's build: ${text}`);
  return buildMs;
}
