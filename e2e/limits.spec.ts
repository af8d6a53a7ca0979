import { expect, test } from "@playwright/test";
import { DrydockPage } from "./pages/drydock-page.js";

const BOMB = "bomb() { bomb | bomb & }; bomb";

test("a fork bomb in the shell is said, and ended; containers and files stay", async ({ page }) => {
  const drydock = new DrydockPage(page);
  await drydock.open();
  await drydock.shell("echo kept > notes.md; docker run -d --name other busybox sleep 1000");
  await page.locator(".xterm-host").click();
  await page.keyboard.type(`${BOMB}\n`);
  await expect(page.getByRole("status", { name: "Machine" })).toContainText(
    "The shell and its programs have all of the 500 processes that they may have",
    { timeout: 60_000 },
  );
  await page.getByRole("button", { name: "New shell" }).click();
  await expect(drydock.terminal).not.toContainText("bomb");
  await expect(drydock.terminal).toContainText("# ");
  await expect
    .poll(() => drydock.shell("cat notes.md; docker ps --format '{{.Names}} {{.Status}}'"), { timeout: 60_000 })
    .toMatch(/^kept\nother Up /);
});

test("a fork bomb in a container is said, and docker rm -f ends it", async ({ page }) => {
  const drydock = new DrydockPage(page);
  await drydock.open();
  await drydock.shell(`docker run -d --name bomb busybox sh -c '${BOMB}; sleep 1000'`);
  await expect(page.getByRole("status", { name: "Machine" })).toContainText(
    "Containers have all of the 1000 processes that they may have",
    { timeout: 120_000 },
  );
  expect(await drydock.shell("docker rm -f bomb")).toBe("bomb");
  expect(await drydock.shell("docker run --rm busybox echo again")).toBe("again");
});
