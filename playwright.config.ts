import { defineConfig } from "@playwright/test";
import { findChromium } from "./src/node/chromium.js";

const port = 4179;

export default defineConfig({
  testDir: "e2e",
  // One machine at a time: each holds a core and half a gigabyte.
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath: findChromium(), args: ["--no-sandbox"] },
  },
  webServer: {
    command: `node --import tsx src/node/tasks/serve.ts ${port}`,
    url: `http://localhost:${port}`,
    timeout: 600_000,
    reuseExistingServer: !process.env.CI,
  },
});
