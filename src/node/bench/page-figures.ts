/** Figures of the page in Chromium: what crosses the wire, and how long until the shell's prompt is there. */
import { type Browser, chromium, type Page } from "@playwright/test";
import { ensureChromium } from "../chromium.js";
import { serveSite } from "../serve-site.js";
import type { Figure } from "./figure.js";

const PORT = 4187;

/** @param site the built page. */
export async function pageFigures(site: string, runs: number): Promise<Figure[]> {
  const { address, server } = await serveSite(site, { port: PORT, strictPort: true });
  const wire = countBytes(server.httpServer);
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ["--no-sandbox"] });
  try {
    return await measure(browser, address, wire, runs);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function measure(browser: Browser, address: string, wire: () => number, runs: number): Promise<Figure[]> {
  const bytes: Figure = { name: "bytes on the wire to the first prompt, empty cache", unit: "MB", values: [] };
  const cold: Figure = { name: "navigation to prompt in Chromium, empty cache", unit: "ms", values: [] };
  const warm: Figure = { name: "navigation to prompt in Chromium, warm cache", unit: "ms", values: [] };
  for (let run = 0; run < runs; run++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const before = wire();
    cold.values.push(await untilPrompt(page, address));
    bytes.values.push((wire() - before) / 1e6);
    warm.values.push(await untilPrompt(page, address));
    await context.close();
  }
  return [bytes, cold, warm];
}

async function untilPrompt(page: Page, address: string): Promise<number> {
  await page.goto("about:blank");
  const started = performance.now();
  await page.goto(address, { waitUntil: "commit" });
  await page.locator(".xterm-rows", { hasText: "#" }).waitFor({ timeout: 120_000 });
  return performance.now() - started;
}

/** Bytes that the server has written to its connections, headers included. */
function countBytes(server: {
  on(event: "connection", listener: (socket: import("node:net").Socket) => void): unknown;
}) {
  const sockets = new Set<import("node:net").Socket>();
  let closed = 0;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      closed += socket.bytesWritten;
    });
  });
  return () => closed + [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0);
}
